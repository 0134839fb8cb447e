"""Where the fold meets the store: what it has to know to go on, and what it decided, written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from processors.arrow import arrow_table
from processors.core.dedup import Mark
from processors.core.fold import RunState
from processors.core.lifecycle import Run

if TYPE_CHECKING:
    from collections.abc import Collection

    from processors.core.fold import Effects
    from runtide.store.port import MetricStore

_RUNS: Final = "SELECT * FROM runs FINAL WHERE run_id IN {run_ids:Array(String)}"
_ALL_RUNS: Final = (
    "SELECT * FROM runs FINAL WHERE status NOT IN ('Completed', 'Failed', 'Canceled')"
)
_WRITERS: Final = "SELECT * FROM ingest_writers FINAL WHERE run_id IN {run_ids:Array(String)}"
_PURGED: Final = "SELECT * FROM purged_runs FINAL WHERE run_id IN {run_ids:Array(String)}"
_PROGRESS: Final = (
    "SELECT max(next_offset) AS next_offset FROM ingest_progress WHERE partition = {p:UInt32}"
)


def read_next_offset(store: MetricStore, partition: int) -> int:
    """Return where to resume `partition`: 0 when nothing of it was folded.

    Raises:
        StoreUnavailable: The checkpoint is not known; retry.
    """
    found = store.query(_PROGRESS, {"p": partition}).to_pydict()["next_offset"]
    return int(found[0]) if found else 0


def read_run_states(store: MetricStore, run_ids: Collection[str]) -> dict[str, RunState]:
    """Return what the store holds of these runs; one that it does not hold is left out.

    Raises:
        StoreUnavailable: Nothing is known; retry.
    """
    parameters = {"run_ids": sorted(run_ids)}
    marks: dict[str, dict[str, Mark]] = {}
    for row in store.query(_WRITERS, parameters).to_pylist():
        marks.setdefault(row["run_id"], {})[row["writer"]] = _mark(row)
    runs = {row["run_id"]: _run(row) for row in store.query(_RUNS, parameters).to_pylist()}
    erased = {
        row["run_id"]: row["is_erased"] for row in store.query(_PURGED, parameters).to_pylist()
    }
    return {
        run_id: RunState(
            runs.get(run_id, Run(run_id=run_id)),
            marks.get(run_id, {}),
            is_purged=run_id in erased,
            is_erased=erased.get(run_id, False),
        )
        for run_id in runs.keys() | marks.keys() | erased.keys()
    }


def read_unended_runs(store: MetricStore) -> list[Run]:
    """Return every run that has not reached a terminal state.

    Raises:
        StoreUnavailable: Nothing is known; retry.
    """
    return [_run(row) for row in store.query(_ALL_RUNS).to_pylist()]


def write(store: MetricStore, effects: Effects) -> None:
    """Make the store agree with the fold. Writing the same effects again changes nothing.

    The facts come first, then the writers' marks and the purged runs, then the partition's next
    offset: a crash in between repeats work when the fold resumes, and the rows' keys absorb the
    repetition.

    Raises:
        StoreUnavailable: Some may be written; write the same effects again.
    """
    token = f"{effects.partition}:{effects.first_offset}-{effects.next_offset}"
    for table, rows in effects.inserts():
        store.insert(table, arrow_table(table, rows), token=token)


def _mark(row: dict[str, Any]) -> Mark:
    missing = tuple((span["first"], span["last"]) for span in row["missing"])
    return Mark(row["seq"], row["gap_count"], missing)


def _run(row: dict[str, object]) -> Run:
    facts = dict(row)
    # Arrow hands a map over as a list of pairs.
    facts["tags"], facts["properties"] = dict(row["tags"]), dict(row["properties"])  # type: ignore[call-overload]  # rows are untyped
    return Run(**facts)  # type: ignore[arg-type]  # the columns of `runs` are Run's fields
