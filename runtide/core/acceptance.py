"""Which envelopes can be folded: those that hold what their types promise, down to the last column.

Whoever puts bytes into the log for somebody else asks here first, so that a sender hears of a
broken envelope at once, instead of finding it among the dead letters later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtide.core import limits
from runtide.core.columns import Column, column_values, parse_column
from runtide.core.envelope import Envelope, UnknownEvent, parse_envelope
from runtide.core.events import ListLogged, RowsLogged, Scalars, Strings, SystemMeasured
from runtide.core.shown import shown
from runtide.errors import MalformedEvent

if TYPE_CHECKING:
    from runtide.core.events import Event


def accepted(value: bytes) -> Envelope:
    """Return the envelope that untrusted bytes hold, if the fold can fold all of it.

    Raises:
        EnvelopeTooLarge: As `parse_envelope`.
        MalformedEnvelope: As `parse_envelope`.
        MalformedEvent: An event, or a column of one, breaks its type's contract.
    """
    envelope = parse_envelope(value)
    for i, event in enumerate(envelope.events):
        try:
            _check_event(event)
        except MalformedEvent as exc:
            raise MalformedEvent(f"event {i} (`{event.type}`): {exc}") from exc
    return envelope


def _check_event(event: Event | UnknownEvent) -> None:
    if isinstance(event, Scalars | Strings):
        _check_integers(event.step, event.n, "step", -limits.STEP_MAX, limits.STEP_MAX)
        _check_integers(event.ts_us, event.n, "ts_us", 0, limits.TIME_US_MAX)
        column = parse_column(event.value, event.n)
        if isinstance(event, Scalars):
            _check_numbers(column)
        else:
            _check_strings(column)
    elif isinstance(event, SystemMeasured):
        _check_integers(event.ts_us, event.n, "ts_us", 0, limits.TIME_US_MAX)
        _check_numbers(parse_column(event.value, event.n))
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
    if column.kind not in {"range", "i64", "cells"} or (
        column.kind == "cells" and not all(type(cell) is int for cell in column.data)
    ):
        raise MalformedEvent(f"`{what}` is a column of {column.kind}: want integers")
    if not n:
        return
    if column.kind == "range":
        start, stride = column.data
        ends = [start, start + stride * (n - 1)]
    else:
        ends = column_values(column)
    for number in (min(ends), max(ends)):
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
