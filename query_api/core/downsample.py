"""Points into buckets that keep the first, last, lowest and highest. Pure NumPy.

A bucket of width w that starts at x holds the points in [x, x + w); starts are multiples of w.
Buckets without points are left out. Of equal lowest values the first counts, of equal highest
values the last, as in the rollups.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.int64]
Places = npt.NDArray[np.integer[Any] | np.floating[Any]]
"""Where points stand on an axis: whole steps or microseconds, or values of a metric."""

NAN_BIT: Final = 1
POSITIVE_INFINITY_BIT: Final = 2
NEGATIVE_INFINITY_BIT: Final = 4


class Points(NamedTuple):
    """Points of one series, in order of x and then of logging."""

    x: Places
    step: Integers
    ts_us: Integers
    value: Floats


def taken(points: Points, which: Integers | npt.NDArray[np.bool_]) -> Points:
    """Return the points at some indices, or those of a mask."""
    return Points(points.x[which], points.step[which], points.ts_us[which], points.value[which])


class Buckets(NamedTuple):
    """One bucket an element; `low` and `high` are infinities where nothing is finite."""

    x: Places
    first: Floats
    first_x: Places
    last: Floats
    last_x: Places
    low: Floats
    low_x: Places
    low_step: Integers
    high: Floats
    high_x: Places
    high_step: Integers
    nonfinite: Bits


def nonfinite_bits(values: Floats) -> Bits:
    """Return which kind of non-finite number each value is; 0 for a finite one."""
    bits = np.isnan(values) * NAN_BIT
    bits += (values == np.inf) * POSITIVE_INFINITY_BIT
    bits += (values == -np.inf) * NEGATIVE_INFINITY_BIT
    return bits.astype(np.int64)


def in_buckets(points: Points, width: float, *, extra_bits: Bits | None = None) -> Buckets:
    """Return the buckets of ordered points.

    Args:
        points: At least one point, in order of x.
        width: Width of a bucket; a power of two where x is of floats.
        extra_bits: What else is known to be non-finite at each point's place.
    """
    number = points.x // width
    starts, ends = _bounds(number)
    finite = np.isfinite(points.value)
    bits = np.zeros(len(number), np.int64) if finite.all() else nonfinite_bits(points.value)
    if extra_bits is not None:
        bits |= extra_bits
    low = _first_at(np.where(finite, points.value, np.inf), np.minimum, starts, ends)
    high = _last_at(np.where(finite, points.value, -np.inf), np.maximum, starts, ends)
    has_finite = np.logical_or.reduceat(finite, starts)
    return Buckets(
        x=number[starts] * width,
        first=points.value[starts],
        first_x=points.x[starts],
        last=points.value[ends - 1],
        last_x=points.x[ends - 1],
        low=np.where(has_finite, points.value[low], np.inf),
        low_x=points.x[low],
        low_step=points.step[low],
        high=np.where(has_finite, points.value[high], -np.inf),
        high_x=points.x[high],
        high_step=points.step[high],
        nonfinite=np.bitwise_or.reduceat(bits, starts),
    )


def kept_indices(value: Floats, points_max: int) -> Integers:
    """Return which of many values to keep, at most about `points_max` of them, in order.

    The values are cut into equal runs, and each run keeps its first, last, lowest and highest,
    and one of each kind of non-finite value, so that a spike is never lost.
    """
    count = len(value)
    if count <= points_max:
        return np.arange(count)
    run_count = max(1, points_max // 4)
    starts = np.unique(np.arange(run_count) * count // run_count)
    return _kept(value, starts, np.append(starts[1:], count))


def kept_of_buckets(points: Points, width: float) -> Integers:
    """Return which of ordered points to keep so that their buckets stay as they are.

    At least one point must be there; `width` is that of `in_buckets`.
    """
    return _kept(points.value, *_bounds(points.x // width))


def _bounds(number: Places) -> tuple[Integers, Integers]:
    """Return where each run of equal numbers starts and ends."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    return starts, np.append(starts[1:], len(number))


def _kept(value: Floats, starts: Integers, ends: Integers) -> Integers:
    finite = np.isfinite(value)
    low = _first_at(np.where(finite, value, np.inf), np.minimum, starts, ends)
    high = _last_at(np.where(finite, value, -np.inf), np.maximum, starts, ends)
    odd = np.flatnonzero(~finite)
    keys = np.searchsorted(starts, odd, side="right") * 8 + nonfinite_bits(value[odd])
    _, first_odd = np.unique(keys, return_index=True)
    return np.unique(np.concatenate((starts, ends - 1, low, high, odd[first_odd])))


def _first_at(values: Floats, least: np.ufunc, starts: Integers, ends: Integers) -> Integers:
    hits = _hits(values, least, starts, ends)
    return hits[np.searchsorted(hits, starts)]


def _last_at(values: Floats, greatest: np.ufunc, starts: Integers, ends: Integers) -> Integers:
    hits = _hits(values, greatest, starts, ends)
    return hits[np.searchsorted(hits, ends) - 1]


def _hits(values: Floats, extreme: np.ufunc, starts: Integers, ends: Integers) -> Integers:
    return np.flatnonzero(values == np.repeat(extreme.reduceat(values, starts), ends - starts))
