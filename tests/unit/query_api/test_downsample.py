import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.downsample import Points, in_buckets, kept_indices, nonfinite_bits, taken

# Integers as floats, so that equality tests the law and not the rounding.
values = st.one_of(
    st.integers(-100, 100).map(float), st.sampled_from([math.nan, math.inf, -math.inf])
)


@st.composite
def series(draw: st.DrawFn) -> Points:
    value = draw(st.lists(values, min_size=1, max_size=60))
    steps = sorted(draw(st.lists(st.integers(-50, 200), min_size=len(value), max_size=len(value))))
    step = np.array(steps, np.int64)
    return Points(step, step, step * 10, np.array(value, np.float64))


def bits(numbers: list[float]) -> int:
    kinds = {math.isnan: 1, lambda v: v == math.inf: 2, lambda v: v == -math.inf: 4}
    return sum(bit for test, bit in kinds.items() if any(map(test, numbers)))


@given(series(), st.integers(1, 64))
def test_a_bucket_keeps_its_first_last_lowest_and_highest_point(points: Points, width: int) -> None:
    """A naive fold into a dictionary is the oracle; only order and exactness matter."""
    oracle: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for step, value in zip(points.x.tolist(), points.value.tolist(), strict=True):
        oracle[step // width * width].append((step, value))

    got = in_buckets(points, width)

    assert got.x.tolist() == list(oracle)
    for i, held in enumerate(oracle.values()):
        finite = [(value, step) for step, value in held if math.isfinite(value)]
        assert (got.first_x[i], got.last_x[i]) == (held[0][0], held[-1][0])
        assert got.first[i] == pytest.approx(held[0][1], nan_ok=True)
        assert got.last[i] == pytest.approx(held[-1][1], nan_ok=True)
        assert got.nonfinite[i] == bits([value for _, value in held])
        if finite:
            low, high = min(finite), max(finite)
            assert (got.low[i], got.low_x[i], got.low_step[i]) == (low[0], low[1], low[1])
            assert (got.high[i], got.high_x[i], got.high_step[i]) == (high[0], high[1], high[1])
        else:
            assert (got.low[i], got.high[i]) == (math.inf, -math.inf)


def test_what_is_known_of_unseen_points_is_kept() -> None:
    """A rollup knows of a NaN whose place it has not kept."""
    step = np.arange(4)
    points = Points(step, step, step, np.ones(4))

    got = in_buckets(points, 2, extra_bits=np.array([0, 1, 0, 4]))

    assert got.nonfinite.tolist() == [1, 4]


@given(st.lists(values, max_size=300), st.integers(1, 100))
def test_thinning_keeps_every_extreme_and_both_ends(numbers: list[float], points_max: int) -> None:
    value = np.array(numbers, np.float64)

    kept = kept_indices(value, points_max)

    assert kept.tolist() == sorted(set(kept.tolist()))
    assert bits(value[kept].tolist()) == bits(numbers)
    finite = [v for v in numbers if math.isfinite(v)]
    if finite:
        kept_finite = value[kept][np.isfinite(value[kept])]
        assert (kept_finite.min(), kept_finite.max()) == (min(finite), max(finite))
    if numbers:
        assert (kept[0], kept[-1]) == (0, len(numbers) - 1)


def test_thinning_leaves_few_points_of_many() -> None:
    value = np.random.default_rng(1).standard_normal(100_000)

    assert len(kept_indices(value, 500)) <= 500


def test_points_can_be_taken_by_mask() -> None:
    step = np.arange(3)

    got = taken(Points(step, step, step, step.astype(float)), np.array([True, False, True]))

    assert got.value.tolist() == [0.0, 2.0]


def test_bits_tell_the_kinds_of_non_finite_numbers_apart() -> None:
    assert nonfinite_bits(np.array([1, np.nan, np.inf, -np.inf])).tolist() == [0, 1, 2, 4]
