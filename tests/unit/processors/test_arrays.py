from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.core import arrays
from processors.core.arrays import BOOL, FLOAT, INT
from runtide.core.columns import Cell, encode_column, unescape_cell
from runtide.errors import MalformedEvent
from tests import strategies
from tests.merging import canonical

KIND_BY_TYPE = {float: FLOAT, int: INT, bool: BOOL}


def as_texts(values: list[Any]) -> list[str]:
    return [canonical(value) for value in values]


@given(st.lists(strategies.floats | strategies.i64s | st.booleans()))
def test_numbers_keep_value_and_type(values: list[Any]) -> None:
    """Integers beyond 2^53 are exact in the column of integers."""
    numbers = arrays.numbers(encode_column(values), len(values))

    assert numbers.kinds.tolist() == [KIND_BY_TYPE[type(value)] for value in values]
    assert as_texts(numbers.values.tolist()) == as_texts([float(value) for value in values])
    assert numbers.int_values.tolist() == [v if type(v) is int else 0 for v in values]


@given(strategies.columns())
def test_column_of_a_list_can_be_read_back_exactly(values: list[Cell]) -> None:
    """Whatever form the store keeps it in, the query API makes the same values of it."""
    column = arrays.typed_column(encode_column(values), len(values))

    match column.kind:
        case "str":
            back: list[Any] = list(column.texts)
        case "cells":
            back = [unescape_cell(orjson.loads(text)) for text in column.texts]
        case kind:
            types: dict[str, Callable[[float], object]] = {"float": float, "int": int, "bool": bool}
            back = [types[kind](number) for number in column.numbers.tolist()]
    assert as_texts(back) == as_texts(list(values))


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        ({"f64": ""}, "float"),
        ({"bool": ""}, "bool"),
        ({"i64": ""}, "int"),
        ({"range": [5, 1]}, "int"),
        ([], "cells"),
    ],
)
def test_empty_column_has_a_kind(wire: object, kind: str) -> None:
    assert arrays.typed_column(wire, 0).kind == kind


@pytest.mark.parametrize(
    ("wire", "n", "kind"),
    [
        (encode_column([2**53, -(2**53)]), 2, "int"),
        (encode_column([2**53 + 1]), 1, "cells"),
        (encode_column([-(2**53) - 1, 0]), 2, "cells"),
        ([1, 2**53], 2, "int"),
        ([1, -(2**53) - 1], 2, "cells"),
        ({"range": [2**53 - 1, 1]}, 2, "int"),
        ({"range": [2**53, 1]}, 2, "cells"),
        ([None], 1, "cells"),
        ([None, "x"], 2, "cells"),
        ([True, False], 2, "bool"),
        ([1.5, 2.0], 2, "float"),
    ],
)
def test_integers_are_numbers_only_where_doubles_hold_them(wire: object, n: int, kind: str) -> None:
    """Analysts get numbers wherever that loses nothing."""
    assert arrays.typed_column(wire, n).kind == kind


def test_range_has_the_integers_that_it_names() -> None:
    edge = {"range": [-(2**63), 2**63 - 1]}

    assert arrays.numbers(edge, 3).int_values.tolist() == [-(2**63), -1, 2**63 - 2]


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("text", id="text"),
        pytest.param(None, id="null"),
        pytest.param({"int": str(2**63)}, id="int beyond 64 bits"),
        pytest.param({"int": "9" * 400}, id="int beyond doubles"),
        pytest.param(2**63, id="JSON integer beyond 64 bits"),
    ],
)
def test_value_that_is_no_64_bit_number_is_no_scalar(cell: object) -> None:
    with pytest.raises(MalformedEvent, match="strings event"):
        arrays.numbers([1, cell], 2)


@pytest.mark.parametrize(
    "wire", [[1, 1.0], [1, True], [1, "1"], [1, 2**63], {"f64": "A" * 22 + "=="}]
)
def test_steps_are_integers(wire: object) -> None:
    with pytest.raises(MalformedEvent):
        arrays.steps(wire, 2)


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [(arrays.steps, -(2**62), 2**62), (arrays.times_us, 0, 9_000_000_000_000_000)],
)
def test_steps_and_times_are_within_their_limits(
    column: Callable[[object, int], Any], low: int, high: int
) -> None:
    """The tables have no room beyond, and differences of two steps must fit 64 bits."""
    assert column([low, high], 2).tolist() == [low, high]
    with pytest.raises(MalformedEvent, match="reaches from"):
        column([0, high + 1], 2)
    with pytest.raises(MalformedEvent, match="reaches from"):
        column({"range": [low - 1, 1]}, 2)
    assert column([], 0).dtype == np.int64


def test_packed_column_is_no_column_of_strings() -> None:
    with pytest.raises(MalformedEvent, match="want an array"):
        arrays.plain_cells({"range": [0, 1]}, 1_000_000)
