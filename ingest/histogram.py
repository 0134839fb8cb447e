"""How long things took, in the buckets that Prometheus adds up."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the buckets: from a local disk's append to a broker's election."""


class Histogram:
    """Durations, counted by size. Any thread may add."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self._sum_s = 0.0
        self._lock = threading.Lock()

    def add(self, duration_s: float) -> None:
        """Count one duration."""
        with self._lock:
            self._counts[bisect_left(BOUNDS_S, duration_s)] += 1
            self._sum_s += duration_s

    def lines(self, name: str) -> Iterator[str]:
        """Yield its samples in Prometheus' text format."""
        with self._lock:
            counts, sum_s = list(self._counts), self._sum_s
        total = 0
        for bound, count in zip((*BOUNDS_S, "+Inf"), counts, strict=True):
            total += count
            yield f'{name}_bucket{{le="{bound}"}} {total}'
        yield f"{name}_sum {sum_s}"
        yield f"{name}_count {total}"
