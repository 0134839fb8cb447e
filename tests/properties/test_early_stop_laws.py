"""When a child of a sweep is stopped: laws that hold for every history."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtide.errors import UsageError
from runtide.submit.early_stop import (
    Bandit,
    EarlyStop,
    Goal,
    MedianStopping,
    find_reason_to_stop,
    parse_rule,
    rule_document,
)

VALUES = st.floats(-1e6, 1e6)
HISTORIES = st.lists(VALUES, min_size=1, max_size=12)
GOALS = st.sampled_from(["minimize", "maximize"])
TIMES = {"interval": st.integers(1, 4), "delay": st.integers(0, 6)}
RULES = st.one_of(
    st.builds(MedianStopping, **TIMES),
    st.builds(Bandit, slack_factor=st.floats(0, 10), **TIMES),
    st.builds(Bandit, slack_amount=st.floats(0, 1e6), **TIMES),
)


@given(rule=RULES, histories=st.lists(HISTORIES, min_size=1, max_size=6), goal=GOALS)
def test_child_with_the_best_value_is_never_stopped(
    rule: EarlyStop, histories: list[list[float]], goal: Goal
) -> None:
    length = min(map(len, histories))
    # What came after the last look counts at the next one.
    length -= length % rule.interval
    assume(length > 0)
    histories = [history[:length] for history in histories]
    pick = min if goal == "minimize" else max
    best = histories.index(pick(histories, key=pick))
    others = histories[:best] + histories[best + 1 :]

    assert find_reason_to_stop(rule, histories[best], others, goal=goal) is None


@given(rule=RULES, own=HISTORIES, others=st.lists(HISTORIES, max_size=5))
def test_goals_are_mirrors_of_each_other(
    rule: EarlyStop, own: list[float], others: list[list[float]]
) -> None:
    mirrored = [[-value for value in other] for other in others]

    least = find_reason_to_stop(rule, own, others, goal="minimize")
    most = find_reason_to_stop(rule, [-value for value in own], mirrored, goal="maximize")

    assert (least is None) == (most is None)


@given(rule=RULES, own=HISTORIES, others=st.lists(HISTORIES, max_size=5), goal=GOALS)
def test_nothing_is_stopped_before_its_delay(
    rule: EarlyStop, own: list[float], others: list[list[float]], goal: Goal
) -> None:
    judged_length = len(own) - len(own) % rule.interval

    if find_reason_to_stop(rule, own, others, goal=goal) is not None:
        assert judged_length >= max(rule.delay, rule.interval)


@given(
    slacks=st.lists(st.floats(0, 10), min_size=2, max_size=2).map(sorted),
    is_factor=st.booleans(),
    own=HISTORIES,
    others=st.lists(HISTORIES, max_size=5),
    goal=GOALS,
)
def test_more_slack_stops_no_more(
    slacks: list[float], is_factor: bool, own: list[float], others: list[list[float]], goal: Goal
) -> None:
    small, large = (
        Bandit(slack_factor=slack) if is_factor else Bandit(slack_amount=slack) for slack in slacks
    )

    if find_reason_to_stop(small, own, others, goal=goal) is None:
        assert find_reason_to_stop(large, own, others, goal=goal) is None


@given(rule=RULES, own=HISTORIES, others=st.lists(HISTORIES, max_size=5), goal=GOALS)
def test_what_the_others_log_later_changes_nothing(
    rule: EarlyStop, own: list[float], others: list[list[float]], goal: Goal
) -> None:
    """Children are compared at equal lengths of their histories."""
    ahead = [[*other, -1e9, 1e9] if len(other) >= len(own) else other for other in others]

    before = find_reason_to_stop(rule, own, others, goal=goal)

    assert find_reason_to_stop(rule, own, ahead, goal=goal) == before


@given(rule=RULES, own=HISTORIES, others=st.lists(HISTORIES, max_size=3), goal=GOALS)
def test_child_that_is_not_as_far_does_not_count(
    rule: EarlyStop, own: list[float], others: list[list[float]], goal: Goal
) -> None:
    judged_length = len(own) - len(own) % rule.interval
    behind = [[value] * (judged_length - 1) for value in (-1e6, 0.0, 1e6)]

    alone = find_reason_to_stop(rule, own, others, goal=goal)

    assert find_reason_to_stop(rule, own, [*others, *behind], goal=goal) == alone


@given(rule=RULES)
def test_rule_survives_being_written_down(rule: EarlyStop) -> None:
    assert parse_rule(rule_document(rule)) == rule


def test_bandit_is_what_the_retired_sdk_documents() -> None:
    """Its example: a best of 0.8 to maximize and a factor of 0.2 make a bound of 0.66."""
    rule = Bandit(slack_factor=0.2)

    assert find_reason_to_stop(rule, [0.67], [[0.8]], goal="maximize") is None
    assert find_reason_to_stop(rule, [0.66], [[0.8]], goal="maximize") is not None


def test_median_stops_what_is_worse_than_half_of_the_averages() -> None:
    others = [[4.0, 2.0], [5.0, 3.0], [9.0, 9.0]]

    kept = find_reason_to_stop(MedianStopping(), [7.0, 4.0], others, goal="minimize")
    stopped = find_reason_to_stop(MedianStopping(), [7.0, 4.5], others, goal="minimize")

    assert kept is None
    assert stopped == (
        "its best value after 2 is 4.5, and the median of the averages of 3 others is 4"
    )


def test_child_that_logs_nan_is_worse_than_any_number() -> None:
    for rule in (MedianStopping(), Bandit(slack_amount=1e9)):
        assert find_reason_to_stop(rule, [math.nan], [[1e6]], goal="minimize") is not None
        assert find_reason_to_stop(rule, [1e6], [[math.nan]], goal="minimize") is None


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({}, "give one of them"),
        ({"slack_factor": 0.1, "slack_amount": 0.1}, "give one of them"),
        ({"slack_factor": -0.1}, "not below 0"),
        ({"slack_factor": 0.1, "interval": 0}, "at least 1 and 0"),
        ({"slack_factor": 0.1, "delay": 1.5}, "at least 1 and 0"),
    ],
)
def test_rule_that_cannot_be_is_refused_with_the_remedy(
    wrong: dict[str, float], remedy: str
) -> None:
    with pytest.raises(UsageError, match=remedy):
        Bandit(**wrong)  # type: ignore[arg-type]  # that is the point
