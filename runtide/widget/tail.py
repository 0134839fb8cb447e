"""Points that came after the fetched series, packed in columns for the front end.

Every update carries the whole tail, so that an update that a front end never saw, or one that
opens late, costs nothing: what it has seen of a metric it skips by count. The tail is kept short
by fetching the series anew.
"""

from __future__ import annotations

import math
import sys
from array import array
from typing import Any, Final

TAIL_BYTES_MAX: Final = 64 * 1024
"""A longer tail is replaced by fetched series."""

_NUMBER_BY_NAME: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class _Points:
    """The columns of one metric."""

    def __init__(self) -> None:
        self.step = array("q")
        self.ts_us = array("q")
        self.value = array("d")


class Tail:
    """Points by metric, in order of arrival."""

    def __init__(self) -> None:
        self._by_metric: dict[str, _Points] = {}

    @property
    def size_bytes(self) -> int:
        """What the points take on their way to the front end."""
        return 24 * sum(len(points.step) for points in self._by_metric.values())

    @property
    def metrics(self) -> list[str]:
        """The metrics that have points, in order of their first."""
        return list(self._by_metric)

    def add(self, piece: dict[str, Any]) -> None:
        """Append what a `points` event says of one series."""
        points = self._by_metric.setdefault(piece["metric"], _Points())
        points.step.extend(piece["step"])
        points.ts_us.extend(piece["ts_us"])
        points.value.extend(_NUMBER_BY_NAME.get(v, v) for v in piece["value"])

    def clear(self) -> None:
        """Forget all points."""
        self._by_metric = {}

    def values(self, metric: str) -> tuple[array[int], array[float]]:
        """Return a metric's steps and values; of a metric without points two empty columns."""
        points = self._by_metric.get(metric, _Points())
        return points.step, points.value

    def document(self) -> dict[str, Any]:
        """Return the points of all metrics, one after the other, in three little-endian columns."""
        parts = self._by_metric.values()
        return {
            "metrics": list(self._by_metric),
            "n": [len(points.step) for points in parts],
            "step": {"i64": b"".join(packed(points.step) for points in parts)},
            "ts_us": {"i64": b"".join(packed(points.ts_us) for points in parts)},
            "value": {"f64": b"".join(packed(points.value) for points in parts)},
        }


def packed(column: array[Any]) -> bytes:
    """Return the little-endian bytes of a column of eight-byte numbers."""
    return swapped(column).tobytes()


def swapped(column: array[Any]) -> array[Any]:
    """Return the column with its bytes in little-endian order, or back; usually itself."""
    if sys.byteorder == "little":
        return column
    turned = column[:]
    turned.byteswap()
    return turned
