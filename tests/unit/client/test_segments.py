"""Values cut into events: exact, in order, and none too large."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.client.segments import (
    POINTS_PER_EVENT_MAX,
    Batch,
    ListPiece,
    Steps,
    metric_events,
    table_events,
)
from runtide.core import limits
from runtide.core.columns import Cell, decode_column
from runtide.core.envelope import parse_event
from tests.strategies import cells

Point = tuple[Any, int | None, int]

points = st.tuples(
    cells | st.lists(cells, max_size=3).map(ListPiece),
    st.none() | st.integers(-5, 20),
    st.integers(0, 10**18),
)


def flat(logged: list[Point]) -> list[Any]:
    """Return points as a buffer holds them."""
    return [part for point in logged for part in point]


def same(a: Cell, b: Cell) -> bool:
    """Return whether two cells are one value of one type, to the bit."""
    return type(a) is type(b) and (repr(a) == repr(b))


def values_of(events: list[dict[str, Any]]) -> list[Cell]:
    """Return the values of events in order."""
    return [v for e in events for v in decode_column(e["value"], e["n"])]


@given(st.lists(points, max_size=30))
def test_events_hold_every_value_in_order_with_its_type(logged: list[Point]) -> None:
    """Whatever kinds follow one another under one name."""
    want = [
        value
        for point, _, _ in logged
        for value in (point.values if isinstance(point, ListPiece) else [point])
    ]

    got = values_of(list(metric_events("m", flat(logged), Steps())))

    assert len(got) == len(want)
    assert all(map(same, got, want))


@given(st.lists(points, max_size=30))
def test_events_keep_the_published_contract(logged: list[Point]) -> None:
    """What the client sends, its own parser accepts."""
    for event in metric_events("m", flat(logged), Steps()):
        document = orjson.loads(orjson.dumps(event))
        parse_event(document)


@given(st.lists(st.none() | st.integers(-5, 20), max_size=30), st.integers(1, 7))
def test_missing_steps_follow_the_highest_so_far(given: list[int | None], cut: int) -> None:
    """However the buffer was cut by flushes."""
    want, highest = [], -1
    for step in given:
        want.append(highest + 1 if step is None else step)
        highest = max(highest, want[-1])

    steps = Steps()
    got: list[Cell] = []
    for start in range(0, len(given), cut):
        piece = [(0.5, step, 0) for step in given[start : start + cut]]
        for event in metric_events("m", flat(piece), steps):
            got += decode_column(event["step"], event["n"])

    assert got == want


def test_consecutive_steps_travel_as_a_range() -> None:
    """Eight bytes a point less."""
    events = list(metric_events("m", flat([(0.5, i, 0) for i in range(5, 15)]), Steps()))

    assert events[0]["step"] == {"range": [5, 1]}


def test_integers_beyond_64_bits_become_strings_events() -> None:
    """The column of numbers has no room for them."""
    kinds = [e["type"] for e in metric_events("m", flat([(1, None, 0), (2**63, None, 0)]), Steps())]

    assert kinds == ["scalars", "strings"]


def test_times_are_whole_microseconds() -> None:
    """The buffer has nanoseconds, the contract microseconds."""
    events = list(metric_events("m", [0.5, None, 1_999], Steps()))

    assert decode_column(events[0]["ts_us"], 1) == [1]


@pytest.mark.parametrize("n", [POINTS_PER_EVENT_MAX, POINTS_PER_EVENT_MAX + 1, 20_000])
def test_long_buffers_are_cut_to_an_envelope(n: int) -> None:
    """Steps that are no range are the largest case."""
    logged: list[Point] = [(0.5, -i, i) for i in range(n)]

    events = list(metric_events("m", flat(logged), Steps()))

    assert sum(e["n"] for e in events) == n
    assert max(len(orjson.dumps(e)) for e in events) <= limits.ENVELOPE_BYTES_TARGET


def test_long_texts_are_cut_by_their_size() -> None:
    """A hundred of them would not fit one envelope."""
    texts: list[Cell] = ["\x00" * 40_000] * 10

    events = list(metric_events("m", [ListPiece(texts), None, 0], Steps()))

    assert values_of(events) == texts
    assert max(len(orjson.dumps(e)) for e in events) <= limits.ENVELOPE_BYTES_MAX


def test_empty_list_is_one_event() -> None:
    """`get_metrics` gives it back."""
    events = list(metric_events("m", [ListPiece([]), None, 0], Steps()))

    assert [(e["type"], e["n"]) for e in events] == [("list", 0)]


def test_batch_stands_among_its_metrics_points() -> None:
    """In the order in which they were logged."""
    batch = Batch("bool", 3, b"\x01\x00\x01", None, None, 7)

    events = list(
        metric_events("m", flat([(0.5, None, 0), (batch, None, 0), (2, None, 0)]), Steps())
    )

    assert values_of(events) == [0.5, True, False, True, 2]
    assert [decode_column(e["step"], e["n"]) for e in events] == [[0], [1, 2, 3], [4]]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.lists(cells, min_size=4, max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_table_events_hold_every_cell(columns: dict[str, list[Cell]]) -> None:
    """To the type and the bit."""
    events = list(table_events("t", columns, 0))

    for name, want in columns.items():
        got = [
            v
            for e in events
            for c in e["columns"]
            if c["name"] == name
            for v in decode_column(c["value"], e["n"])
        ]
        assert all(map(same, got, want))


def test_wide_and_long_tables_are_cut_to_envelopes() -> None:
    """Twenty thousand rows of twenty columns are ten megabytes."""
    columns: dict[str, list[Cell]] = {f"c{i}": [i + 0.5] * 20_000 for i in range(20)}
    columns["text"] = ["é" * 100] * 20_000

    events = list(table_events("t", columns, 0))

    assert sum(e["n"] for e in events) == 20_000
    assert max(len(orjson.dumps(e)) for e in events) <= limits.ENVELOPE_BYTES_MAX


def test_nan_stays_nan() -> None:
    """And infinities stay infinite."""
    got = values_of(
        list(metric_events("m", flat([(math.nan, None, 0), (-math.inf, None, 0)]), Steps()))
    )

    assert [str(v) for v in got] == ["nan", "-inf"]
