"""Summaries of series that any repetition or order of arrival leaves the same.

A *bucket* of width w holds the steps [b * w, (b + 1) * w). What is kept of it are its first and
last point (by step, then by order of logging), its lowest and highest finite value with the
first and the last place of these (by step, then by time), and which non-finite values it has
seen. Each is a minimum, a maximum or a bitwise or, so
that summaries of parts merge into the summary of the whole, however often a part is merged.
Means and counts are not of that kind; they are computed from the points themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from processors.core.arrays import Floats, Integers

WIDTHS: Final = (1 << 10, 1 << 16)
"""The widths that are kept. At 1,000 buckets a chart, points alone answer up to a million steps,
the first width up to some 64 million, the second up to billions."""

NAN_BIT, POSITIVE_INFINITY_BIT, NEGATIVE_INFINITY_BIT = 1, 2, 4

Bits = npt.NDArray[np.uint8]


class Points(NamedTuple):
    """Points of many series, side by side. `series` numbers the event each point came in."""

    series: Integers
    step: Integers
    ts_us: Integers
    value: Floats
    pos: Integers
    idx: Integers


class Places(NamedTuple):
    """Where in `Points` the extremes of each group are, and the groups' non-finite values.

    `low` and `high` are -1 for a group without a finite value.
    """

    first: Integers
    last: Integers
    low: Integers
    high: Integers
    nonfinite: Bits


def in_order(points: Points) -> Points:
    """Return the points by series and step; points that are so already come back as they are."""
    same = np.diff(points.series) == 0
    if not np.any(same & (np.diff(points.step) < 0)):
        return points
    # lexsort is stable: points with equal steps keep their order of logging.
    order = np.lexsort((points.step, points.series))
    return Points._make(column[order] for column in points)


def group_starts(points: Points, *, width: int | None) -> Integers:
    """Return where each group of ordered points begins: a series, or one bucket of a series."""
    changes = np.diff(points.series) != 0
    if width is not None:
        changes |= np.diff(bucket_numbers(points.step, width=width)) != 0
    return np.concatenate(([0], np.flatnonzero(changes) + 1)).astype(np.int64)


def bucket_numbers(steps: Integers, *, width: int) -> Integers:
    """Return the number of the bucket that holds each step; the widths are powers of two."""
    return steps >> (width.bit_length() - 1)


def places(points: Points, starts: Integers) -> Places:
    """Return the extremes of every group of ordered points that begins at one of `starts`."""
    ends = np.append(starts[1:], len(points.step))
    order = _order_by_time(points)
    values = points.value if order is None else points.value[order]
    finite = np.isfinite(values)
    low = _first_least(np.where(finite, values, np.inf), starts, ends)
    high = _last_greatest(np.where(finite, values, -np.inf), starts, ends)
    if order is not None:
        low, high = order[low], order[high]
    has_finite = np.maximum.reduceat(finite, starts)
    return Places(
        first=starts,
        last=ends - 1,
        low=np.where(has_finite, low, -1),
        high=np.where(has_finite, high, -1),
        nonfinite=np.bitwise_or.reduceat(_nonfinite_bits(points.value), starts),
    )


def _order_by_time(points: Points) -> Integers | None:
    """Return the places of ordered points by series, step and time, or None if they are so.

    The groups stay where they are.
    """
    earlier = np.flatnonzero(np.diff(points.ts_us) < 0)
    is_tied = (points.series[earlier] == points.series[earlier + 1]) & (
        points.step[earlier] == points.step[earlier + 1]
    )
    if not np.any(is_tied):
        return None
    return np.lexsort((points.ts_us, points.step, points.series))


def _first_least(values: Floats, starts: Integers, ends: Integers) -> Integers:
    least = np.repeat(np.minimum.reduceat(values, starts), ends - starts)
    hits = np.flatnonzero(values == least)
    return hits[np.searchsorted(hits, starts)]


def _last_greatest(values: Floats, starts: Integers, ends: Integers) -> Integers:
    greatest = np.repeat(np.maximum.reduceat(values, starts), ends - starts)
    hits = np.flatnonzero(values == greatest)
    return hits[np.searchsorted(hits, ends) - 1]


def _nonfinite_bits(values: Floats) -> Bits:
    bits = np.isnan(values) * NAN_BIT
    bits |= (values == np.inf) * POSITIVE_INFINITY_BIT
    bits |= (values == -np.inf) * NEGATIVE_INFINITY_BIT
    return bits.astype(np.uint8)
