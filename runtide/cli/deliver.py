"""`runtide deliver`: what ended scripts left in the spools of this machine, brought where it goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from runtide.cli.formats import plain_text
from runtide.cli.output import (
    FAILED,
    HomeOption,
    JsonOption,
    exit_code,
    print_json,
    stderr,
    stdout,
)
from runtide.client.leftovers import deliver_left, places_left
from runtide.client.options import load_options
from runtide.client.spool import paths, waiting_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.client.leftovers import Outcome


def deliver(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Deliver what ended scripts left in the spools of this machine, each where it was to go.

    A script whose log is away keeps on disk what it logs, and when it ends the next script with
    the same RUNTIDE_URL delivers it. This is for where none follows. Other settings are the
    script's: how Kafka lets one in, and RUNTIDE_ARTIFACTS_URL. What running scripts keep is left
    to them. What cannot be delivered stays, and the exit code says why.

    Example: runtide deliver
    """
    options = load_options()
    if home is not None:
        options = replace(options, home=Path(home).expanduser().absolute())
    places = [place for place in places_left(options) if paths(place)]
    total = sum(size for place in places for size in waiting_sizes(place))
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    ) as progress:
        task = progress.add_task("delivering", total=total)
        outcomes = [
            deliver_left(place, on_delivered=lambda size: progress.advance(task, size))
            for place in places
        ]
    if as_json:
        print_json({"destinations": [_document(outcome) for outcome in outcomes]})
    else:
        _print(outcomes)
    for outcome in outcomes:
        if outcome.error is not None:
            raise typer.Exit(exit_code(outcome.error))
    if any(outcome.refused for outcome in outcomes):
        raise typer.Exit(FAILED)


def _print(outcomes: list[Outcome]) -> None:
    if not any(outcome.delivered or outcome.kept_count for outcome in outcomes):
        stdout.print("Nothing is left to deliver.")
    for outcome in outcomes:
        label = plain_text(outcome.place.label)
        for run in _runs(outcome):
            took = _counted(run["envelopes"], run["files"])
            stdout.print(f"{run['run_id']}: {took} to {label}", markup=False)
            if run["refused_envelopes"] or run["refused_files"]:
                lost = _counted(run["refused_envelopes"], run["refused_files"])
                _complain(f"{label} refused {lost} of run {run['run_id']} for good")
        if outcome.error is not None:
            _complain(f"the rest stays in the spool: {outcome.error}")
        elif outcome.kept_count == 1:
            own = "is of a running script, which delivers it itself"
            stdout.print(f"1 spool file for {label} {own}", markup=False)
        elif outcome.kept_count:
            own = "are of running scripts, which deliver them themselves"
            stdout.print(f"{outcome.kept_count} spool files for {label} {own}", markup=False)


def _complain(message: str) -> None:
    stderr.print(f"error: {message}", style="red", markup=False)


def _counted(envelope_count: int, file_count: int) -> str:
    parts = []
    if envelope_count or not file_count:
        parts.append(f"{envelope_count:,} envelope{'s' * (envelope_count != 1)}")
    if file_count:
        parts.append(f"{file_count:,} file{'s' * (file_count != 1)}")
    return " and ".join(parts)


def _runs(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for run in sorted({run for run, _ in outcome.delivered}):
        yield {
            "run_id": run,
            "envelopes": outcome.delivered[run, "envelope"],
            "files": outcome.delivered[run, "file"],
            "refused_envelopes": outcome.refused[run, "envelope"],
            "refused_files": outcome.refused[run, "file"],
        }


def _document(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "destination": outcome.place.label,
        "runs": list(_runs(outcome)),
        "files_kept": outcome.kept_count,
        "error": None if error is None else {"code": error.code, "detail": str(error)},
    }
