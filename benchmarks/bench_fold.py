"""How fast a log folds: the pure step alone, and the embedded driver down to queryable rows.

Run `python -m benchmarks.bench_fold`, with the names of some of its shapes or none.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import report
from benchmarks.workload import run_envelopes
from processors.core.fold import State, step
from processors.drivers.local import LocalFold
from runtide.log.port import Record
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate

POINTS_PER_ENVELOPE = 6_000


class Shape(NamedTuple):
    """What is folded. Envelopes hold consecutive points of all the metrics."""

    point_count: int
    metric_count: int
    points_per_envelope: int = POINTS_PER_ENVELOPE


SHAPES = {
    "fold-1-metrics": Shape(3_000_000, 1),
    "fold-100-metrics": Shape(3_000_000, 100),
    # An event for every point: a script that logs less often than it flushes.
    "fold-sparse": Shape(200_000, 20, points_per_envelope=20),
}


def measure(name: str, shape: Shape) -> float:
    """Fold as pure steps, and then with the embedded driver into its tables.

    Returns:
        Microseconds of processor time that the driver and the engine took for a point. Neighbours
        take time from a process, but hardly any of this.
    """
    items = list(
        run_envelopes(
            f"run-{name}",
            metric_count=shape.metric_count,
            points_per_metric=shape.point_count // shape.metric_count,
            points_per_envelope=shape.points_per_envelope,
        )
    )
    records = [Record(0, i, item.run, item.value) for i, item in enumerate(items)]
    started = time.perf_counter()
    state = State(0)
    for first in range(0, len(records), 40):
        state, _ = step(state, records[first : first + 40])
    step_s = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder))
        log.append(items)
        store = open_chdb(Path(folder))
        migrate(store)
        fold = LocalFold(log, store)
        started, core_started_s = time.perf_counter(), time.process_time()
        fold.start()
        done = fold.wait_until(0, len(items), timeout_s=600)
        fold_s, core_s = time.perf_counter() - started, time.process_time() - core_started_s
        assert done, fold.failure
        fold.stop()
        store.close()
    report(
        name,
        {
            "step_points_per_s": round(shape.point_count / step_s),
            "fold_points_per_s": round(shape.point_count / fold_s),
        },
    )
    return round(core_s / shape.point_count * 1e6, 2)


def main() -> None:
    """Measure the shapes that are named, or all of them."""
    names = sys.argv[1:] or list(SHAPES)
    core_us = {f"{name}_core_us_per_point": measure(name, SHAPES[name]) for name in names}
    if len(names) == len(SHAPES):
        report("fold-cores", dict(core_us))


if __name__ == "__main__":
    main()
