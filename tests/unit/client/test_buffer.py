"""A run's buffer: order of facts, kinds of names."""

from __future__ import annotations

import pytest

from runtide.client.buffer import RunBuffer, TableRows
from runtide.errors import UsageError


def test_metrics_come_in_the_order_of_first_logging() -> None:
    """The page and `get_metrics` show them so."""
    buffer = RunBuffer()
    buffer.series_rows("b").extend((1.0, None, 0))
    buffer.add(TableRows("t", {"x": [1]}, 0))
    buffer.series_rows("a").extend((1.0, None, 0))
    buffer.series_rows("b").extend((2.0, None, 0))

    assert [event["name"] for event in buffer.drained()] == ["b", "t", "a"]


def test_a_drained_buffer_is_empty_and_goes_on() -> None:
    """Steps go on where they were."""
    buffer = RunBuffer()
    rows = buffer.series_rows("a")
    rows.extend((1.0, None, 0))
    first = list(buffer.drained())
    rows.extend((2.0, None, 0))
    second = list(buffer.drained())

    assert [event["step"] for event in first + second] == [{"range": [0, 1]}, {"range": [1, 1]}]
    assert list(buffer.drained()) == []


def test_rows_of_one_table_join_and_others_stay_between() -> None:
    """A million `log_row` calls must not become a million events."""
    buffer = RunBuffer()
    buffer.add(TableRows("t", {"x": [1]}, 0))
    buffer.add(TableRows("t", {"x": [2]}, 0))
    buffer.add(TableRows("t", {"y": [3]}, 0))
    buffer.add({"type": "tag"})
    buffer.add(TableRows("t", {"y": [4]}, 0))

    got = [(event["type"], event.get("n")) for event in buffer.drained()]

    assert got == [("rows", 2), ("rows", 1), ("tag", None), ("rows", 1)]


def test_a_name_holds_one_kind() -> None:
    """Two kinds under one name could not be read back."""
    buffer = RunBuffer()
    buffer.series_rows("x")

    with pytest.raises(UsageError, match="'x' was logged with `log`"):
        buffer.claim("x", "table")


def test_a_closed_quick_path_forgets_no_series() -> None:
    """A run that is logged to after its end goes on with its steps."""
    buffer = RunBuffer()
    rows = buffer.series_rows("x")
    buffer.close_quick_path()

    assert buffer.rows_by_name == {}
    assert buffer.series_rows("x") is rows


def test_a_forgotten_buffer_sends_nothing_of_its_past() -> None:
    """A forked child inherits what is its parent's to send."""
    buffer = RunBuffer()
    buffer.series_rows("x").extend((1.0, None, 0))
    buffer.forget()
    buffer.series_rows("x").extend((2.0, None, 0))

    assert [event["step"] for event in buffer.drained()] == [{"range": [0, 1]}]
