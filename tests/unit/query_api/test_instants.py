"""Dates in filters mean what the calendar says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.instants import find_instant_us


@given(st.datetimes(timezones=st.just(UTC)))
def test_instant_is_the_calendars(at: datetime) -> None:
    """The core may not import the standard library's calendar, so the law holds it to it."""
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    assert find_instant_us(f"{at:%Y-%m-%d %H:%M:%S.%f}Z".zfill(27)) == micros


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01", 0),
        ("1970-01-02 00:01", 86_460_000_000),
        ("1970-01-01T00:00:01.5", 1_500_000),
        ("2000-02-29", 951_782_400_000_000),
    ],
)
def test_what_is_left_out_is_zero(text: str, micros: int) -> None:
    assert find_instant_us(text) == micros


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-11",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-04-00",
        "0000-01-01",
        "2026-11-25 24:00",
        "2026-11-25 10:60",
        "2026-11-25 10:00:60",
        "2026-11-25+01:00",
    ],
)
def test_what_no_calendar_has_is_no_instant(text: str) -> None:
    assert find_instant_us(text) is None
