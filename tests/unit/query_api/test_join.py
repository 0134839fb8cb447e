import math
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from query_api.core.downsample import Points, in_buckets, kept_of_buckets, taken
from query_api.core.join import ValueSpan, joined, value_bucket_width, within

# Integers as floats, so that equality tests the law and not the rounding.
values = st.one_of(st.integers(-9, 9).map(float), st.sampled_from([math.nan, math.inf, -math.inf]))


@st.composite
def logged(draw: st.DrawFn) -> Points:
    value = draw(st.lists(values, max_size=40))
    steps = sorted(draw(st.lists(st.integers(0, 30), min_size=len(value), max_size=len(value))))
    step = np.array(steps, np.int64)
    return Points(step, step, step * 10, np.array(value, np.float64))


def rows(points: Points) -> list[tuple[float, int, str]]:
    columns = zip(points.x.tolist(), points.step.tolist(), points.value.tolist(), strict=True)
    return [(x, step, repr(value)) for x, step, value in columns]


@given(logged(), logged())
def test_every_point_is_where_the_last_value_of_its_step_is(points: Points, places: Points) -> None:
    """A dictionary is the oracle: later values of a step overwrite earlier ones."""
    x_by_step = dict(zip(places.step.tolist(), places.value.tolist(), strict=True))
    want = [
        (x_by_step[step], step, repr(value))
        for step, value in zip(points.step.tolist(), points.value.tolist(), strict=True)
        if math.isfinite(x_by_step.get(step, math.nan))
    ]

    assert rows(joined(points, places)) == sorted(want, key=lambda row: row[0])


@given(logged(), logged(), st.integers(-10, 10), st.integers(0, 10))
def test_a_span_holds_its_start_and_not_its_end(
    points: Points, places: Points, start: int, length: int
) -> None:
    both = joined(points, places)

    got = within(both, ValueSpan(start, start + length))

    assert rows(got) == [row for row in rows(both) if start <= row[0] < start + length]


@given(logged(), logged(), st.sampled_from([0.25, 1.0, 8.0]))
def test_points_that_are_kept_have_the_buckets_of_all(
    points: Points, places: Points, width: float
) -> None:
    """So a long series can be joined piece by piece and lose no extreme."""
    both = joined(points, places)
    if not len(both.x):
        return

    kept = taken(both, kept_of_buckets(both, width))

    for got, want in zip(in_buckets(kept, width), in_buckets(both, width), strict=True):
        assert np.array_equal(got, want, equal_nan=got.dtype.kind == "f")


GREATEST_POWER = math.ldexp(1.0, sys.float_info.max_exp - 1)

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite, st.integers(2, 2000))
@example(-sys.float_info.max, sys.float_info.max, 2)
@example(-3.375e-38, 1.0, 2)
def test_any_span_of_floats_fits_into_the_buckets(a: float, b: float, buckets_max: int) -> None:
    low, high = min(a, b), max(a, b)

    width = value_bucket_width(low, high, buckets_max=buckets_max)

    assert math.frexp(width)[0] == 0.5
    fits_max = 4 if width == GREATEST_POWER else buckets_max
    assert high // width - low // width + 1 <= fits_max


@pytest.mark.parametrize(("low", "high", "width"), [(0.0, 10.0, 8.0), (3.0, 3.0, 1.0)])
def test_widths_are_as_narrow_as_they_can_be(low: float, high: float, width: float) -> None:
    assert value_bucket_width(low, high, buckets_max=3) == width
