"""The draws of a sweep: every combination once, or random ones that a seed gives again."""

import itertools
import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import runtide
from runtide.errors import UsageError
from runtide.submit.distributions import Distribution
from runtide.submit.draws import command_of, draws_of, words_of

NAMES = st.sampled_from(["lr", "depth", "size", "mode"])
SPACE: dict[str, Any] = {
    "lr": runtide.loguniform(1e-4, 1e-1),
    "depth": runtide.randint(1, 5),
    "mode": ["a", "b"],
}


@given(space=st.dictionaries(NAMES, st.lists(st.integers(0, 9), min_size=1, unique=True)))
def test_grid_is_every_combination_once(space: dict[str, list[int]]) -> None:
    draws = draws_of(space, count=None, seed=0)

    combinations = itertools.product(*space.values())
    assert draws == [dict(zip(space, values, strict=True)) for values in combinations]


@given(seed=st.integers(0, 2**32), count=st.integers(1, 20), more=st.integers(0, 20))
def test_larger_count_gives_the_same_draws_and_more(seed: int, count: int, more: int) -> None:
    draws = draws_of(SPACE, count=count, seed=seed)

    assert len(draws) == count
    assert draws_of(SPACE, count=count + more, seed=seed)[:count] == draws


@given(seed=st.integers(0, 2**32))
def test_further_parameter_changes_no_other(seed: int) -> None:
    alone = draws_of({"lr": SPACE["lr"]}, count=5, seed=seed)
    together = draws_of({"b": runtide.normal(0, 1), **SPACE}, count=5, seed=seed)

    assert [draw["lr"] for draw in together] == [draw["lr"] for draw in alone]


def test_seed_means_the_same_draws_for_ever() -> None:
    """A sweep that is repeated in years from now must draw what it drew."""
    space = {
        "lr": runtide.loguniform(1e-4, 1e-1),
        "depth": runtide.randint(1, 5),
        "x": runtide.normal(0, 1),
    }

    drawn = draws_of(space, count=2, seed=7)

    assert [{k: round(v, 6) for k, v in draw.items()} for draw in drawn] == [
        {"lr": 0.006863, "depth": 3, "x": 0.331134},
        {"lr": 0.000105, "depth": 1, "x": 0.486707},
    ]


@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        (runtide.uniform(-1, 3), -1, 3),
        (runtide.uniform(2, 2), 2, 2),
        (runtide.loguniform(1e-9, 1e9), 1e-9, 1e9),
        (runtide.randint(-2, 3), -2, 2),
        (runtide.choice(range(4)), 0, 3),
    ],
)
@given(place=st.floats(0, 1, exclude_max=True))
def test_value_is_within_its_bounds(
    distribution: Distribution, low: float, high: float, place: float
) -> None:
    assert low <= distribution.value(lambda: place) <= high  # type: ignore[operator]  # numbers


@given(place=st.floats(0, 1, exclude_max=True))
def test_rounded_value_is_a_multiple(place: float) -> None:
    for distribution in (runtide.uniform(0, 100, q=5), runtide.lognormal(1, 1, q=5)):
        value = distribution.value(iter([place, 0.5]).__next__)
        assert value % 5 == 0


@given(places=st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=2).map(sorted))
def test_distributions_keep_the_order_of_their_random_numbers(places: list[float]) -> None:
    for distribution in (runtide.loguniform(1e-3, 1e3), runtide.normal(5, 2)):
        low, high = (distribution.value(iter([place, 0.0001]).__next__) for place in places)
        assert places[0] == 0 or low <= high


def test_no_draw_comes_twice() -> None:
    """Of four combinations there are four draws, however many are asked for."""
    draws = draws_of({"a": runtide.choice(1, 2), "b": [True, False]}, count=50, seed=1)

    assert len(draws) == len({json.dumps(draw) for draw in draws}) == 4


def test_count_takes_the_first_of_a_grid_and_of_a_list() -> None:
    assert draws_of({"a": [1, 2, 3]}, count=2, seed=0) == [{"a": 1}, {"a": 2}]
    assert draws_of([{"a": 1}, {"b": 2}], count=1, seed=0) == [{"a": 1}]


def test_parameters_become_arguments() -> None:
    draw = {"lr": 1e-5, "--wide": True, "sizes": [1, 2], "name": "a b", "none": None}

    assert words_of(draw) == [
        *("--lr", "1e-05", "--wide", "True", "--sizes", "[1, 2]"),
        *("--name", "a b", "--none", "null"),
    ]
    assert words_of({"lr": 0.1}, ["{name}={value}"]) == ["lr=0.1"]


def test_shell_gets_arguments_that_it_reads_as_they_are() -> None:
    command = command_of(["/bin/sh", "-c", "train | tee log"], {"a": "x; y"}, ["{flag}", "{value}"])

    assert command == ["/bin/sh", "-c", "train | tee log --a 'x; y'"]


@pytest.mark.parametrize(
    ("space", "count", "remedy"),
    [
        ({"a": 3}, None, "want a list of values"),
        ({"a": "text"}, None, "want a list of values"),
        ("text", None, "want a dict of lists"),
        ({"a": []}, None, "at least one value"),
        ([], None, "at least one value"),
        ({"a": runtide.uniform(0, 1)}, None, "say how many"),
        ({"a": runtide.uniform(0, 1)}, 10_001, "sweep in parts"),
        ({"a": range(10_001)}, None, "set count"),
        ({"a": [math.nan]}, None, "finite number"),
        ({"a": [object()]}, None, "want JSON values"),
        ({"a": ["\x00"]}, None, "no program takes one"),
        ({"": [1]}, None, "name is empty"),
    ],
)
def test_space_that_cannot_be_is_refused_with_the_remedy(
    space: Any, count: int | None, remedy: str
) -> None:
    with pytest.raises(UsageError, match=remedy):
        draws_of(space, count=count, seed=0)


@pytest.mark.parametrize(
    ("make", "bounds", "remedy"),
    [
        (runtide.choice, (), "at least one value"),
        (runtide.uniform, (2, 1), "the smaller one first"),
        (runtide.uniform, (0, math.inf), "the smaller one first"),
        (partial(runtide.uniform, q=0), (0, 1), "above 0"),
        (runtide.loguniform, (0, 1), "above 0"),
        (runtide.randint, (1, 1), "two different whole numbers"),
        (runtide.randint, (0.5, 3), "two different whole numbers"),
        (runtide.normal, (0, -1), "not below 0"),
    ],
    ids=["choice", "order", "infinite", "q", "log", "equal", "fraction", "deviation"],
)
def test_distribution_that_cannot_be_is_refused_with_the_remedy(
    make: Any, bounds: tuple[Any, ...], remedy: str
) -> None:
    with pytest.raises(UsageError, match=remedy):
        make(*bounds)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"goal": "least"}, "`minimize` or `maximize`"),
        ({"early_stop": runtide.MedianStopping()}, "name the metric"),
        ({"concurrency": 0}, "1 or more"),
        ({"max_failures": -1}, "0 or more"),
        ({"max_duration_seconds": 0}, "more than 0"),
        ({"seed": "x"}, "a whole number"),
        ({"template": ["{other}"]}, "{flag}, {name} and {value}"),
    ],
)
def test_sweep_that_cannot_be_is_refused_with_the_remedy(
    tmp_path: Path, change: dict[str, Any], remedy: str
) -> None:
    (tmp_path / "train.py").touch()
    sweep = runtide.Sweep(runtide.ScriptRunConfig(tmp_path, "train.py"), {"a": [1]}, **change)

    with pytest.raises(UsageError, match=remedy):
        sweep.plan()
