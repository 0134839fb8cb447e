"""One metric over another: points get their x from what another metric was at their step. Pure.

Both series are of one run. A point's x is the value of the other metric at the very same step; of
several there the one that was logged last counts. Nothing is interpolated or carried on: a point
whose step has no such value, or one that is not finite, has no x and is left out.
"""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

import numpy as np

from query_api.core.downsample import Points, taken


class ValueSpan(NamedTuple):
    """The half-open span [start, end) of a metric's values."""

    start: float
    end: float


EVERY_VALUE = ValueSpan(-math.inf, math.inf)

_EXPONENT_MAX = sys.float_info.max_exp - 1


def joined(points: Points, places: Points) -> Points:
    """Return the points that have an x, in order of x and, of equal ones, of step and logging.

    Args:
        points: Points in order of step and then of logging.
        places: The other metric's, in the same order.
    """
    if not len(places.step):
        return taken(points, np.zeros(len(points.step), bool))
    at = np.searchsorted(places.step, points.step, side="right") - 1
    x = places.value[at]
    found = np.flatnonzero((places.step[at] == points.step) & (at >= 0) & np.isfinite(x))
    found = found[np.argsort(x[found], kind="stable")]
    return taken(points, found)._replace(x=x[found])


def within(points: Points, span: ValueSpan) -> Points:
    """Return the points of ordered ones whose x is in the span."""
    start, end = np.searchsorted(points.x, span)
    return taken(points, np.arange(start, end))


def value_bucket_width(low: float, high: float, *, buckets_max: int) -> float:
    """Return the least power of two that covers [low, high] in at most `buckets_max` buckets.

    A power of two divides floats exactly, so every reader agrees on where buckets begin. With the
    greatest that is a float, all floats take four buckets, whatever `buckets_max`.
    """
    # Halves, because the whole of the floats' range is no float.
    half = high / 2 - low / 2
    if half == 0:
        return 1.0
    exponent = 1 + math.ceil(math.log2(half / (buckets_max - 1)))
    width = math.ldexp(1.0, min(exponent, _EXPONENT_MAX))
    # The difference was rounded: what it lost may reach into one bucket more.
    is_short = high // width - low // width + 1 > buckets_max and exponent < _EXPONENT_MAX
    return 2 * width if is_short else width
