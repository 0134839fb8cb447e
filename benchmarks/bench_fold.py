"""How fast a log folds: the pure step alone, and the embedded driver down to queryable rows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.harness import report
from benchmarks.workload import run_envelopes
from processors.core.fold import State, step
from processors.drivers.local import LocalFold
from runtide.log.port import Record
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate

POINT_COUNT = 3_000_000


def main() -> None:
    """Measure both with one metric and with a hundred."""
    for metric_count in (1, 100):
        items = list(
            run_envelopes(
                f"run-{metric_count}",
                metric_count=metric_count,
                points_per_metric=POINT_COUNT // metric_count,
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
            started = time.perf_counter()
            fold.start()
            done = fold.wait_until(0, len(items), timeout_s=600)
            fold_s = time.perf_counter() - started
            assert done, fold.failure
            fold.stop()
            store.close()
        report(
            f"fold-{metric_count}-metrics",
            {
                "step_points_per_s": round(POINT_COUNT / step_s),
                "fold_points_per_s": round(POINT_COUNT / fold_s),
            },
        )


if __name__ == "__main__":
    main()
