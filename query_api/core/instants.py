"""Dates as a person writes them, in microseconds since 1970, UTC."""

from __future__ import annotations

import re
from typing import Final

_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?Z?", re.ASCII
)
_DAYS_BY_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY: Final = 2
_DAY_US: Final = 86_400_000_000


def find_instant_us(text: str) -> int | None:
    """Return the instant of `2026-11-25`, `2026-11-25 14:30` or `2026-11-25T14:30:05.25Z`.

    All are of UTC; what is left out is zero. None for any other text, and for days and times that
    no calendar and no clock has.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    is_day = 1 <= month <= len(_DAYS_BY_MONTH) and 1 <= day <= _month_days(year, month)
    if year < 1 or not is_day or hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004  # a clock's
        return None
    seconds = hour * 3600 + minute * 60 + second
    micros = int((match[7] or "").ljust(6, "0"))
    return _days_since_1970(year, month, day) * _DAY_US + seconds * 1_000_000 + micros


def _month_days(year: int, month: int) -> int:
    return _DAYS_BY_MONTH[month - 1] + (month == _FEBRUARY and _is_leap(year))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_since_1970(year: int, month: int, day: int) -> int:
    before = year - 1
    whole_years = before * 365 + before // 4 - before // 100 + before // 400
    months = sum(_month_days(year, earlier) for earlier in range(1, month))
    return whole_years + months + day - 1 - 719_162
