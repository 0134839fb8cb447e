"""The demonstration's comparison sees every difference, and no other."""

import copy
import math

import pytest

from runtide.demo.comparison import DIFFERENCES_KEPT_MAX, Comparison

LOGGED = {
    "loss": [0.5, math.nan, math.inf],
    "epochs": 3,
    "table": {"x": [1, 2], "y": ["a", None]},
}


def compared(logged: object, got: object) -> Comparison:
    comparison = Comparison()
    comparison.check("run", logged=logged, got=got)
    return comparison


def test_equal_values_have_no_difference() -> None:
    assert compared(LOGGED, copy.deepcopy(LOGGED)) == Comparison(value_count=8)


@pytest.mark.parametrize(
    ("got", "difference"),
    [
        (LOGGED | {"loss": [0.5, math.nan, 1.0]}, "run['loss'][2]: logged inf, got 1.0"),
        (LOGGED | {"loss": [0.5, math.nan]}, "run['loss']: logged a list of 3, got a list of 2"),
        (LOGGED | {"epochs": 3.0}, "run['epochs']: logged 3, got 3.0"),
        (LOGGED | {"extra": 1}, "run['extra']: never logged, got 1"),
        (
            {name: LOGGED[name] for name in ("loss", "epochs")},
            "run['table']: logged {'x': [1, 2], 'y': ['a', None]}, got nothing",
        ),
        (
            LOGGED | {"table": {"x": [1, 2], "y": ["a", ""]}},
            "run['table']['y'][1]: logged None, got ''",
        ),
    ],
)
def test_difference_is_said_with_its_place_and_both_values(
    got: dict[str, object], difference: str
) -> None:
    """A comparison that cannot fail shows nothing."""
    comparison = compared(LOGGED, got)

    assert comparison.differences == [difference]
    assert comparison.difference_count == 1


def test_true_is_not_one() -> None:
    assert compared([1], [True]).difference_count == 1


def test_only_the_first_differences_are_kept_and_all_are_counted() -> None:
    n = DIFFERENCES_KEPT_MAX + 5

    comparison = compared([0] * n, [1] * n)

    assert (len(comparison.differences), comparison.difference_count) == (DIFFERENCES_KEPT_MAX, n)
