"""What a caller may log, and what is refused at once."""

from __future__ import annotations

import datetime as dt
import enum
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from runtide.client.values import cell, cells, require_fits, step_number, table_columns
from runtide.errors import UsageError


class Level(enum.IntEnum):
    """An enumeration that is a number."""

    HIGH = 3


class Tensor:
    """A 0-d tensor, as far as a tracker sees one."""

    ndim = 0

    def item(self) -> float:
        """Return the value."""
        return 0.25


@pytest.mark.parametrize(
    ("value", "want"),
    [
        pytest.param(1, 1, id="int"),
        pytest.param(1.0, 1.0, id="float"),
        pytest.param(True, True, id="bool"),
        pytest.param("a", "a", id="str"),
        pytest.param(None, None, id="None"),
        pytest.param(2**70, 2**70, id="long int"),
        pytest.param(np.float64(0.1), 0.1, id="float64"),
        pytest.param(np.float32(0.5), 0.5, id="float32"),
        pytest.param(np.int64(3), 3, id="int64"),
        pytest.param(np.uint64(2**64 - 1), 2**64 - 1, id="uint64"),
        pytest.param(np.bool_(1), True, id="NumPy bool"),
        pytest.param(np.str_("s"), "s", id="NumPy str"),
        pytest.param(np.array(7), 7, id="0-d array"),
        pytest.param(np.longdouble(0.5), 0.5, id="long double"),
        pytest.param(Tensor(), 0.25, id="0-d tensor"),
        pytest.param(Level.HIGH, 3, id="IntEnum"),
        pytest.param(pd.NA, None, id="pandas' NA"),
    ],
)
def test_cell_is_the_plain_value(value: object, want: object) -> None:
    """The retired SDK logged many of these as the text of their repr."""
    got = cell(value, what="x")

    assert (got, type(got)) == (want, type(want))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(object(), id="object"),
        pytest.param(1j, id="complex"),
        pytest.param([1], id="list"),
        pytest.param(np.array([1, 2]), id="array"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), id="datetime"),
    ],
)
def test_cell_refuses_other_values_and_says_what_is_accepted(value: object) -> None:
    """A silent repr cannot be charted and is found out after the training."""
    with pytest.raises(UsageError, match="want a float, int, bool, string, None"):
        cell(value, what="x")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 300_000, id="too many characters"),
        pytest.param("\x00" * 200_000, id="too many escapes"),
        pytest.param("\ud800", id="half a surrogate pair"),
        pytest.param(10**5000, id="more digits than Python reads"),
    ],
)
def test_cell_refuses_what_no_envelope_could_hold(value: object) -> None:
    """In the sender it would take everything else in its envelope with it."""
    with pytest.raises(UsageError):
        cell(value, what="x")


@pytest.mark.parametrize(
    ("values", "want"),
    [
        (range(3), [0, 1, 2]),
        ((v for v in (1, 2)), [1, 2]),
        (np.array([0.5, math.inf]), [0.5, math.inf]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pl.Series([1, None]), [1, None]),
        ([np.int64(1), "x", None], [1, "x", None]),
        ({1}, [1]),
        ([], []),
    ],
)
def test_cells_takes_any_iterable(values: Any, want: list[object]) -> None:
    """`log_list` of the retired SDK knew lists of floats."""
    assert cells(values, what="x") == want


@pytest.mark.parametrize("values", [5, {"a": 1}, np.zeros((2, 2)), [[1]], [object()]])
def test_cells_refuses_what_is_no_list_of_scalars(values: object) -> None:
    """The message names the place."""
    with pytest.raises(UsageError, match="x"):
        cells(values, what="x")


@pytest.mark.parametrize(
    ("step", "want"),
    [(None, None), (3, 3), (np.int32(4), 4), (np.array(5), 5), (-(2**62), -(2**62))],
)
def test_step_number_takes_integers(step: object, want: int | None) -> None:
    """Loop counters come from many libraries."""
    assert step_number(step) == want


@pytest.mark.parametrize(
    "step",
    [1.0, "1", True, 2**62 + 1, pytest.param(10**5000, id="5,001 digits"), [1]],
)
def test_step_number_refuses_the_rest(step: object) -> None:
    """A float step would be cut, a bool is a slipped argument."""
    with pytest.raises(UsageError, match="step is"):
        step_number(step)


@pytest.mark.parametrize(
    "table",
    [
        {"x": [1, 2], "y": ["a", None]},
        {"x": (1, 2), "y": np.array(["a", None], dtype=object)},
        pd.DataFrame({"x": [1, 2], "y": ["a", None]}, dtype=object),
        pl.DataFrame({"x": [1, 2], "y": ["a", None]}),
    ],
    ids=["dict", "arrays", "pandas", "polars"],
)
def test_table_columns_takes_dicts_and_frames(table: object) -> None:
    """Frames are recognised by what they do."""
    assert table_columns(table, what="t") == {"x": [1, 2], "y": ["a", None]}


def test_table_columns_shows_dates_as_text() -> None:
    """A frame with a date column is the rule, not the exception."""
    frame = pd.DataFrame({"day": [pd.Timestamp("2026-01-02"), pd.NaT]})

    assert table_columns(frame, what="t") == {"day": ["2026-01-02T00:00:00", None]}


def test_table_columns_takes_single_values_as_one_row() -> None:
    """So did the retired SDK."""
    assert table_columns({"x": 1, "y": "ab"}, what="t") == {"x": [1], "y": ["ab"]}


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ({}, "no columns"),
        ({"x": [1, 2], "y": [1]}, "column 'x' of t has 2 values, column 'y' has 1"),
        ([1], "want a dict of columns"),
        ({"x": [[1]]}, r"column 'x' of t\[0\]"),
    ],
)
def test_table_columns_refuses_what_is_no_table(table: object, match: str) -> None:
    """The message names the column."""
    with pytest.raises(UsageError, match=match):
        table_columns(table, what="t")


def test_require_fits_measures_only_what_might_not_fit() -> None:
    """Encoding every short text to measure it would cost more than sending it."""

    def content() -> object:
        pytest.fail("a short text was measured")

    require_fits(1000, content, what="x")
