"""What one `log()` costs the training loop, and points a second made durable by one process.

Each contender runs in a process and a data folder of its own, with its sender at work:

    call      nanoseconds of single calls, less those of an empty measurement
    loop      nanoseconds a call in a bare loop, which shares the processor with the sender
    durable   points a second until `flush()` has returned, by `log` and by `log_batch`

Run `python -m benchmarks.bench_sdk`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Mapping
from pathlib import Path

import runtide
from benchmarks.harness import quantile, report

_SEED = 20_261_123
_CALL_COUNT = 500_000
_POINT_COUNT = 3_000_000
_METRIC_COUNT = 200
_BATCH_COUNT = 20
_ROUNDS = 3


def _values(n: int) -> list[float]:
    draw = random.Random(_SEED)
    return [draw.random() for _ in range(n)]


def calls() -> dict[str, float]:
    """Return quantiles of single calls' durations in nanoseconds."""
    clock = time.perf_counter_ns
    values = _values(_CALL_COUNT)
    with runtide.init("bench") as run:
        log = run.log
        durations: dict[str, list[int]] = {"empty": [], "log": [], "log_step": []}
        for _ in values:
            before = clock()
            durations["empty"].append(clock() - before)
        for value in values:
            before = clock()
            log("loss", value)
            durations["log"].append(clock() - before)
        for step, value in enumerate(values):
            before = clock()
            log("loss with step", value, step=step)
            durations["log_step"].append(clock() - before)
    base = quantile(durations.pop("empty"), 0.5)
    return {
        f"{name}_p{q * 100:g}_ns": quantile(got, q) - base
        for name, got in durations.items()
        for q in (0.5, 0.99, 0.999)
    } | {f"{name}_mean_ns": round(sum(got) / len(got) - base) for name, got in durations.items()}


def loop() -> dict[str, object]:
    """Return nanoseconds a call and durable points a second of a loop that does nothing else."""
    values = _values(_POINT_COUNT)
    with runtide.init("bench") as run:
        log = run.log
        started = time.perf_counter()
        for value in values:
            log("loss", value)
        called = time.perf_counter()
        run.flush()
        flushed = time.perf_counter()
    return {
        "loop_ns": round((called - started) / len(values) * 1e9, 1),
        "durable_log_points_per_s": round(len(values) / (flushed - started)),
    }


def wide() -> dict[str, object]:
    """Return the same of a loop over many metrics with steps."""
    step_count = _POINT_COUNT // _METRIC_COUNT
    names = [f"layer {i}/gradient norm" for i in range(_METRIC_COUNT)]
    values = _values(_METRIC_COUNT)
    with runtide.init("bench") as run:
        log = run.log
        started = time.perf_counter()
        for step in range(step_count):
            for name, value in zip(names, values, strict=True):
                log(name, value, step=step)
        called = time.perf_counter()
        run.flush()
        flushed = time.perf_counter()
    return {
        "wide_loop_ns": round((called - started) / _POINT_COUNT * 1e9, 1),
        "durable_wide_points_per_s": round(_POINT_COUNT / (flushed - started)),
    }


def batch() -> dict[str, object]:
    """Return durable points a second by `log_batch`."""
    values = array("d", _values(_POINT_COUNT))
    with runtide.init("bench") as run:
        started = time.perf_counter()
        for _ in range(_BATCH_COUNT):
            run.log_batch("loss", values)
        run.flush()
        flushed = time.perf_counter()
    return {"durable_batch_points_per_s": round(_BATCH_COUNT * len(values) / (flushed - started))}


_CONTENDERS: dict[str, Callable[[], Mapping[str, object]]] = {
    "calls": calls,
    "loop": loop,
    "wide": wide,
    "batch": batch,
}


def measured(contender: str, **environment: str) -> dict[str, object]:
    """Run one contender in a process and a data folder of its own."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_sdk", contender],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"RUNTIDE_HOME": home} | environment,
        )
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Measure each contender a few times; report the median round of each figure, and its spread."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_CONTENDERS[sys.argv[1]]()))
        return
    figures: dict[str, object] = {"seed": _SEED, "rounds": _ROUNDS}
    for contender in _CONTENDERS:
        rounds = [measured(contender) for _ in range(_ROUNDS)]
        for name in rounds[0]:
            got = sorted(float(str(figures_of[name])) for figures_of in rounds)
            figures[name] = got[len(got) // 2]
            figures[f"{name}_spread"] = [got[0], got[-1]]
    report("sdk", figures)


if __name__ == "__main__":
    main()
