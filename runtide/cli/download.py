"""`runtide download`: files of a run onto this machine."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from runtide.cli.formats import size_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stderr, stdout
from runtide.cli.record import RunArgument, get_run_id, open_reader
from runtide.client.downloading import download_to
from runtide.errors import NotFound, UsageError


def download(
    run: RunArgument,
    pattern: Annotated[
        str,
        typer.Argument(
            metavar="[PATTERN]", help="Which files, such as `outputs/*.pkl`; `*` crosses folders."
        ),
    ] = "*",
    *,
    to: Annotated[
        Path, typer.Option("--to", help="Folder, below which files keep their paths.")
    ] = Path(),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download files of a run; those that are there already are replaced.

    Example: runtide download 3f2a 'outputs/*' --to results
    """
    reader = open_reader(home)
    run_id = get_run_id(reader, run)
    place = f"/runs/{quote(run_id, safe='')}/files"
    listed = list(reader.items(place))
    files = [file for file in listed if fnmatchcase(file["path"], pattern)]
    if not files:
        message = (
            f"none of the {len(listed):,} files of run {run_id} is like {pattern!r}: "
            f"`runtide show {run_id}` lists them"
        )
        raise NotFound(message)
    size_bytes = sum(file["size_bytes"] for file in files)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("downloading", total=size_bytes)
        for file in files:
            try:
                download_to(to / file["path"], reader, f"{place}/{quote(file['path'])}")
            except OSError as exc:
                message = f"could not write {to / file['path']} ({exc}): choose another `--to`"
                raise UsageError(message) from exc
            progress.advance(task, file["size_bytes"])
    if as_json:
        print_json({"files": [file | {"saved": str(to / file["path"])} for file in files]})
        return
    for file in files:
        stdout.print(str(to / file["path"]), markup=False)
    stdout.print(f"{len(files):,} files, {size_text(size_bytes)}", style="bright_black")
