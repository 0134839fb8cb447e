"""`runtide delete`, `restore`, `purge` and `erase`: the end of runs, and the way back."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

import typer

from runtide.cli.output import FAILED, HomeOption, JsonOption, print_json, stderr, stdout
from runtide.cli.record import get_run_id, open_reader
from runtide.cli.runs import bare_table
from runtide.client.user import user_name
from runtide.errors import ServerUnavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.client.reading import Reader

_AT_ONCE: Final = 200
"""Runs that are purged with one request."""

_LOOK_S: Final = 0.2
_PATIENCE_S: Final = 3_600.0

RunsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN]...", help="Ids of runs, or as much of their heads as is unique."),
]
ExperimentOption = Annotated[
    str | None, typer.Option("--experiment", help="All runs of this experiment.")
]
ChildrenOption = Annotated[
    bool, typer.Option("--children", help="Also the runs below each, at all levels.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def delete(
    runs: RunsArgument = None,
    *,
    experiment: ExperimentOption = None,
    children: ChildrenOption = False,
    yes: YesOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put runs into the bin. They are in no answer any more, and can be restored.

    Example: runtide delete 3f2a --children
    """
    reader = open_reader(home)
    ids = _kept_ids(reader, runs, experiment)
    _confirm(f"Delete {_many(len(ids))}?", is_sure=yes)
    _each(reader, "DELETE", ids, children=children, verb="deleted", as_json=as_json)


def restore(
    runs: RunsArgument = None,
    *,
    experiment: ExperimentOption = None,
    children: ChildrenOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take deleted runs out of the bin: they are as they were.

    Example: runtide restore 3f2a
    """
    reader = open_reader(home)
    ids = _wanted(runs, experiment, lambda: _bin(reader, experiment), _binned_id(reader))
    _each(reader, "RESTORE", ids, children=children, verb="restored", as_json=as_json)


def purge(
    runs: RunsArgument = None,
    *,
    experiment: ExperimentOption = None,
    every: Annotated[bool, typer.Option("--bin", help="Everything that is in the bin.")] = False,
    yes: YesOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove runs for good: their rows in every table, and files that nothing else has.

    What is in the bin is purged by itself after RUNTIDE_KEEP_BIN_DAYS; this does it at once, also with
    runs that are not deleted. How many rows each table had, and has, is printed as the proof.

    Example: runtide purge 3f2a --yes
    """
    _remove(runs, experiment, every=every, erase=False, yes=yes, home=home, as_json=as_json)


def erase(
    runs: RunsArgument = None,
    *,
    experiment: ExperimentOption = None,
    yes: YesOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove runs for good, and their records from the log as well: no byte of them is left.

    Of a log in Kafka records go when their time is over; docs/how-to/delete-runs.md says how to
    hurry that. Exits with 1 if the log has bytes left.

    Example: runtide erase 3f2a --yes
    """
    _remove(runs, experiment, every=False, erase=True, yes=yes, home=home, as_json=as_json)


def _remove(
    runs: list[str] | None,
    experiment: str | None,
    *,
    every: bool,
    erase: bool,
    yes: bool,
    home: str | None,
    as_json: bool,
) -> None:
    reader = open_reader(home)
    ids = _bin(reader, None) if every else _any_ids(reader, runs, experiment)
    verb = "Erase" if erase else "Purge"
    _confirm(f"{verb} {_many(len(ids))} for good? Nothing brings them back.", is_sure=yes)
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    with stderr.status("") as status:
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            body = {"runs": part, "erase": erase, "by": user_name()}
            had = _counts(reader.post("/purges", document=body))
            status.update(f"removing {first + len(part):,} of {_many(len(ids))}")
            left = _awaited(reader, part, erase=erase)
            before = _sum(before, had)
            after = _sum(after, left)
    shown = {name: [count, after.get(name, 0)] for name, count in before.items() if count}
    if as_json:
        print_json({"runs": ids, "before": before, "after": after})
    else:
        table = bare_table("where", "before", "after")
        for name, (had_count, left_count) in shown.items():
            table.add_row(name, f"{had_count:,}", f"{left_count:,}")
        stdout.print(table)
        stdout.print(f"{_many(len(ids))} {'erased' if erase else 'purged'}", markup=False)
    if erase and after.get("records of the log"):
        raise typer.Exit(FAILED)


def _awaited(reader: Reader, ids: list[str], *, erase: bool) -> dict[str, int]:
    """Return what is left of runs once their rows are gone."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        left = reader.get("/purges", {"runs": ",".join(ids)})
        counts = _counts(left)
        is_over = not left["pending"] and not any(left["rows"].values())
        if is_over and not (erase and left["erasing"]):
            if erase and left["log_records"] is not None:
                # One record of each stays: the one that says that it is purged.
                counts["records of the log"] = max(0, left["log_records"] - len(ids))
            return counts
        if time.monotonic() > deadline_s:
            message = (
                f"{left['pending']} runs are purged and still have rows after "
                f"{_PATIENCE_S / 60:.0f} minutes: see the output of the server or the processors"
            )
            raise ServerUnavailable(message)
        time.sleep(_LOOK_S)


def _counts(left: dict[str, Any]) -> dict[str, int]:
    records = {} if left["log_records"] is None else {"records of the log": left["log_records"]}
    return {**left["rows"], **records}


def _sum(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    return {name: a.get(name, 0) + b.get(name, 0) for name in {**a, **b}}


def _each(
    reader: Reader, how: str, ids: list[str], *, children: bool, verb: str, as_json: bool
) -> None:
    done: list[str] = []
    question = {"children": "true" if children else None, "by": user_name()}
    for run_id in ids:
        if run_id in done:
            continue
        path = f"/runs/{quote(run_id, safe='')}"
        answer = (
            reader.delete(path, question)
            if how == "DELETE"
            else reader.post(f"{path}/restore", question)
        )
        done += answer["runs"]
    if as_json:
        print_json({"runs": done})
        return
    stdout.print(f"{_many(len(done))} {verb}", markup=False)
    if verb == "deleted":
        stdout.print("`runtide restore` brings them back.", style="bright_black", markup=False)


def _kept_ids(reader: Reader, runs: list[str] | None, experiment: str | None) -> list[str]:
    return _wanted(
        runs, experiment, lambda: _of(reader, experiment), lambda text: get_run_id(reader, text)
    )


def _any_ids(reader: Reader, runs: list[str] | None, experiment: str | None) -> list[str]:
    def found(text: str) -> str:
        # A purged run is erased by its whole id: nothing else knows it any more.
        binned = [run_id for run_id in _bin(reader, None) if run_id.startswith(text)]
        if len(binned) == 1:
            return binned[0]
        left = reader.get("/purges", {"runs": text})
        return text if left["tombstones"] else get_run_id(reader, text)

    return _wanted(
        runs, experiment, lambda: [*_of(reader, experiment), *_bin(reader, experiment)], found
    )


def _wanted(
    runs: list[str] | None,
    experiment: str | None,
    of_experiment: Callable[[], list[str]],
    found: Callable[[str], str],
) -> list[str]:
    if bool(runs) == (experiment is not None):
        message = (
            "want either ids of runs or `--experiment NAME`: `runtide runs` lists what there is"
        )
        raise UsageError(message)
    ids = of_experiment() if experiment is not None else [found(text) for text in runs or ()]
    if not ids:
        message = f"experiment {experiment!r} has no such runs: `runtide runs` lists what there is"
        raise UsageError(message)
    return list(dict.fromkeys(ids))


def _binned_id(reader: Reader) -> Callable[[str], str]:
    def found(text: str) -> str:
        ids = [run_id for run_id in _bin(reader, None) if run_id.startswith(text)]
        if len(ids) == 1 or text in ids:
            return text if text in ids else ids[0]
        what = f"{len(ids)} deleted runs' ids begin" if ids else "no deleted run's id begins"
        message = f"{what} with {text!r}: `runtide runs --deleted` lists them"
        raise UsageError(message)

    return found


def _bin(reader: Reader, experiment: str | None) -> list[str]:
    question = {"deleted": "true", "experiment": experiment}
    return [run["run_id"] for run in reader.items("/runs", question)]


def _of(reader: Reader, experiment: str | None) -> list[str]:
    question = {"experiment": experiment, "include_children": "true", "archived": "true"}
    return [run["run_id"] for run in reader.items("/runs", question)]


def _confirm(question: str, *, is_sure: bool) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        message = "nobody can be asked whether that is meant: say so with `--yes`"
        raise UsageError(message)
    typer.confirm(question, abort=True, err=True)


def _many(count: int) -> str:
    return f"{count:,} run" + ("" if count == 1 else "s")
