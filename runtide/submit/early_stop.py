"""When a child of a sweep is not worth going on with. Pure.

A rule looks at the *history* of the primary metric: its values in the order in which they were
logged. Two children are compared at equal lengths of history, so one that started late is not
behind. Inside, less is always better: a metric to maximize counts with the other sign, and a NaN
is worse than any number.

Rules are looked at whenever a history has grown by `interval` values, and not before it has
`delay`; a child is judged by the last such length of its history.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, ClassVar, Final, Literal, TypeAlias

from runtide.core.shown import shown
from runtide.errors import UsageError

Goal: TypeAlias = Literal["minimize", "maximize"]
GOALS: Final = ("minimize", "maximize")

History: TypeAlias = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianStopping:
    """Stops a child whose best value is worse than the median of the others' averages so far."""

    kind: ClassVar[str] = "median"

    interval: int = 1
    delay: int = 0

    def __post_init__(self) -> None:
        _check_times(self.interval, self.delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bandit:
    """Stops a child whose best value is not within some slack of the best of all so far.

    Either `slack_factor`, a share of the best value: with 0.1 and a best of 0.8 to maximize, what
    is below 0.8 / 1.1 is stopped; or `slack_amount`, a difference from it.
    """

    kind: ClassVar[str] = "bandit"

    slack_factor: float | None = None
    slack_amount: float | None = None
    interval: int = 1
    delay: int = 0

    def __post_init__(self) -> None:
        _check_times(self.interval, self.delay)
        given = [s for s in (self.slack_factor, self.slack_amount) if s is not None]
        if len(given) != 1 or not _is_slack(given[0]):
            message = (
                f"slack_factor is {self.slack_factor!r} and slack_amount is "
                f"{self.slack_amount!r}: give one of them, a number not below 0"
            )
            raise UsageError(message)


EarlyStop: TypeAlias = MedianStopping | Bandit

_RULES: Final = {rule.kind: rule for rule in (MedianStopping, Bandit)}


def rule_document(rule: EarlyStop | None) -> dict[str, Any] | None:
    """Return a rule as a JSON object."""
    return None if rule is None else {"kind": rule.kind, **asdict(rule)}


def parse_rule(document: Mapping[str, Any] | None) -> EarlyStop | None:
    """Return the rule that `rule_document` wrote."""
    if document is None:
        return None
    fields = dict(document)
    return _RULES[fields.pop("kind")](**fields)


def find_reason_to_stop(
    rule: EarlyStop, history: History, others: Sequence[History], *, goal: Goal
) -> str | None:
    """Return why a child with this history should not go on, or None.

    Args:
        rule: The rule.
        history: The child's own.
        others: Those of the other children, ended ones included. One that is shorter than what is
            compared does not count.
        goal: Which values are better.
    """
    length = len(history) - len(history) % rule.interval
    if length == 0 or length < rule.delay:
        return None
    own = _losses(history[:length], goal)
    rivals = [_losses(other[:length], goal) for other in others if len(other) >= length]
    if not rivals:
        return None
    if isinstance(rule, MedianStopping):
        # Rounded, an average of equal values can be less than each of them.
        bound = median(max(sum(rival) / length, min(rival)) for rival in rivals)
        what = f"the median of the averages of {len(rivals)} others"
    else:
        bound = _with_slack(min(map(min, rivals)), rule, goal)
        what = "the best of all others with its slack"
    if min(own) <= bound or math.isnan(bound):
        return None
    return (
        f"its best value after {length} is {_value(min(own), goal):g}, and {what} is "
        f"{_value(bound, goal):g}"
    )


def _with_slack(best: float, rule: Bandit, goal: Goal) -> float:
    """Return the largest loss that is near enough to `best`."""
    if rule.slack_amount is not None:
        return best + rule.slack_amount
    share = 1.0 + (rule.slack_factor or 0.0)
    # As the retired SDK has it for positive metrics, and away from the best for negative ones.
    value = _value(best, goal)
    is_grown = (value > 0) == (goal == "minimize")
    return best * share if is_grown else best / share


def _losses(history: History, goal: Goal) -> list[float]:
    sign = 1.0 if goal == "minimize" else -1.0
    return [math.inf if math.isnan(value) else sign * value for value in history]


def _value(loss: float, goal: Goal) -> float:
    return loss if goal == "minimize" else -loss


def _is_slack(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0  # type: ignore[arg-type, operator]  # a number


def _check_times(interval: object, delay: object) -> None:
    if type(interval) is not int or type(delay) is not int or interval < 1 or delay < 0:
        message = (
            f"interval is {shown(interval)} and delay is {shown(delay)}: want how many values of "
            f"the metric, at least 1 and 0"
        )
        raise UsageError(message)
