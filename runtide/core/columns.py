"""The columnar codec: many values of one quantity as one JSON value.

A wire column is one of

    {"f64": "<base64>"}         IEEE 754 doubles, little-endian, eight bytes a value
    {"i64": "<base64>"}         signed integers, little-endian, eight bytes a value
    {"bool": "<base64>"}        one byte a value, 0 or 1
    {"range": [start, stride]}  the integers start, start + stride, ...
    [cell, cell, ...]           anything else, and what a hand-written client sends

where a cell is a JSON number, string, boolean or null, `{"float": "nan" | "inf" | "-inf"}`, or
`{"int": "<decimal>"}` for an integer outside 64 bits. A JSON number with a fraction or an
exponent is a float and any other is an integer, so `1` and `1.0` stay apart.

Encoding and decoding are exact: what comes out equals what went in, in value and in type.
"""

from __future__ import annotations

import math
import sys
from array import array
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from runtide.core.shown import shown
from runtide.errors import MalformedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell: TypeAlias = float | int | bool | str | None
"""One logged value: exactly what a caller may pass."""

WireColumn: TypeAlias = dict[str, Any] | list[Any]
"""A column as orjson reads and writes it."""

ColumnKind: TypeAlias = Literal["f64", "i64", "bool", "range", "cells"]

_I64_MIN: Final = -(2**63)
_I64_MAX: Final = 2**63 - 1
_ITEM_BYTES: Final = {"f64": 8, "i64": 8, "bool": 1}
_FLOATS: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Column(NamedTuple):
    """A parsed column whose size and shape have been checked.

    `data` is little-endian bytes for `f64`, `i64` and `bool`, the pair `(start, stride)` for
    `range`, and the list of unescaped values for `cells`.
    """

    kind: ColumnKind
    n: int
    data: Any


def encode_f64(values: Iterable[float]) -> WireColumn:
    """Encode floats; NaN and infinities are ordinary values here."""
    return {"f64": _base64(array("d", values))}


def encode_i64(values: Iterable[int]) -> WireColumn:
    """Encode integers.

    Raises:
        OverflowError: A value is outside 64 bits.
    """
    return {"i64": _base64(array("q", values))}


def encode_range(start: int, stride: int = 1) -> WireColumn:
    """Encode consecutive integers; the event's `n` says how many."""
    return {"range": [start, stride]}


def encode_column(values: Sequence[Cell]) -> WireColumn:
    """Encode any cells in the smallest exact form.

    Booleans, ints and floats that share a column keep their own types.
    """
    kinds = set(map(type, values))
    if kinds == {float}:
        return encode_f64(values)  # type: ignore[arg-type]  # every value is a float
    if kinds == {bool}:
        return {"bool": b64encode(bytes(values)).decode()}  # type: ignore[arg-type]  # bools are ints
    if kinds == {int}:
        try:
            return encode_i64(values)  # type: ignore[arg-type]  # every value is an int
        except OverflowError:
            pass
    if kinds == {str}:
        return list(values)
    return [_escaped(value) for value in values]


def parse_column(wire: object, n: int) -> Column:
    """Check an untrusted wire column of `n` values and take it apart.

    Raises:
        MalformedEvent: The column is none of the forms above, or does not hold `n` values.
    """
    if isinstance(wire, list):
        if len(wire) != n:
            message = f"column has {len(wire)} cells, the event says n = {n}: send as many"
            raise MalformedEvent(message)
        return Column("cells", n, [_unescaped(cell) for cell in wire])
    if not isinstance(wire, dict) or len(wire) != 1:
        message = (
            f"column is {shown(wire)}: want an array, or an object with exactly one of "
            f"`f64`, `i64`, `bool`, `range`"
        )
        raise MalformedEvent(message)
    ((kind, data),) = wire.items()
    if kind == "range":
        return Column("range", n, _parsed_range(data, n))
    if kind not in _ITEM_BYTES or not isinstance(data, str):
        message = f"column is {shown(wire)}: want base64 text under `f64`, `i64` or `bool`"
        raise MalformedEvent(message)
    return Column(kind, n, _parsed_bytes(kind, data, n))


def column_values(column: Column) -> list[Cell]:
    """Return the values of a parsed column, in order."""
    if column.kind == "cells":
        return list(column.data)
    if column.kind == "range":
        start, stride = column.data
        return [start + stride * i for i in range(column.n)]
    if column.kind == "bool":
        return [byte == 1 for byte in column.data]
    numbers: array[Any] = array("d" if column.kind == "f64" else "q")
    numbers.frombytes(column.data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def decode_column(wire: object, n: int) -> list[Cell]:
    """Return the `n` values of an untrusted wire column, in order.

    Raises:
        MalformedEvent: As `parse_column`.
    """
    return column_values(parse_column(wire, n))


def escape_cell(value: Cell) -> object:
    """Return the JSON form of one value; the inverse of `unescape_cell`."""
    return _escaped(value)


def unescape_cell(cell: object) -> Cell:
    """Return the value that one untrusted cell stands for.

    Raises:
        MalformedEvent: `cell` is an array, or an object of another form.
    """
    return _unescaped(cell)


def _base64(numbers: array[Any]) -> str:
    if sys.byteorder == "big":
        numbers.byteswap()
    return b64encode(numbers).decode()


def _escaped(value: Cell) -> object:
    if type(value) is float and not math.isfinite(value):
        return {"float": str(value)}
    if type(value) is int and not _I64_MIN <= value <= _I64_MAX:
        return {"int": str(value)}
    return value


def _unescaped(cell: object) -> Cell:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, dict) and len(cell) == 1:
        ((kind, text),) = cell.items()
        if kind == "float" and isinstance(text, str) and text in _FLOATS:
            return _FLOATS[text]
        if kind == "int" and isinstance(text, str) and _is_decimal(text):
            return int(text)
    message = (
        f"cell is {shown(cell)}: want a number, string, boolean, null, "
        f'{{"float": "nan"|"inf"|"-inf"}} or {{"int": "<decimal>"}}'
    )
    raise MalformedEvent(message)


_INT_DIGITS_MAX: Final = 4000
# Python refuses to parse longer decimal integers by default (CVE-2020-10735).


def _is_decimal(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= _INT_DIGITS_MAX


def _parsed_range(data: object, n: int) -> tuple[int, int]:
    # The stride must fit even where it is not added: NumPy computes with it in 64 bits.
    match data:
        case [int(start), int(stride)] if (
            type(start) is int
            and type(stride) is int
            and _I64_MIN <= start <= _I64_MAX
            and _I64_MIN <= stride <= _I64_MAX
            and _I64_MIN <= start + stride * max(0, n - 1) <= _I64_MAX
        ):
            return start, stride
    message = f"`range` is {shown(data)}: want [start, stride], all integers within 64 bits"
    raise MalformedEvent(message)


def _parsed_bytes(kind: str, text: str, n: int) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as exc:
        message = f"`{kind}` is not base64 ({exc}): encode the little-endian bytes as base64"
        raise MalformedEvent(message) from exc
    want = n * _ITEM_BYTES[kind]
    if len(data) != want:
        message = f"`{kind}` holds {len(data)} bytes, {n} values take {want}: send as many values"
        raise MalformedEvent(message)
    if kind == "bool" and data.strip(b"\x00\x01"):
        message = "`bool` holds a byte other than 0 and 1: send one byte a value"
        raise MalformedEvent(message)
    return data
