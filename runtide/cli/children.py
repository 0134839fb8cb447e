"""`runtide children`: the runs below a run."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer

from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import RunArgument, first_items, get_run_id, open_reader
from runtide.cli.runs import quoted, runs_table


def children(
    run: RunArgument,
    *,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="All runs below it, and not its own children alone.")
    ] = False,
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", help="Show the last value of this metric.")
    ] = None,
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many runs.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List the children of a run, the newest first.

    Example: runtide children 3f2a --recursive --metric loss
    """
    reader = open_reader(home)
    run_id = get_run_id(reader, run)
    question = {
        "recursive": "true" if recursive else None,
        "metrics": [quoted(name) for name in metrics] if metrics else None,
    }
    path = f"/runs/{quote(run_id, safe='')}/children"
    found = first_items(reader.items(path, question), limit)
    if as_json:
        print_json({"runs": found})
        return
    if not found:
        stdout.print(f"{run_id} has no child runs.", markup=False)
        return
    stdout.print(runs_table(found, metrics or []))
    if len(found) == limit:
        stdout.print(f"The first {limit} are shown; `--limit` shows more.", style="bright_black")
