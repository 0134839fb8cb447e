"""Whether the tables of a data folder equal its log: `python -m tests.faults.verify HOME`.

A process of its own, because an embedded engine is open in one process at a time.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from processors.drivers.local import LocalFold
from runtide.client import spool
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate
from tests.oracle import Point, comparable, logged_points, missing_envelopes, stored_points


def main() -> None:
    """Fold what is left, compare everything, and print what was found as JSON."""
    home = Path(sys.argv[1])
    log = SqliteLog(home)
    spool.drain(home, log)
    store = open_chdb(home)
    migrate(store)
    fold = LocalFold(log, store)
    fold.start()
    assert fold.wait_until(0, log.end(0), timeout_s=120), fold.failure
    fold.stop()
    logged = logged_points(log)
    stored = stored_points(store)
    found = {
        "points": len(logged),
        "tables_equal_log": comparable(stored) == comparable(logged),
        "summaries_equal_points": _summaries(store) == _expected_summaries(logged),
        "missing_envelopes": missing_envelopes(log),
        "dead_letters": store.query("SELECT count() AS n FROM dead_letters").to_pylist()[0]["n"],
        "statuses": {
            row["run_id"]: row["status"]
            for row in store.query("SELECT run_id, status FROM runs FINAL").to_pylist()
        },
        "values": _values_by_run_and_writer(logged),
        "row_count": store.query("SELECT sum(row_count) AS n FROM tables FINAL").to_pylist()[0][
            "n"
        ],
    }
    sys.stdout.write(f"found {json.dumps(found)}\n")
    store.close()


def _values_by_run_and_writer(points: list[Point]) -> dict[str, list[list[Any]]]:
    by_writer: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        if point.name == "count":
            by_writer[point.run_id][point.writer].append(point.value)
    return {run_id: list(writers.values()) for run_id, writers in by_writer.items()}


def _summaries(store: Any) -> dict[str, dict[str, Any]]:  # rows are untyped
    rows = store.query(
        "SELECT run_id, name, min(low).1 AS low, max(high).1 AS high, min(first).1 AS first, "
        "max(last).1 AS last FROM rollups WHERE width = 1024 GROUP BY run_id, name"
    )
    return {f"{r.pop('run_id')}/{r.pop('name')}": r for r in rows.to_pylist()}


def _expected_summaries(points: list[Point]) -> dict[str, dict[str, Any]]:
    by_series: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        if isinstance(point.value, int | float):
            by_series[f"{point.run_id}/{point.name}"].append(point)
    return {
        series: {
            "low": min(p.value for p in found),
            "high": max(p.value for p in found),
            "first": min(p.step for p in found),
            "last": max(p.step for p in found),
        }
        for series, found in by_series.items()
    }


if __name__ == "__main__":
    main()
