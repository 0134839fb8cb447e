"""Which envelopes are let in: those that the fold can read, down to the last column.

An envelope is checked whole before any of its POST is written, so that whoever sends a broken one
hears of it at once, instead of finding it among the dead letters later.
"""

from __future__ import annotations

from array import array
from sys import byteorder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from runtide.core import limits
from runtide.core.columns import Column, parse_column
from runtide.core.envelope import Envelope, UnknownEvent, parse_envelope
from runtide.core.events import ListLogged, RowsLogged, Scalars, Strings
from runtide.core.shown import shown
from runtide.errors import MalformedEnvelope, MalformedEvent, RejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.core.events import Event

ENVELOPES_PER_POST_MAX: Final = 10_000
"""Envelopes in one body."""

_SEPARATOR: Final = b"\n"


class Admitted(NamedTuple):
    """A checked envelope: who wrote it, and the bytes that go to the log."""

    run: str
    writer: str
    seq: int
    value: bytes


def split_body(body: bytes, *, is_lines: bool) -> list[bytes]:
    """Return the envelopes of a body: a JSON object, an array of them, or one a line.

    Raises:
        MalformedEnvelope: The body is none of these, or holds too many.
    """
    if is_lines:
        values = [line for line in body.split(_SEPARATOR) if line.strip()]
    elif body.lstrip()[:1] == b"[":
        try:
            documents = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise MalformedEnvelope(f"body is not JSON ({exc}): send envelopes in UTF-8") from exc
        values = [_encoded(document, i) for i, document in enumerate(documents)]
    else:
        values = [body]
    if len(values) > ENVELOPES_PER_POST_MAX:
        message = (
            f"body has {len(values):,} envelopes, limit is {ENVELOPES_PER_POST_MAX:,}: "
            f"send them in several posts"
        )
        raise MalformedEnvelope(message)
    return values


def admit(values: Sequence[bytes]) -> list[Admitted]:
    """Check every envelope, and return them all.

    Raises:
        RejectedError: One is refused; the message names its index, and none may be written.
    """
    admitted = []
    for i, value in enumerate(values):
        try:
            envelope = parse_envelope(value)
            _check(envelope)
        except RejectedError as exc:
            if len(values) == 1:
                raise
            # The same kind of error, so that its code and its status stay.
            exc.args = (f"envelope {i} of {len(values)}: {exc}",)
            raise
        admitted.append(Admitted(envelope.run, envelope.writer, envelope.seq, value))
    return admitted


def _encoded(document: object, i: int) -> bytes:
    try:
        return orjson.dumps(document)
    except (TypeError, ValueError) as exc:
        raise MalformedEnvelope(f"envelope {i} cannot be written as JSON ({exc})") from exc


def _check(envelope: Envelope) -> None:
    for i, event in enumerate(envelope.events):
        try:
            _check_event(event)
        except MalformedEvent as exc:
            kind = event.type
            raise MalformedEvent(f"event {i} (`{kind}`): {exc}") from exc


def _check_event(event: Event | UnknownEvent) -> None:
    if isinstance(event, Scalars | Strings):
        _check_integers(event.step, event.n, "step", -limits.STEP_MAX, limits.STEP_MAX)
        _check_integers(event.ts_us, event.n, "ts_us", 0, limits.TIME_US_MAX)
        column = parse_column(event.value, event.n)
        if isinstance(event, Scalars):
            _check_numbers(column)
        else:
            _check_strings(column)
    elif isinstance(event, ListLogged):
        parse_column(event.value, event.n)
    elif isinstance(event, RowsLogged):
        _check_rows(event)


def _check_rows(event: RowsLogged) -> None:
    seen: set[str] = set()
    for column in event.columns:
        name = column["name"]
        if name in seen:
            raise MalformedEvent(f"column {shown(name)} is there twice: send each column once")
        seen.add(name)
        try:
            parse_column(column["value"], event.n)
        except MalformedEvent as exc:
            raise MalformedEvent(f"column {shown(name)}: {exc}") from exc


def _check_integers(wire: Any, n: int, what: str, low: int, high: int) -> None:  # noqa: ANN401  # an untrusted column
    column = parse_column(wire, n)
    if column.kind == "range":
        start, stride = column.data
        ends = (start, start + stride * (n - 1)) if n else ()
    elif column.kind == "i64":
        numbers = array("q")
        numbers.frombytes(column.data)
        if byteorder == "big":
            numbers.byteswap()
        ends = (min(numbers), max(numbers)) if n else ()
    elif column.kind == "cells" and all(type(cell) is int for cell in column.data):
        ends = (min(column.data), max(column.data)) if n else ()
    else:
        raise MalformedEvent(f"`{what}` is a column of {column.kind}: want integers")
    for number in ends:
        if not low <= number <= high:
            raise MalformedEvent(f"`{what}` holds {shown(number)}: want {low} to {high}")


def _check_numbers(column: Column) -> None:
    if column.kind != "cells":
        return
    for cell in column.data:
        is_number = isinstance(cell, bool | float) or (
            type(cell) is int and -(2**63) <= cell < 2**63
        )
        if not is_number:
            message = f"`value` holds {shown(cell)}: send what is no 64-bit number as `strings`"
            raise MalformedEvent(message)


def _check_strings(column: Column) -> None:
    if column.kind != "cells":
        message = f"`value` is a column of {column.kind}: send numbers as `scalars`"
        raise MalformedEvent(message)
    for cell in column.data:
        if isinstance(cell, bool | float):
            raise MalformedEvent(f"`value` holds {shown(cell)}: send numbers as `scalars`")
