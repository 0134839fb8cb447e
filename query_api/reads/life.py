"""Runs that are deleted: which there are, and what a deletion is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from query_api.reads.runs import BIN, descendant_ids, workspace_parameters, workspace_sql
from query_api.wire import rows_of
from runtide.core.events import TERMINAL
from runtide.errors import Conflict, NotFound
from runtide.store.run_rows import count_rows, hurried_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.log.port import EventLog
    from runtide.store.port import MetricStore

STANDING: Final = frozenset({*TERMINAL, "NotStarted", "NotResponding"})
"""States in which nobody is known to work on a run."""

_STATUSES: Final = (
    "SELECT run_id, toString(status) AS status FROM kept_runs WHERE run_id IN {ids:Array(String)} "
    "ORDER BY run_id"
)


class _Countable(Protocol):
    """A log that says how much it has of one run."""

    def count_bytes(self, run: str) -> tuple[int, int]:
        """Return how many records of `run` have bytes, and how many."""
        ...


def left_of(store: MetricStore, log: EventLog, ids: Sequence[str]) -> dict[str, Any]:
    """Return how much there is of runs, in the tables and in the log.

    Raises:
        StoreUnavailable, LogUnavailable: It is not known; retry.
    """
    rows = count_rows(store, ids)
    sql = "SELECT run_id FROM purged_runs FINAL WHERE run_id IN {ids:Array(String)}"
    purged: list[str] = store.query(sql, {"ids": list(ids)}).column("run_id").to_pylist()
    pending = count_rows(store, purged)["runs"] if purged else 0
    records: list[tuple[int, int]] | None = None
    if hasattr(log, "count_bytes"):
        countable = cast("_Countable", log)
        records = [countable.count_bytes(run_id) for run_id in ids]
    return {
        "rows": rows,
        "log_records": None if records is None else sum(count for count, _ in records),
        "log_bytes": None if records is None else sum(size for _, size in records),
        "tombstones": len(purged),
        "pending": pending,
        "erasing": len(hurried_tables(store)),
    }


def gone_ids(store: MetricStore) -> list[str]:
    """Return the ids of all runs that are deleted or purged."""
    ids: list[str] = store.query("SELECT run_id FROM gone_runs").column("run_id").to_pylist()
    return ids


def family(
    store: MetricStore, run_id: str, *, children: bool, workspace: str | None, source: str
) -> list[str]:
    """Return a run of `source` in `workspace`, and with `children` all generations below it.

    Raises:
        NotFound: It is not there.
    """
    sql = (
        f"SELECT run_id FROM {source} WHERE run_id = {{run:String}} "  # noqa: S608  # our own words
        f"AND {workspace_sql(workspace)}"
    )
    if not store.query(sql, {"run": run_id} | workspace_parameters(workspace)).num_rows:
        kind, where = ("deleted run", "?deleted=true") if source == BIN else ("run", "")
        message = f"no {kind} has the id {run_id!r}: GET /api/v1/runs{where} lists what there is"
        raise NotFound(message)
    if not children:
        return [run_id]
    return [run_id, *descendant_ids(store, run_id, workspace=workspace, source=source)]


def experiment_ids(
    store: MetricStore, experiment: str, *, workspace: str | None, source: str
) -> list[str]:
    """Return the runs of `source` that an experiment has in `workspace`, children too.

    Raises:
        NotFound: There is none.
    """
    sql = (
        f"SELECT run_id FROM {source} WHERE experiment = {{experiment:String}} "  # noqa: S608  # our own words
        f"AND {workspace_sql(workspace)} ORDER BY run_id"
    )
    found = store.query(sql, {"experiment": experiment} | workspace_parameters(workspace))
    ids: list[str] = found.column("run_id").to_pylist()
    if not ids:
        message = (
            f"experiment {experiment!r} has no {'deleted ' if source == BIN else ''}runs: "
            f"GET /api/v1/experiments lists what there is"
        )
        raise NotFound(message)
    return ids


def known_ids(store: MetricStore, ids: Sequence[str], *, workspace: str | None) -> list[str]:
    """Return those of the runs that `workspace` has, deleted or not; None has all.

    A purged run is in no workspace any more.
    """
    if workspace is None:
        return list(ids)
    sql = "SELECT run_id FROM runs FINAL WHERE run_id IN {ids:Array(String)} AND "
    found = store.query(
        sql + workspace_sql(workspace), {"ids": list(ids)} | workspace_parameters(workspace)
    )
    known = set(found.column("run_id").to_pylist())
    return [run_id for run_id in ids if run_id in known]


def check_standing(store: MetricStore, ids: Sequence[str]) -> None:
    """Return if nobody is known to work on any of the runs.

    Raises:
        Conflict: One is going on.
    """
    rows = rows_of(store.query(_STATUSES, {"ids": list(ids)}))
    going_on = [row for row in rows if row["status"] not in STANDING]
    if going_on:
        first = going_on[0]
        more = f", and {len(going_on) - 1:,} more are going on" if len(going_on) > 1 else ""
        message = (
            f"run {first['run_id']} is {first['status']}{more}: cancel it first, and delete it "
            f"once it has ended"
        )
        raise Conflict(message)
