"""The long table of an export: exact, in order, a row a value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.cli.export_rows import BLOCK_ROWS_MAX, COLUMNS, entry_blocks, parse_value
from runtide.core.columns import Cell, encode_column, encode_i64, encode_range

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(codec="utf-8")),
)


def rows_of(entry: dict[str, object]) -> list[dict[str, object]]:
    return [
        dict(zip(COLUMNS, row, strict=True))
        for block in entry_blocks("run-1", entry)
        for row in block.rows()
    ]


def is_same(left: Cell, right: Cell) -> bool:
    if isinstance(left, float) and math.isnan(left):
        return isinstance(right, float) and math.isnan(right)
    return type(left) is type(right) and left == right


@given(st.lists(CELLS, min_size=1, max_size=20))
def test_every_value_can_be_read_back_from_its_row(cells: list[Cell]) -> None:
    """CSV has only text: type and text together must give the same bits."""
    entry = {"name": "m", "kind": "list", "n": len(cells), "value": encode_column(cells)}

    back = [parse_value(str(row["type"]), str(row["value"])) for row in rows_of(entry)]

    assert all(map(is_same, cells, back))


def test_rows_of_a_table_go_column_by_column() -> None:
    entry = {
        "name": "t",
        "kind": "table",
        "n": 2,
        "columns": [{"name": "x", "value": [1, 2]}, {"name": "y", "value": ["a", None]}],
    }

    got = [(row["column"], row["index"], row["type"], row["value"]) for row in rows_of(entry)]

    assert got == [("x", 0, "int", "1"), ("x", 1, "int", "2"), ("y", 0, "string", "a"), ("y", 1, "null", None)]  # fmt: skip


def test_points_have_their_steps_and_times() -> None:
    entry = {
        "name": "loss",
        "kind": "scalar",
        "n": 2,
        "value": [0.5, 0.25],
        "step": encode_range(10, 10),
        "ts_us": encode_i64([100, 200]),
    }

    got = [(row["step"], row["ts_us"], row["value"]) for row in rows_of(entry)]

    assert got == [(10, 100, "0.5"), (20, 200, "0.25")]


def test_long_metric_comes_in_blocks_with_one_index() -> None:
    """A block is what is in memory as text at a time."""
    n = BLOCK_ROWS_MAX + 1
    entry = {"name": "m", "kind": "scalar", "n": n, "value": encode_range(0)}

    blocks = list(entry_blocks("run-1", entry))

    assert [block.row_count for block in blocks] == [BLOCK_ROWS_MAX, 1]
    assert next(blocks[1].rows())[COLUMNS.index("index")] == BLOCK_ROWS_MAX


def test_numbers_are_doubles_where_there_are_any() -> None:
    cells: list[Cell] = [1, 2.5, True, None, "3", 10**400, -(10**400)]
    entry = {"name": "m", "kind": "list", "n": len(cells), "value": encode_column(cells)}

    (block,) = entry_blocks("run-1", entry)

    assert block.numbers() == [1.0, 2.5, 1.0, None, None, math.inf, -math.inf]


def test_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="type is 'date'"):
        parse_value("date", "2026-11-23")
