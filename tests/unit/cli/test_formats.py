"""How numbers, times and sizes read in a terminal."""

import pytest

from runtide.cli.formats import ago_text, duration_text, number_text, plain_text, size_text

S = 1_000_000


@pytest.mark.parametrize(
    ("end_us", "want"),
    [
        (0, "0.0 s"),
        (59 * S, "59.0 s"),
        (60 * S, "1 min 0 s"),
        (3599 * S, "59 min 59 s"),
        (3600 * S, "1 h 0 min"),
        (90_000 * S, "25 h 0 min"),
        (None, ""),
    ],
)
def test_duration_has_its_two_largest_units(end_us: int | None, want: str) -> None:
    assert duration_text(0, end_us) == want


def test_clock_that_was_set_back_gives_no_negative_duration() -> None:
    assert duration_text(5 * S, 0) == "0.0 s"


@pytest.mark.parametrize(
    ("seconds", "want"),
    [(0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (3600, "1 h ago"), (172_800, "2 d ago")],
)
def test_age_has_its_largest_unit(seconds: int, want: str) -> None:
    assert ago_text(0, now_us=seconds * S) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [(0.123456, "0.1235"), (float("nan"), "nan"), (7, "7"), (None, ""), (True, "True"), ("a", "a")],
)
def test_number_has_four_significant_digits(value: object, want: str) -> None:
    assert number_text(value) == want


@pytest.mark.parametrize(
    ("size", "want"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 40, "3,072.0 GiB"),
    ],
)
def test_size_has_a_binary_unit(size: int, want: str) -> None:
    assert size_text(size) == want


def test_text_of_a_stranger_does_not_steer_the_terminal() -> None:
    """A clear-screen in a name would hide what stands above it."""
    assert plain_text("größe \\ \x1b[2J\n\u202e") == "größe \\ \\x1b[2J\\n\\u202e"
