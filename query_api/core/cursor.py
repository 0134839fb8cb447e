"""Cursors: where a page of a sorted list ends, so that the next one starts after it.

A cursor holds the sort value and the id of the last item shown. What is inserted between two
pages therefore neither repeats nor hides anything, unlike a count of items to skip. It is opaque
to callers and bound to its order of sorting.
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

import orjson

from runtide.core.columns import Cell, escape_cell, unescape_cell
from runtide.errors import MalformedEvent, UsageError

_PART_COUNT: Final = 3
_I64_LIMIT: Final = 2**63


class Cursor(NamedTuple):
    """The place after one item: its sort value, None where it has none, and its id."""

    value: Cell
    item_id: str


def encode_cursor(cursor: Cursor, *, sort: str) -> str:
    """Return the opaque text of `cursor` in a list sorted by `sort`."""
    value = cursor.value
    if isinstance(value, float) and math.isnan(value):
        value = None
    packed = orjson.dumps([sort, escape_cell(value), cursor.item_id])
    return urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(text: str, *, sort: str, of: tuple[type, ...]) -> Cursor:
    """Return the cursor that `encode_cursor` wrote for the same `sort`.

    Args:
        text: Untrusted text.
        sort: The order of the list that goes on.
        of: What the sort value must be, if it is not None.

    Raises:
        UsageError: The text is not such a cursor.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = orjson.loads(urlsafe_b64decode(padded))
        if isinstance(parts, list) and len(parts) == _PART_COUNT and isinstance(parts[2], str):
            if parts[0] != sort:
                message = f"cursor belongs to sort {parts[0]!r}, not {sort!r}: start at page one"
                raise UsageError(message)
            value = unescape_cell(parts[1])
            is_small = not isinstance(value, int) or abs(value) < _I64_LIMIT
            if value is None or (isinstance(value, of) and is_small):
                return Cursor(value, parts[2])
    except (ValueError, MalformedEvent):
        pass
    message = f"cursor is {text[:80]!r}: want the `next_cursor` of the page before, or none"
    raise UsageError(message)
