import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.row_order import cell_text, row_order, rows_containing
from query_api.core.table_text import csv_pieces, json_pieces
from runtide.core.columns import Cell
from tests.strategies import floats, i64s

cells = st.none() | floats | i64s | st.booleans() | st.text(max_size=5)


@given(st.lists(cells, max_size=20), st.booleans())
def test_an_order_has_every_row_once_and_the_empty_ones_last(
    column: list[Cell], is_descending: bool
) -> None:
    order = row_order(column, is_descending=is_descending)
    are_empty = [column[row] is None for row in order]

    assert sorted(order) == list(range(len(column)))
    assert are_empty == sorted(are_empty)


def test_numbers_come_before_nan_and_that_before_text() -> None:
    column: list[Cell] = ["a10", math.nan, 2, "A2", None, True, -math.inf, 1.5]

    ascending = [column[row] for row in row_order(column, is_descending=False)]
    descending = [column[row] for row in row_order(column, is_descending=True)]

    assert list(map(repr, ascending)) == [
        "-inf",
        "1.5",
        "2",
        "nan",
        "'A2'",
        "'a10'",
        "True",
        "None",
    ]
    assert list(map(repr, descending)) == [
        "True",
        "'a10'",
        "'A2'",
        "nan",
        "2",
        "1.5",
        "-inf",
        "None",
    ]


@pytest.mark.parametrize("is_descending", [False, True])
def test_equal_cells_stay_in_order_of_logging(is_descending: bool) -> None:
    assert row_order([1, 1.0, 1], is_descending=is_descending) == [0, 1, 2]


def test_a_text_is_found_in_any_cell_whatever_its_capitals() -> None:
    columns: dict[str, list[Cell]] = {"a": ["Cat", None, 1], "b": [0.5, "scatter", True]}

    assert rows_containing(columns, "CAT") == [0, 1]
    assert rows_containing(columns, "rue") == [2]
    assert rows_containing(columns, "0.5") == [0]
    assert rows_containing(columns, "none") == []


rows = st.lists(st.tuples(cells, cells), max_size=6)


@given(st.lists(rows, max_size=3))
def test_csv_reads_back_as_the_texts_of_the_cells(blocks: list[list[tuple[Cell, Cell]]]) -> None:
    text = b"".join(csv_pieces(["x", 'y "z"'], blocks)).decode()

    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [
        ["x", 'y "z"'],
        *([cell_text(cell) for cell in row] for block in blocks for row in block),
    ]


@given(st.lists(rows, max_size=3))
def test_json_reads_back_as_the_cells(blocks: list[list[tuple[Cell, Cell]]]) -> None:
    text = b"".join(json_pieces(["x", "y"], blocks))
    flat = [row for block in blocks for row in block]

    assert [list(one.values()) for one in json.loads(text)] == [
        [shown(cell) for cell in row] for row in flat
    ]


def shown(cell: Cell) -> Cell:
    if isinstance(cell, float) and not math.isfinite(cell):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(cell)]
    return cell
