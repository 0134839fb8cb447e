"""Wire columns as NumPy arrays: whole columns at a time, no Python work per number."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from runtide.core import limits
from runtide.core.columns import Cell, Column, column_values, escape_cell, parse_column
from runtide.errors import MalformedEvent

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.int8]

FLOAT, INT, BOOL = 0, 1, 2
"""The codes of `scalars.kind`."""

_EXACT_INT_MAX: Final = 2**53
_KIND_BY_TYPE: Final = {float: FLOAT, int: INT, bool: BOOL}
_NAME_BY_TYPE: Final = {float: "float", int: "int", bool: "bool", str: "str"}


class Numbers(NamedTuple):
    """The values of a scalars event: as doubles, and exactly where they are integers."""

    kinds: Kinds
    values: Floats
    int_values: Integers


class TypedColumn(NamedTuple):
    """The values of a list or a table's column as the store keeps them.

    `numbers` holds floats, booleans, and integers that doubles hold exactly; otherwise `texts`
    holds one text a value. The other one is empty.
    """

    kind: str
    numbers: Floats
    texts: list[str]


NO_NUMBERS: Final[Floats] = np.empty(0, np.float64)


def numbers(wire: object, n: int) -> Numbers:
    """Return the `n` numbers of an untrusted wire column.

    Raises:
        MalformedEvent: The column is malformed or holds a value that is not a 64-bit number.
    """
    column = parse_column(wire, n)
    zeros = np.zeros(n, np.int64)
    if column.kind == "f64":
        return Numbers(np.zeros(n, np.int8), np.frombuffer(column.data, "<f8"), zeros)
    if column.kind == "bool":
        ones = np.frombuffer(column.data, np.uint8).astype(np.float64)
        return Numbers(np.full(n, BOOL, np.int8), ones, zeros)
    if column.kind == "cells":
        return _numbers_of_cells(column.data)
    whole = _integers_of(column)
    return Numbers(np.full(n, INT, np.int8), whole.astype(np.float64), whole)


def integers(wire: object, n: int, *, what: str, low: int, high: int) -> Integers:
    """Return the `n` integers in `[low, high]` of an untrusted wire column.

    Raises:
        MalformedEvent: The column is malformed, or a value is no such integer.
    """
    column = parse_column(wire, n)
    if column.kind not in {"i64", "range", "cells"}:
        message = f"`{what}` is a column of {column.kind}: want integers"
        raise MalformedEvent(message)
    whole = _integers_of(column)
    if n and not (low <= int(whole.min()) and int(whole.max()) <= high):
        message = f"`{what}` reaches from {whole.min()} to {whole.max()}: want {low} to {high}"
        raise MalformedEvent(message)
    return whole


def plain_cells(wire: object, n: int) -> list[Cell]:
    """Return the `n` values of an untrusted wire column that is an array of cells.

    Raises:
        MalformedEvent: The column is malformed, or packed: strings cannot be.
    """
    column = parse_column(wire, n)
    if column.kind != "cells":
        message = f"`value` of a strings event is a column of {column.kind}: want an array"
        raise MalformedEvent(message)
    return list(column.data)


def steps(wire: object, n: int) -> Integers:
    """Return the steps of `n` points."""
    return integers(wire, n, what="step", low=-limits.STEP_MAX, high=limits.STEP_MAX)


def times_us(wire: object, n: int) -> Integers:
    """Return the event times of `n` points."""
    return integers(wire, n, what="ts_us", low=0, high=limits.TIME_US_MAX)


def typed_column(wire: object, n: int) -> TypedColumn:
    """Return the `n` values of an untrusted wire column as the store keeps them.

    Raises:
        MalformedEvent: The column is malformed.
    """
    column = parse_column(wire, n)
    if column.kind == "f64":
        return TypedColumn("float", np.frombuffer(column.data, "<f8"), [])
    if column.kind == "bool":
        return TypedColumn("bool", np.frombuffer(column.data, np.uint8).astype(np.float64), [])
    if column.kind == "cells":
        return _typed_cells(column.data)
    whole = _integers_of(column)
    if n == 0 or (_is_exact(int(whole.min())) and _is_exact(int(whole.max()))):
        return TypedColumn("int", whole.astype(np.float64), [])
    return _texts_of_cells(column_values(column))


def _integers_of(column: Column) -> Integers:
    if column.kind == "i64":
        return np.frombuffer(column.data, "<i8")
    if column.kind == "range":
        start, stride = column.data
        whole: Integers = start + stride * np.arange(column.n, dtype=np.int64)
        return whole
    if set(map(type, column.data)) <= {int}:
        try:
            return np.array(column.data, np.int64)
        except OverflowError:
            pass
    message = "column of integers holds another value: want integers of 64 bits"
    raise MalformedEvent(message)


def _numbers_of_cells(cells: list[Cell]) -> Numbers:
    try:
        return Numbers(
            np.array([_KIND_BY_TYPE[type(cell)] for cell in cells], np.int8),
            np.array(cells, np.float64),
            np.array([cell if type(cell) is int else 0 for cell in cells], np.int64),
        )
    except (KeyError, OverflowError) as exc:
        message = (
            "`value` of a scalars event holds a cell that is not a 64-bit number or boolean: "
            "send it in a strings event"
        )
        raise MalformedEvent(message) from exc


def _typed_cells(cells: list[Cell]) -> TypedColumn:
    types = set(map(type, cells))
    if len(types) != 1:
        return _texts_of_cells(cells)
    kind = _NAME_BY_TYPE.get(types.pop())
    if kind == "str":
        return TypedColumn("str", NO_NUMBERS, cells)  # type: ignore[arg-type]  # all are strings
    if kind is None or (kind == "int" and not all(map(_is_exact, cells))):  # type: ignore[arg-type]  # all are ints
        return _texts_of_cells(cells)
    return TypedColumn(kind, np.array(cells, np.float64), [])


def _texts_of_cells(cells: list[Cell]) -> TypedColumn:
    return TypedColumn("cells", NO_NUMBERS, [orjson.dumps(escape_cell(c)).decode() for c in cells])


def _is_exact(number: int) -> bool:
    return -_EXACT_INT_MAX <= number <= _EXACT_INT_MAX
