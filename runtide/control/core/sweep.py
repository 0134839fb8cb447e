"""What the controller of a sweep does next. Pure: no clock, no I/O.

    draw ──submit──> child: Queued … Running … ──> ended
                        │
                        └─ not worth going on with, or the sweep is over ──> asked to end

Children are known by the index of their draw. A decision rests on the record alone, and it is one
that is right to take again: after a crash, or when the record has not yet caught up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from runtide.control.core.outcome import Outcome, tally
from runtide.submit.early_stop import EarlyStop, Goal, History, find_reason_to_stop

_CANCEL_REQUESTED: Final = "CancelRequested"
_TERMINAL: Final = frozenset({"Completed", "Failed", "Canceled"})


class Child(NamedTuple):
    """A child that was submitted.

    Attributes:
        status: Its status.
        history: Values of the primary metric so far, in the order of logging.
    """

    status: str
    history: History = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a sweep was told.

    Attributes:
        draw_count: How many children there are to be.
        concurrency: How many children may be unended at once.
        failure_count_max: More failed children than these end the sweep; None is any number.
        early_stop: When a child is stopped, or None.
        goal: Which values of the primary metric are better.
    """

    draw_count: int
    concurrency: int
    failure_count_max: int | None = None
    early_stop: EarlyStop | None = None
    goal: Goal = "minimize"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known at one moment.

    Attributes:
        children: By the index of its draw, every child that was submitted.
        is_canceled: Whether the sweep's own end was asked for.
        is_over_time: Whether it is going on for longer than it may.
    """

    children: Mapping[int, Child]
    is_canceled: bool = False
    is_over_time: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in this order.

    Attributes:
        stop: Why to ask a child to end, by its index.
        submit: The draws to submit.
        outcome: How the sweep ends, or None while it goes on.
    """

    stop: Mapping[int, str] = field(default_factory=dict)
    submit: tuple[int, ...] = ()
    outcome: Outcome | None = None


def decide(rules: Rules, view: View) -> Decision:
    """Return what to do. Draws are submitted in the order of their indices."""
    children = view.children
    going_on = {index: c for index, c in children.items() if c.status not in _TERMINAL}
    why_over = _why_over(rules, view)
    if why_over is None:
        missing = [index for index in range(rules.draw_count) if index not in children]
        free_count = max(0, rules.concurrency - len(going_on))
        decision = Decision(_early_stops(rules, going_on, children), tuple(missing[:free_count]))
        if missing or going_on:
            return decision
        return Decision(outcome=_outcome(rules, view, None))
    if going_on:
        return Decision(
            {i: why_over.reason for i, c in going_on.items() if c.status != _CANCEL_REQUESTED}
        )
    return Decision(outcome=_outcome(rules, view, why_over))


def _why_over(rules: Rules, view: View) -> Outcome | None:
    """Return how the sweep ends before all is done, if it does."""
    if view.is_canceled:
        return Outcome("Canceled", "the sweep was canceled")
    failed_count = sum(child.status == "Failed" for child in view.children.values())
    if rules.failure_count_max is not None and failed_count > rules.failure_count_max:
        reason = f"{failed_count} children failed, limit is {rules.failure_count_max}"
        return Outcome("Failed", reason)
    if view.is_over_time and not _is_done(rules, view):
        return Outcome("Completed", "the sweep's time was over")
    return None


def _is_done(rules: Rules, view: View) -> bool:
    ended_count = sum(child.status in _TERMINAL for child in view.children.values())
    return ended_count >= rules.draw_count


def _early_stops(
    rules: Rules, going_on: Mapping[int, Child], children: Mapping[int, Child]
) -> dict[int, str]:
    if rules.early_stop is None:
        return {}
    stops = {}
    for index, child in going_on.items():
        if child.status == _CANCEL_REQUESTED:
            continue
        others = [other.history for place, other in children.items() if place != index]
        reason = find_reason_to_stop(rules.early_stop, child.history, others, goal=rules.goal)
        if reason is not None:
            stops[index] = f"stopped early: {reason}"
    return stops


def _outcome(rules: Rules, view: View, why_over: Outcome | None) -> Outcome:
    """Return how a sweep ends none of whose children goes on."""
    statuses = [child.status for child in view.children.values()]
    said = tally(statuses, one="child", many="children")
    unsubmitted_count = rules.draw_count - len(statuses)
    if unsubmitted_count:
        said = f"{said}, {unsubmitted_count} not submitted"
    if why_over is not None:
        said = f"{why_over.reason}; {said}"
        if why_over.status != "Completed":
            return Outcome(why_over.status, said)
    if "Completed" in statuses:
        return Outcome("Completed", said)
    return Outcome("Failed" if "Failed" in statuses else "Canceled", said)
