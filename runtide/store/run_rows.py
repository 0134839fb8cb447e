"""What the tables hold of runs: in which they are, and how many rows of them there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.store.port import MetricStore

TOMBSTONES: Final = "purged_runs"
"""The one table that keeps the ids of purged runs."""

_COPIES: Final = "archive"
"""The table whose rows are records of the log: their bytes go, and their places stay."""

_TABLES: Final = """
SELECT DISTINCT c.table AS name FROM system.columns AS c
INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE c.database = currentDatabase() AND c.name = 'run_id' AND t.engine NOT LIKE '%View'
  AND NOT endsWith(c.table, '_local') ORDER BY name
"""


_HURRIED: Final = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() "
    "AND engine_full LIKE '%old_parts_lifetime%' ORDER BY name"
)


def hurried_tables(store: MetricStore) -> list[str]:
    """Return the tables whose old parts are being removed, because a run is erased.

    Raises:
        StoreUnavailable: They are not known; retry.
    """
    found: list[str] = store.query(_HURRIED).column("name").to_pylist()
    return found


def run_tables(store: MetricStore) -> list[str]:
    """Return the tables that hold rows of runs, by name; `runs` comes last.

    Raises:
        StoreUnavailable: They are not known; retry.
    """
    found: list[str] = store.query(_TABLES).column("name").to_pylist()
    tables = [name for name in found if name not in {TOMBSTONES, "runs"}]
    return [*tables, "runs"]


def count_rows(store: MetricStore, run_ids: Sequence[str]) -> dict[str, int]:
    """Return how many rows each table holds of the runs, before any are merged.

    Of the archive those count that still have the bytes of a record.

    Raises:
        StoreUnavailable: They are not known; retry.
    """
    counts = {}
    for table in run_tables(store):
        held = " AND value != ''" if table == _COPIES else ""
        sql = f"SELECT count() AS n FROM {table} WHERE run_id IN {{ids:Array(String)}}{held}"  # noqa: S608  # names of our own tables
        counts[table] = int(store.query(sql, {"ids": list(run_ids)}).column("n")[0].as_py())
    return counts
