"""What the controller of a pipeline does next. Pure: no clock, no I/O.

A step is submitted once all that it comes after is completed. Where one of those ended otherwise,
the step is *skipped*: it is in the record as canceled, with the reason, and no code of it ran.
Steps that do not depend on it go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from runtide.control.core.outcome import Outcome, tally

if TYPE_CHECKING:
    from runtide.submit.step_order import After

_CANCEL_REQUESTED: Final = "CancelRequested"
_TERMINAL: Final = frozenset({"Completed", "Failed", "Canceled"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in this order.

    Attributes:
        stop: Why to ask a step to end, by its name.
        skip: Why to record a step as canceled that is not submitted, by its name.
        submit: The steps to submit.
        outcome: How the pipeline ends, or None while it goes on.
    """

    stop: Mapping[str, str] = field(default_factory=dict)
    skip: Mapping[str, str] = field(default_factory=dict)
    submit: tuple[str, ...] = ()
    outcome: Outcome | None = None


def decide(
    after: After,
    status_by_step: Mapping[str, str],
    *,
    is_canceled: bool,
    is_over_time: bool = False,
) -> Decision:
    """Return what to do.

    Args:
        after: The steps, in the order in which they are submitted where several can be.
        status_by_step: The status of each step that is in the record.
        is_canceled: Whether the pipeline's own end was asked for.
        is_over_time: Whether it is going on for longer than it may.
    """
    going_on = [step for step, status in status_by_step.items() if status not in _TERMINAL]
    missing = [step for step in after if step not in status_by_step]
    why_over = _why_over(is_canceled=is_canceled, is_over_time=is_over_time)
    if not missing and not going_on:
        return Decision(outcome=_outcome(status_by_step, is_canceled=is_canceled))
    if why_over is not None:
        asked = [step for step in going_on if status_by_step[step] != _CANCEL_REQUESTED]
        return Decision(dict.fromkeys(asked, why_over), dict.fromkeys(missing, why_over))
    skip = {
        step: reason
        for step in missing
        if (reason := _why_skipped(after[step], status_by_step)) is not None
    }
    submit = tuple(
        step
        for step in missing
        if all(status_by_step.get(earlier) == "Completed" for earlier in after[step])
    )
    return Decision(skip=skip, submit=submit)


def _why_over(*, is_canceled: bool, is_over_time: bool) -> str | None:
    if is_canceled:
        return "the pipeline was canceled"
    return "the pipeline's time was over" if is_over_time else None


def _why_skipped(earlier_steps: Sequence[str], status_by_step: Mapping[str, str]) -> str | None:
    for step in earlier_steps:
        status = status_by_step.get(step)
        if status in {"Failed", "Canceled"}:
            return f"it comes after {step}, which is {status}"
    return None


def _outcome(status_by_step: Mapping[str, str], *, is_canceled: bool) -> Outcome:
    said = tally(status_by_step.values(), one="step", many="steps")
    failed = [step for step, status in status_by_step.items() if status == "Failed"]
    if is_canceled:
        return Outcome("Canceled", f"the pipeline was canceled; {said}")
    if failed:
        return Outcome("Failed", f"{said}; failed: {', '.join(failed)}")
    if "Canceled" in status_by_step.values():
        return Outcome("Canceled", said)
    return Outcome("Completed", said)
