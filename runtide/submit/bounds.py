"""What the parts of a sweep or a pipeline are checked against."""

from __future__ import annotations

import math
from typing import Final

from runtide.core import limits
from runtide.core.shown import shown
from runtide.errors import UsageError

CHILDREN_AT_ONCE_MAX: Final = 100
"""Children of one parent that wait or run at once."""


def whole_number(name: str, value: object, *, least: int | None = None) -> int:
    """Return a whole number.

    Raises:
        UsageError: It is none, or less than `least`.
    """
    if type(value) is not int or (least is not None and value < least):
        wanted = "" if least is None else f", {least:,} or more"
        message = f"{name} is {shown(value)}: want a whole number{wanted}"
        raise UsageError(message)
    return value


def duration_s(name: str, value: object) -> float | None:
    """Return a time in seconds, or None for one without end.

    Raises:
        UsageError: It is no number above 0.
    """
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or math.isnan(value) or not 0 < value <= limits.DURATION_S_MAX:  # type: ignore[arg-type, operator]  # a number
        message = f"{name} is {shown(value)}: want seconds, more than 0"
        raise UsageError(message)
    return float(value)  # type: ignore[arg-type]  # a number
