"""Summaries of series against a naive oracle that looks at every point by itself."""

import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.core.fold import State, step
from processors.core.rollup import WIDTHS
from processors.core.rows import (
    STEP_NONE_FIRST,
    STEP_NONE_LAST,
    VALUE_NONE_HIGH,
    VALUE_NONE_LOW,
)
from runtide.core.columns import encode_f64
from runtide.core.events import ListLogged, Scalars
from runtide.log.port import Record
from tests import strategies
from tests.building import record
from tests.merging import MergedTables


class Logged(NamedTuple):
    """One point as the caller logged it."""

    step: int
    ts_us: int
    value: float


logged = st.builds(
    Logged, step=strategies.steps, ts_us=st.integers(0, 3), value=strategies.point_values
)
# Each inner list is one event; each event is an envelope of its own.
series = st.lists(st.lists(logged, min_size=1, max_size=8), min_size=1, max_size=4)


def event(points: Sequence[Logged]) -> Scalars:
    steps, times, values = zip(*points, strict=True)
    return Scalars(
        name="loss",
        n=len(points),
        value=encode_f64(values),
        step=list(steps),
        ts_us=list(times),
    )


def folded(records: Sequence[Record]) -> MergedTables:
    tables = MergedTables()
    tables.write(step(State(0), records)[1])
    return tables


def summary(placed: Sequence[tuple[int, int, Logged]]) -> dict[str, Any]:
    """Return what a summary of these points must say; each comes with its `pos` and `idx`."""
    finite = [p for _, _, p in placed if math.isfinite(p.value)]
    by_step = [(p.step, pos, idx, p.ts_us, p.value) for pos, idx, p in placed]
    by_value = [(p.value + 0.0, p.step, p.ts_us) for p in finite]
    values = [p.value for _, _, p in placed]
    return {
        "first": min(by_step),
        "last": max(by_step),
        "low": min(by_value, default=VALUE_NONE_LOW),
        "high": max(by_value, default=VALUE_NONE_HIGH),
        "nonfinite": (
            any(map(math.isnan, values)) * 1 | (math.inf in values) * 2 | (-math.inf in values) * 4
        ),
    }


def shown(row: dict[str, Any]) -> dict[str, str]:
    """Return a summary in a form that equals itself, NaN included."""
    return {
        name: repr(tuple(row[name].values()) if isinstance(row[name], dict) else row[name])
        for name in ("first", "last", "low", "high", "nonfinite")
    }


@given(series)
def test_metric_summary_is_that_of_all_points(events: list[list[Logged]]) -> None:
    placed = [(pos, idx, p) for pos, points in enumerate(events) for idx, p in enumerate(points)]

    (got,) = folded([record(i, event(points)) for i, points in enumerate(events)]).rows("metrics")

    assert shown(got) == shown(summary(placed))
    assert got["first_seen"] == {"pos": 0, "idx": 0, "kind": "scalar"}


@pytest.mark.parametrize("width", WIDTHS)
@given(events=series)
def test_every_bucket_of_a_rollup_is_that_of_its_points(
    width: int, events: list[list[Logged]]
) -> None:
    """Bucket b of width w holds the steps [b w, (b + 1) w), also where they are negative."""
    placed_by_bucket: dict[int, list[tuple[int, int, Logged]]] = {}
    for pos, points in enumerate(events):
        for idx, p in enumerate(points):
            placed_by_bucket.setdefault(p.step // width, []).append((pos, idx, p))

    tables = folded([record(i, event(points)) for i, points in enumerate(events)])

    rows = [row for row in tables.rows("rollups") if row["width"] == width]
    assert {row["bucket"]: shown(row) for row in rows} == {
        bucket: shown(summary(placed)) for bucket, placed in placed_by_bucket.items()
    }


def by_value(row: dict[str, Any]) -> dict[str, str]:
    return {k: v for k, v in shown(row).items() if k not in {"first", "last"}}


@given(
    st.lists(logged, min_size=1, max_size=10).flatmap(
        lambda p: st.tuples(st.just(p), st.permutations(p))
    ),
    st.integers(1, 9),
)
def test_arrival_order_does_not_change_extremes(
    case: tuple[list[Logged], list[Logged]], cut: int
) -> None:
    """First and last are told apart by the order of logging where steps are equal; these are not."""
    in_order, arrived = case

    (want,) = folded([record(0, event(in_order))]).rows("metrics")
    parts = [part for part in (arrived[:cut], arrived[cut:]) if part]
    (got,) = folded([record(i, event(part)) for i, part in enumerate(parts)]).rows("metrics")

    assert by_value(got) == by_value(want)


@pytest.mark.parametrize("name", ["first", "last", "low", "high"])
@given(points=st.lists(logged, min_size=1, max_size=5))
def test_absent_point_is_neutral(name: str, points: list[Logged]) -> None:
    """A metric that was logged as a list first has no points yet, and says so until it has."""
    absent = ListLogged(name="loss", n=0, value=[], ts_us=0)

    (got,) = folded([record(0, absent), record(1, event(points))]).rows("metrics")
    (want,) = folded([record(0), record(1, event(points))]).rows("metrics")

    assert shown(got)[name] == shown(want)[name]
    assert got["first_seen"]["kind"] == "list"


@pytest.mark.parametrize(
    ("none", "edge", "is_beyond"),
    [
        (STEP_NONE_FIRST, (2**62,), operator.gt),
        (STEP_NONE_LAST, (-(2**62),), operator.lt),
        (VALUE_NONE_LOW, (sys.float_info.max,), operator.gt),
        (VALUE_NONE_HIGH, (-sys.float_info.max,), operator.lt),
    ],
)
def test_what_stands_for_no_point_is_beyond_every_point(
    none: tuple[float, ...],
    edge: tuple[float],
    is_beyond: Callable[[tuple[float, ...], tuple[float, ...]], bool],
) -> None:
    """Steps are within 2^62, and lows and highs are of finite values alone."""
    assert is_beyond(none, edge)
