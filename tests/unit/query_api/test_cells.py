import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.cells import NumberPiece, Piece, TextPiece, number_cells, wire_column
from runtide.core.columns import Cell, decode_column
from tests.strategies import floats, i64s


def scalars(place: int, cells: list[float | int | bool]) -> NumberPiece:
    codes = {float: 0, int: 1, bool: 2}
    return NumberPiece(
        (0, place),
        np.array([codes[type(cell)] for cell in cells], np.int8),
        np.array(cells, np.float64),
        np.array([cell if type(cell) is int else 0 for cell in cells], np.int64),
    )


def exact(cells: list[Cell]) -> list[tuple[type, str]]:
    return [(type(cell), repr(cell)) for cell in cells]


@given(st.lists(floats | i64s | st.booleans(), max_size=20))
def test_stored_numbers_come_back_in_value_and_type(cells: list[float | int | bool]) -> None:
    n, wire = wire_column([scalars(0, cells)])

    assert exact(decode_column(wire, n)) == exact(list(cells))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [([1.5, 2.0], "f64"), ([1, 2**62], "i64"), ([True, False], "bool")],
    ids=["floats", "ints", "booleans"],
)
def test_numbers_of_one_kind_are_packed(cells: list[float | int | bool], kind: str) -> None:
    n, wire = wire_column([scalars(1, cells[:1]), scalars(2, cells[1:])])

    assert isinstance(wire, dict)
    assert list(wire) == [kind]
    assert exact(decode_column(wire, n)) == exact(list(cells))


def test_pieces_of_several_kinds_come_in_order_of_logging() -> None:
    pieces: list[Piece] = [
        TextPiece((0, 4), "str", ["x"]),
        TextPiece((0, 3), "none", [""]),
        TextPiece((1, 0), "cells", ['{"float":"nan"}', "null", '"y"']),
        TextPiece((0, 2), "big", [str(2**70)]),
        scalars(1, [1, 2.5]),
        NumberPiece.of_kind((2, 0), "int", np.array([3.0])),
        NumberPiece.of_kind((3, 0), "bool", np.array([1.0])),
    ]

    n, wire = wire_column(pieces)

    assert exact(decode_column(wire, n)) == exact(
        [1, 2.5, 2**70, None, "x", float("nan"), None, "y", 3, True]
    )


def test_nothing_is_an_empty_column() -> None:
    assert wire_column([]) == (0, [])


@pytest.mark.parametrize(
    ("kind", "cells"), [("int", [1, 0]), ("bool", [True, False]), ("float", [1.0, 0.0])]
)
def test_numbers_of_a_kind_are_values_of_its_type(kind: str, cells: list[Cell]) -> None:
    assert exact(number_cells(kind, np.array([1.0, 0.0]))) == exact(cells)
