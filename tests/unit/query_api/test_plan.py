import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.plan import (
    ROLLUP_WIDTHS,
    TIME_RAW_POINTS_MAX,
    Plan,
    Span,
    bucket_width,
    plan_steps,
    plan_times,
)

spans = st.builds(
    lambda start, length: Span(start, start + length),
    st.integers(-(2**62), 2**62),
    st.integers(0, 2**62),
)


@given(spans, st.integers(2, 5_000), st.sampled_from([1, *ROLLUP_WIDTHS]), st.booleans())
def test_aligned_buckets_cover_a_span_in_as_many_as_are_allowed(
    span: Span, buckets_max: int, multiple_of: int, is_coarse: bool
) -> None:
    width = bucket_width(
        span, buckets_max=buckets_max, multiple_of=multiple_of, is_coarse=is_coarse
    )

    last = max(span.start, span.end - 1)
    assert width % multiple_of == 0
    assert last // width - span.start // width + 1 <= buckets_max


@given(spans, st.integers(2, 5_000))
def test_buckets_are_no_wider_than_one_bucket_less_would_need(span: Span, buckets_max: int) -> None:
    width = bucket_width(span, buckets_max=buckets_max)

    assert width <= max(1, -(-(span.end - span.start) // (buckets_max - 1)))


def test_coarse_widths_are_powers_of_two() -> None:
    assert bucket_width(Span(0, 3_000_000), buckets_max=1000, is_coarse=True) == 4096


@pytest.mark.parametrize(
    ("span", "count", "plan"),
    [
        pytest.param(Span(0, 1000), 1000, Plan(None, None), id="few points are shown as they are"),
        pytest.param(Span(0, 10**9), 1001, Plan(None, 10**6), id="sparse points are cheap to read"),
        pytest.param(Span(0, 10**6), 10**6, Plan(None, 1000), id="narrow buckets need the points"),
        pytest.param(Span(0, 10**7), 10**7, Plan(1024, 10240), id="wide ones use the rollup"),
        pytest.param(
            Span(0, 10**9), 10**9, Plan(65536, 1_048_576), id="very wide ones the coarser rollup"
        ),
        pytest.param(
            Span(0, 1000), 3 * 10**6, Plan(1024, 1024), id="too many points a step use the rollup"
        ),
    ],
)
def test_a_span_of_steps_is_planned_by_its_width_and_its_points(
    span: Span, count: int, plan: Plan
) -> None:
    assert plan_steps(span, point_count=count, max_points=1000) == plan


@pytest.mark.parametrize(
    ("count", "steps", "plan"),
    [
        pytest.param(1000, Span(0, 1000), Plan(None, None), id="few points"),
        pytest.param(
            TIME_RAW_POINTS_MAX, Span(0, TIME_RAW_POINTS_MAX), Plan(None, 5000), id="points"
        ),
        pytest.param(10**7, Span(0, 10**7), Plan(1024, 5000), id="rollup"),
        pytest.param(10**9, Span(0, 10**9), Plan(65536, 5000), id="coarse rollup"),
    ],
)
def test_a_span_of_time_is_planned_by_its_points(count: int, steps: Span, plan: Plan) -> None:
    got = plan_times(Span(0, 5_000_000), steps, point_count=count, max_points=1000)

    assert got == plan
