"""What a caller passed, as the cells that the event log holds. Pure.

Arrays, tensors and frames are recognised by what they can do (`item`, `tolist`, `to_dict`), so
that none of their libraries is needed here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from runtide.core import limits, names
from runtide.core.columns import Cell
from runtide.core.shown import shown
from runtide.errors import UsageError

NUMBERS: Final = frozenset({float, int, bool})
"""Types whose values `Run.log` takes without a look."""

_PLAIN: Final = NUMBERS | {str, type(None)}
_ACCEPTED: Final = "a float, int, bool, string, None, or a NumPy or tensor scalar"
# 4,000 decimal digits have 13,287 bits. The codec refuses longer integers, as Python itself
# refuses to parse them.
INT_BITS_MAX: Final = 13_287
_ESCAPED_BYTES_PER_CHAR_MAX: Final = 6
_ROOM_FOR_TEXT_BYTES: Final = limits.ENVELOPE_BYTES_MAX - 64 * 1024
"""What one event may hold of caller's text, with room for names and the envelope's head."""


def cell(value: object, *, what: str) -> Cell:
    """Return the cell that `value` stands for.

    Raises:
        UsageError: It is none of the kinds that the message lists.
    """
    plain = _plain(value)
    if type(plain) is str:
        text = names.valid_text(plain, what=what)
        require_fits(len(text), lambda: text, what=what)
        return text
    if type(plain) is int and plain.bit_length() > INT_BITS_MAX:
        message = f"{what} has {plain.bit_length():,} bits: log integers of up to 4,000 digits"
        raise UsageError(message)
    if type(plain) in _PLAIN:
        return plain  # type: ignore[return-value]  # its type was just looked up
    message = f"{what} is {shown(value)} of type {type(value).__name__}: want {_ACCEPTED}"
    raise UsageError(message)


def cells(values: object, *, what: str) -> list[Cell]:
    """Return `values` as cells, in order.

    Raises:
        UsageError: As `cell`, naming the place of the first value that is refused.
    """
    listed = list(_iterable(values, what=what))
    if set(map(type, listed)) <= NUMBERS and not _has_long_int(listed):
        return listed
    return [cell(value, what=f"{what}[{place}]") for place, value in enumerate(listed)]


def step_number(step: object) -> int | None:
    """Return `step` as an integer, or None.

    Raises:
        UsageError: It is not an integer, or is beyond `limits.STEP_MAX`.
    """
    if step is None:
        return None
    if not isinstance(step, bool):
        number: object
        try:
            number = operator.index(step)  # type: ignore[arg-type]  # TypeError is handled
        except TypeError:
            item = getattr(step, "item", None)
            number = item() if callable(item) and getattr(step, "ndim", 0) == 0 else None
        if type(number) is int and -limits.STEP_MAX <= number <= limits.STEP_MAX:
            return number
    message = f"step is {shown(step)} of type {type(step).__name__}: want an integer within ±2^62"
    raise UsageError(message)


def table_columns(value: object, *, what: str) -> dict[str, list[Cell]]:
    """Return the columns of a dict of columns, or of a pandas or polars frame.

    A column that is a single value is one row. Column names become strings.

    Raises:
        UsageError: It is no table, its columns differ in length, or a cell is refused.
    """
    columns = {
        names.metric_name(name if isinstance(name, str) else str(name)): _column(
            values, what=f"column {name!r} of {what}"
        )
        for name, values in _mapping(value, what=what).items()
    }
    if not columns:
        message = f"{what} has no columns: want at least one, as in {{'x': [1, 2]}}"
        raise UsageError(message)
    if len(columns) > limits.COLUMNS_PER_ROW_MAX:
        message = f"{what} has {len(columns):,} columns, limit is {limits.COLUMNS_PER_ROW_MAX:,}"
        raise UsageError(message)
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        (first, want), *_ = lengths.items()
        name, got = next((n, length) for n, length in lengths.items() if length != want)
        message = (
            f"column {first!r} of {what} has {want:,} values, column {name!r} has {got:,}: "
            f"give all columns the same length"
        )
        raise UsageError(message)
    return columns


def require_fits(char_count: int, content: Callable[[], object], *, what: str) -> None:
    """Refuse what could not be sent in one envelope.

    Args:
        char_count: An upper bound of the characters in `content`; measured only when it matters.
        content: What will be sent.
        what: The content's name in the message.

    Raises:
        UsageError: `content` takes more room as JSON than an envelope has.
    """
    if char_count * _ESCAPED_BYTES_PER_CHAR_MAX <= _ROOM_FOR_TEXT_BYTES:
        return
    size_bytes = len(orjson.dumps(content()))
    if size_bytes > _ROOM_FOR_TEXT_BYTES:
        message = (
            f"{what} takes {size_bytes:,} bytes, limit is {_ROOM_FOR_TEXT_BYTES:,}: "
            f"shorten it, or upload it as a file"
        )
        raise UsageError(message)


def cell_chars(value: Cell) -> int:
    """Return an upper bound of the characters that a cell takes, before escapes."""
    if type(value) is str:
        return len(value) + 3
    if type(value) is int:
        return 12 + value.bit_length() // 3
    return 27


def _plain(value: object) -> object:
    """Return the Python value of scalars that are more than that; anything else as it is."""
    if type(value) in _PLAIN:
        return value
    # Subclasses: NumPy's float64 and str_ are some, and so are enumerations of numbers.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    item = getattr(value, "item", None)
    if callable(item):
        try:
            inner = item()
        except (ValueError, TypeError, RuntimeError):
            return value
        if type(inner) in _PLAIN:
            return inner
        # A long double's item is itself; a double is the nearest the log can hold.
        if type(inner) is type(value) and type(value).__name__ == "longdouble":
            return float(inner)  # type: ignore[arg-type]  # a long double turns into a double
    # pandas' missing value, known by name because pandas is not imported.
    return None if type(value).__name__ == "NAType" else value


def _column(values: object, *, what: str) -> list[Cell]:
    if isinstance(values, str) or not _is_iterable(values):
        values = [values]
    return cells(map(_dated, _iterable(values, what=what)), what=what)


def _dated(value: object) -> object:
    """Return instants and dates as text, which is how a table shows them."""
    isoformat = getattr(value, "isoformat", None)
    if type(value).__name__ == "NaTType":
        return None
    return isoformat() if callable(isoformat) else value


def _mapping(value: object, *, what: str) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    # pandas: the index is no column. polars: the default gives Series, which iterate as well.
    to_dict = getattr(value, "to_dict", None)
    columns = getattr(value, "columns", None)
    if callable(to_dict) and columns is not None and hasattr(value, "__getitem__"):
        return {name: value[name] for name in columns}
    message = (
        f"{what} is {shown(value)} of type {type(value).__name__}: "
        f"want a dict of columns, as in {{'x': [1, 2]}}, or a pandas or polars frame"
    )
    raise UsageError(message)


def _is_iterable(values: object) -> bool:
    return hasattr(values, "__iter__") and getattr(values, "ndim", 1) != 0


def _iterable(values: object, *, what: str) -> Iterable[Any]:
    tolist = getattr(values, "tolist", None) or getattr(values, "to_list", None)
    if callable(tolist) and getattr(values, "ndim", 1) == 1:
        return tolist()  # type: ignore[no-any-return]  # arrays of every library
    if getattr(values, "ndim", 1) > 1:
        message = f"{what} has {values.ndim} dimensions: want one; log a table for more"  # type: ignore[attr-defined]  # it has `ndim`
        raise UsageError(message)
    if isinstance(values, Mapping) or not _is_iterable(values):
        message = f"{what} is {shown(values)} of type {type(values).__name__}: want an iterable"
        raise UsageError(message)
    return values  # type: ignore[return-value]  # it can be iterated


def _has_long_int(values: list[Any]) -> bool:
    return int in set(map(type, values)) and any(
        type(value) is int and value.bit_length() > INT_BITS_MAX for value in values
    )
