from typing import Any

from hypothesis import given

from runtide.core.shown import shown
from tests import strategies


@given(strategies.json_values())
def test_shown_value_is_one_short_line(value: Any) -> None:
    text = shown(value)

    assert len(text) <= 80
    assert "\n" not in text


def test_short_value_is_shown_whole() -> None:
    assert shown({"a": [1, "ä"]}) == "{'a': [1, 'ä']}"


def test_what_is_deeper_than_two_levels_is_dots() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    assert shown(value) == "[[[...]]]"


def test_integer_that_python_does_not_write_is_shown_by_its_type() -> None:
    """More than 4,300 digits take quadratic time, and raise ValueError instead."""
    assert shown(10**5000) == "<int>"
