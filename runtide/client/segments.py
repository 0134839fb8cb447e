"""Logged values of one metric, cut into events. Pure.

A metric's buffer is one flat list of value, step, time, value, step, time, ... so that the
caller's thread pays for one `list.extend`, and everything here works on whole slices in C. Most
slices hold one type and become one column at once; the rest are cut where the kind of event
changes, so that order is kept:

    0.5  0.4  0.3   "diverged"   0.9  True      [1, 2, 3]
    scalars         strings      scalars        list
"""

from __future__ import annotations

from array import array
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, repeat
from operator import add, floordiv
from typing import Any, Final, Literal, TypeAlias

from runtide.client.values import NUMBERS, cell_chars
from runtide.core import limits
from runtide.core.columns import Cell, WireColumn, encode_column, encode_i64, encode_range

EventDocument: TypeAlias = dict[str, Any]
"""One event in its wire form."""

POINTS_PER_EVENT_MAX: Final = 6_000
"""Points in one event: three columns of eight bytes in base64 are then one envelope's target."""

_CHARS_PER_EVENT_MAX: Final = limits.ENVELOPE_BYTES_TARGET // 2
"""Characters of text in one event, unless one value alone has more."""

_COLUMN_HEAD_CHARS: Final = 48
"""What a column's keys and quotes take in a `rows` event."""

_NS_PER_US: Final = 1_000
_I64_LIMIT: Final = 2**63
_ITEM_BYTES: Final = {"f64": 8, "i64": 8, "bool": 1}

_Kind: TypeAlias = Literal["scalars", "strings", "list", "batch"]


@dataclass(frozen=True, slots=True)
class ListPiece:
    """A list that waits among the values of its metric, so that their order is kept."""

    values: list[Cell]


@dataclass(frozen=True, slots=True)
class Batch:
    """Points that came as an array: little-endian bytes, never a Python object a point.

    `steps` and `ts_us` are 64-bit integers, or None for the next steps and for `logged_us`.
    """

    kind: Literal["f64", "i64", "bool"]
    n: int
    values: bytes
    steps: bytes | None
    ts_us: bytes | None
    logged_us: int


@dataclass(slots=True)
class Steps:
    """Gives points without a step the metric's highest step so far plus one."""

    next_step: int = field(default=0)

    def column(self, steps: Sequence[int | None]) -> WireColumn:
        """Return the wire column of `steps`, with each None replaced."""
        n = len(steps)
        missing_count = steps.count(None)
        if missing_count == n:
            return self.following(n)
        if missing_count:
            return self._encoded([self._number(step) for step in steps])
        return self._encoded(steps)  # type: ignore[arg-type]  # none of them is None

    def following(self, n: int) -> WireColumn:
        """Return the wire column of the next `n` steps."""
        first = self.next_step
        self.next_step += n
        return encode_range(first)

    def passed(self, step: int) -> None:
        """Note that a point has `step`."""
        self.next_step = max(self.next_step, step + 1)

    def _number(self, step: int | None) -> int:
        number = self.next_step if step is None else step
        self.passed(number)
        return number

    def _encoded(self, steps: Sequence[int]) -> WireColumn:
        first, last, n = steps[0], steps[-1], len(steps)
        if last - first == n - 1 and list(steps) == list(range(first, last + 1)):
            self.passed(last)
            return encode_range(first)
        self.passed(max(steps))
        return encode_i64(steps)


def metric_events(name: str, flat: Sequence[Any], steps: Steps) -> Iterator[EventDocument]:
    """Yield the events of a metric's buffer: `flat` is value, step, nanoseconds, over and over.

    Step numbers go on from `steps`, which is changed.
    """
    values, step_column, ts_ns = flat[0::3], flat[1::3], flat[2::3]
    for kind, start, end in _segments(values):
        if kind == "list":
            for piece, ts in zip(values[start:end], ts_ns[start:end], strict=True):
                yield from _list_events(name, piece.values, ts // _NS_PER_US)
        elif kind == "batch":
            for batch in values[start:end]:
                yield from _batch_events(name, batch, steps)
        else:
            for a, b in _pieces(values, start, end, is_text=kind == "strings"):
                yield {
                    "type": kind,
                    "name": name,
                    "n": b - a,
                    "value": encode_column(values[a:b]),
                    "step": steps.column(step_column[a:b]),
                    "ts_us": encode_i64(map(floordiv, ts_ns[a:b], repeat(_NS_PER_US))),
                }


def text_events(file: str, flat: Sequence[Any]) -> Iterator[EventDocument]:
    """Yield the events of a text stream: `flat` is text, nanoseconds, over and over.

    A piece is of the time of its first text. What is no text is left out, and what no encoding
    can hold is replaced: a stream may have taken either.
    """
    text = "".join(piece for piece in flat[0::2] if isinstance(piece, str))
    if not text.isascii():
        text = text.encode(errors="replace").decode()
    for start in range(0, len(text), _CHARS_PER_EVENT_MAX):
        piece = text[start : start + _CHARS_PER_EVENT_MAX]
        yield {"type": "log", "file": file, "text": piece, "ts_us": flat[1] // _NS_PER_US}


def _segments(values: Sequence[Any]) -> Iterator[tuple[_Kind, int, int]]:
    """Yield `(kind, start, end)` of consecutive values that one kind of event holds."""
    kinds = set(map(type, values))
    if kinds <= NUMBERS and _fits_64_bits(values, kinds):
        yield "scalars", 0, len(values)
        return
    end = 0
    for kind, group in groupby(values, _kind):
        start, end = end, end + sum(1 for _ in group)
        yield kind, start, end


def _kind(value: object) -> _Kind:
    match value:
        case float() | bool():
            return "scalars"
        case int():
            return "scalars" if -_I64_LIMIT <= value < _I64_LIMIT else "strings"
        case ListPiece():
            return "list"
        case Batch():
            return "batch"
        case _:
            return "strings"


def _fits_64_bits(values: Sequence[Any], kinds: set[type]) -> bool:
    if int not in kinds:
        return True
    if kinds == {int}:
        return bool(min(values) >= -_I64_LIMIT and max(values) < _I64_LIMIT)
    return all(type(v) is not int or -_I64_LIMIT <= v < _I64_LIMIT for v in values)


def _pieces(
    values: Sequence[Any], start: int, end: int, *, is_text: bool
) -> Iterator[tuple[int, int]]:
    """Yield the spans of `values` that are small enough for one event."""
    if not is_text:
        for a in range(start, end, POINTS_PER_EVENT_MAX):
            yield a, min(a + POINTS_PER_EVENT_MAX, end)
        return
    a, char_count = start, 0
    for b in range(start, end):
        chars = cell_chars(values[b])
        if b > a and (char_count + chars > _CHARS_PER_EVENT_MAX or b - a == POINTS_PER_EVENT_MAX):
            yield a, b
            a, char_count = b, 0
        char_count += chars
    yield a, end


def _list_events(name: str, values: list[Cell], ts_us: int) -> Iterator[EventDocument]:
    is_text = not set(map(type, values)) <= NUMBERS
    pieces = _pieces(values, 0, len(values), is_text=is_text) if values else [(0, 0)]
    for a, b in pieces:
        column = encode_column(values[a:b])
        yield {"type": "list", "name": name, "n": b - a, "value": column, "ts_us": ts_us}


def _batch_events(name: str, batch: Batch, steps: Steps) -> Iterator[EventDocument]:
    size = _ITEM_BYTES[batch.kind]
    for a in range(0, batch.n, POINTS_PER_EVENT_MAX):
        b = min(a + POINTS_PER_EVENT_MAX, batch.n)
        if batch.steps is None:
            step_column = steps.following(b - a)
        else:
            step_column = steps.column(integers(batch.steps[8 * a : 8 * b]))
        if batch.ts_us is None:
            ts_column = encode_range(batch.logged_us, 0)
        else:
            ts_column = {"i64": b64encode(batch.ts_us[8 * a : 8 * b]).decode()}
        yield {
            "type": "scalars",
            "name": name,
            "n": b - a,
            "value": {batch.kind: b64encode(batch.values[size * a : size * b]).decode()},
            "step": step_column,
            "ts_us": ts_column,
        }


def integers(data: bytes) -> array[int]:
    """Return the 64-bit integers that `data` holds."""
    numbers = array("q")
    numbers.frombytes(data)
    return numbers


def row_chars(columns: dict[str, list[Cell]]) -> list[int]:
    """Return an upper bound of the characters in each row of a table, before escapes."""
    n = len(next(iter(columns.values())))
    chars = [0] * n
    for values in columns.values():
        widths = [27] * n if set(map(type, values)) <= NUMBERS else list(map(cell_chars, values))
        chars = list(map(add, chars, widths))
    return chars


def head_chars(columns: dict[str, list[Cell]]) -> int:
    """Return an upper bound of what each event of a table takes beside its cells."""
    return sum(len(name) + _COLUMN_HEAD_CHARS for name in columns)


def table_events(name: str, columns: dict[str, list[Cell]], ts_us: int) -> Iterator[EventDocument]:
    """Yield the `rows` events of a table, each small enough for one envelope."""
    start = 0
    for end in _row_cuts(row_chars(columns), head_chars(columns)):
        yield {
            "type": "rows",
            "name": name,
            "n": end - start,
            "columns": [
                {"name": column, "value": encode_column(values[start:end])}
                for column, values in columns.items()
            ],
            "ts_us": ts_us,
        }
        start = end


def _row_cuts(widths: list[int], head: int) -> Iterator[int]:
    """Yield where each event ends. A table without rows is one event; so is a single wide row."""
    char_count, start = head, 0
    for place, width in enumerate(widths):
        if place > start and char_count + width > _CHARS_PER_EVENT_MAX:
            yield place
            char_count, start = head, place
        char_count += width
    yield len(widths)
