"""Untrusted values in error messages."""

from __future__ import annotations

from reprlib import Repr
from typing import Final

_CHARS_MAX: Final = 80

_REPR: Final = Repr()
_REPR.maxstring = _REPR.maxlong = _REPR.maxother = _CHARS_MAX
# What is nested deeper is dots: `repr` itself gives up, with a RecursionError, on values that
# are nested as deep as JSON may be.
_REPR.maxlevel = 2


def shown(value: object) -> str:
    """Return `value` as it may stand in a message: one line of at most 80 characters."""
    try:
        text = _REPR.repr(value)
    except ValueError:
        # An integer of more digits than Python writes.
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _CHARS_MAX else f"{text[: _CHARS_MAX - 3]}..."
