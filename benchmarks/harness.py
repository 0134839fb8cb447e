"""What every benchmark shares: quantiles, the machine's own speed, and one JSON line a result."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_RESULTS = Path(__file__).parent / "results"


def quantile(values: Sequence[float], q: float) -> float:
    """Return the value below which a share `q` of `values` lies: the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def timed_ms(call: Callable[[], object], *, repeats: int) -> list[float]:
    """Return how long each of `repeats` calls took, in milliseconds, after one that warms up."""
    call()
    durations = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        durations.append((time.perf_counter() - started) * 1e3)
    return durations


def machine_ns() -> float:
    """Return what one pass of an empty Python loop costs here and now, in nanoseconds.

    Machines are shared and noisy: quote a figure as a multiple of this one.
    """
    n = 1_000_000
    best = min(_loop_s(n) for _ in range(5))
    return best / n * 1e9


def report(name: str, figures: Mapping[str, object]) -> None:
    """Print one JSON line and keep it under `results/`, by commit and benchmark."""
    line = {
        "benchmark": name,
        "commit": _commit(),
        "python": platform.python_version(),
        "cpu_count": os.cpu_count(),
        "empty_loop_ns": round(machine_ns(), 2),
        **figures,
    }
    text = json.dumps(line)
    sys.stdout.write(text + "\n")
    _RESULTS.mkdir(exist_ok=True)
    (_RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _loop_s(n: int) -> float:
    started = time.perf_counter()
    for _ in range(n):
        pass
    return time.perf_counter() - started


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
