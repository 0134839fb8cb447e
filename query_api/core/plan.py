"""How a question about a span of a series is answered: from points, or from which rollup.

x = step    points while a bucket is narrower than the first rollup; from there on rollups,
            with buckets whose width is a multiple of the rollup's, so that no rollup bucket
            is ever split and every answer is exact
x = time    points while there are few; else the rollup buckets' own extreme points, and the
            points themselves of those rollup buckets that the span's ends cut
"""

from __future__ import annotations

from typing import Final, NamedTuple

ROLLUP_WIDTHS: Final = (1 << 10, 1 << 16)
"""The widths that the fold keeps, in steps."""

RAW_POINTS_CHEAP: Final = 20_000
"""Fewer points than this are read as they are, whatever the width: it takes milliseconds."""

RAW_POINTS_MAX: Final = 2_000_000
"""Most points of one series that are read to answer one question."""

TIME_RAW_POINTS_MAX: Final = 250_000
"""The same where buckets are of time and a rollup of steps does not give exact buckets."""

_WIDE_FACTOR: Final = 8
"""A rollup is used for buckets at least this much wider than it, except the narrowest, which is
used as soon as it fits: rounding up to its multiple costs little from here on."""


class Span(NamedTuple):
    """The half-open span [start, end) of an axis."""

    start: int
    end: int


class Plan(NamedTuple):
    """Where to read a series from, and how wide its buckets are.

    Attributes:
        rollup_width: The rollup to read, or None for the points themselves.
        bucket_width: Width of the answer's buckets on its axis, or None for points.
    """

    rollup_width: int | None
    bucket_width: int | None


def bucket_width(
    span: Span, *, buckets_max: int, multiple_of: int = 1, is_coarse: bool = False
) -> int:
    """Return a width whose aligned buckets cover `span` in at most `buckets_max`, two or more.

    Args:
        span: What is to be covered.
        buckets_max: Most buckets, at least 2.
        multiple_of: What the width must be a multiple of.
        is_coarse: Round up to a power of two, so that many series share few widths.
    """
    length = max(1, span.end - span.start)
    width = _rounded(-(-length // buckets_max), multiple_of, is_coarse=is_coarse)
    last = max(span.start, span.end - 1)
    if last // width - span.start // width + 1 <= buckets_max:
        return width
    # The span begins in the middle of a bucket, which takes one bucket more.
    return _rounded(-(-length // (buckets_max - 1)), multiple_of, is_coarse=is_coarse)


def _rounded(width: int, multiple_of: int, *, is_coarse: bool) -> int:
    if is_coarse:
        return max(multiple_of, 1 << (width - 1).bit_length())
    return -(-width // multiple_of) * multiple_of


def plan_steps(span: Span, *, point_count: int, max_points: int, is_coarse: bool = False) -> Plan:
    """Plan an answer whose axis is the step.

    Args:
        span: The steps to show, clipped to those that the series has.
        point_count: How many points it has there.
        max_points: Most points or buckets in the answer.
        is_coarse: Round widths up so that many series share few.
    """
    if point_count <= max_points:
        return Plan(None, None)
    fine = bucket_width(span, buckets_max=max_points, is_coarse=is_coarse)
    is_cheap = point_count <= RAW_POINTS_CHEAP
    if is_cheap or (fine < ROLLUP_WIDTHS[0] and point_count <= RAW_POINTS_MAX):
        return Plan(None, fine)
    rollup = ROLLUP_WIDTHS[0]
    for width in ROLLUP_WIDTHS[1:]:
        if fine >= width * _WIDE_FACTOR:
            rollup = width
    return Plan(
        rollup,
        bucket_width(span, buckets_max=max_points, multiple_of=rollup, is_coarse=is_coarse),
    )


def plan_times(span: Span, steps: Span, *, point_count: int, max_points: int) -> Plan:
    """Plan an answer whose axis is time.

    Args:
        span: The times to show, clipped to those that the series has.
        steps: The steps that fall into it.
        point_count: How many points it has there.
        max_points: Most points or buckets in the answer.
    """
    if point_count <= max_points:
        return Plan(None, None)
    width = bucket_width(span, buckets_max=max_points)
    if point_count <= TIME_RAW_POINTS_MAX:
        return Plan(None, width)
    coarse = ROLLUP_WIDTHS[-1]
    is_long = (steps.end - steps.start) // coarse >= max_points * _WIDE_FACTOR
    return Plan(coarse if is_long else ROLLUP_WIDTHS[0], width)
