"""`runtide backup` and `runtide recover`: a data folder kept elsewhere, and made again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from runtide.cli.formats import size_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stderr, stdout
from runtide.embedded_settings import EmbeddedSettings
from runtide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtide.backup import Backup


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A folder that is to be made.")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a data folder: its log as it is at one moment, and its files. All goes on meanwhile.

    Tables are not copied, because they are made of the log. The folder TO appears when it is whole.

    Example: runtide backup /backups/monday
    """
    from runtide import backup as backups  # noqa: PLC0415  # help needs none of it

    folder = load_settings(EmbeddedSettings, home=home).home
    with _progress("copying") as on_bytes:
        made = backups.write_backup(folder, to, on_bytes=on_bytes)
    _print(made, f"{folder} is backed up in {to}", as_json=as_json)


def recover(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="What `backup` has made.")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a data folder of a backup, after every byte of it was checked.

    The folder must have no log yet. The next `runtide up` makes its tables.

    Example: runtide recover /backups/monday --home ~/recovered
    """
    from runtide import backup as backups  # noqa: PLC0415  # as above

    folder = load_settings(EmbeddedSettings, home=home).home
    with _progress("copying") as on_bytes:
        made = backups.recover(source, folder, on_bytes=on_bytes)
    _print(made, f"{folder} is what {source} has; `runtide up` makes its tables", as_json=as_json)


def _print(made: Backup, line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(made))
        return
    stdout.print(line, markup=False)
    stdout.print(
        f"{made.log_records:,} records ({size_text(made.log_bytes)}) and {made.files:,} files "
        f"({size_text(made.files_bytes)})",
        markup=False,
    )


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
