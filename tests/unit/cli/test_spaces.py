"""Parameter spaces as they are typed."""

import pytest

import runtide
from runtide.cli.spaces import parse_early_stop, parse_space
from runtide.errors import UsageError


def test_numbers_are_numbers_and_all_else_is_text_as_it_was_typed() -> None:
    space = parse_space(['a=1,0.5,1e-3,true,x y,"b,c",007'], [])

    assert space == {"a": [1, 0.5, 0.001, "true", "x y", "b,c", "007"]}


def test_distributions_are_read_as_they_are_written_in_python() -> None:
    space = parse_space(
        ["--wide=1"], ["lr=loguniform(1e-4, 1e-1)", "n=randint(-1,5)", "c=choice('a', 2)"]
    )

    assert space == {
        "--wide": [1],
        "lr": runtide.loguniform(1e-4, 1e-1),
        "n": runtide.randint(-1, 5),
        "c": runtide.choice("a", 2),
    }


def test_rules_are_read_with_their_settings() -> None:
    assert parse_early_stop(None) is None
    assert parse_early_stop("median") == runtide.MedianStopping()
    wanted = runtide.Bandit(slack_factor=0.1, delay=5)
    assert parse_early_stop("bandit(slack_factor=0.1, delay=5)") == wanted


@pytest.mark.parametrize(
    ("grid", "drawn", "said"),
    [
        ([], [], "give one by --grid or --random"),
        (["lr"], [], "want NAME=…"),
        (["=1"], [], "want NAME=…"),
        (["lr=1"], ["lr=uniform(0,1)"], "given twice"),
        ([], ["lr=0.1"], "want one of choice"),
        ([], ["lr=open('x')"], "want one of choice"),
        ([], ["lr=uniform(0, __import__('os'))"], "want one of choice"),
        ([], ["lr=uniform(0"], "want one of choice"),
        ([], ["lr=uniform(0, 1, 2, 3)"], "want one of choice"),
        ([], ["lr=uniform(1, 0)"], "the smaller one first"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(
    grid: list[str], drawn: list[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        parse_space(grid, drawn)


@pytest.mark.parametrize("text", ["mean", "median(3)", "bandit(slack=1)", ""])
def test_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="want median"):
        parse_early_stop(text)
