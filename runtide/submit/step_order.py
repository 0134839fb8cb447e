"""The order of a pipeline's steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

After: TypeAlias = Mapping[str, Sequence[str]]
"""By the name of each step, those that it comes after."""


def reusable_steps(
    after: After, completed: Mapping[str, str], is_same: Mapping[str, bool]
) -> dict[str, str]:
    """Return which completed steps of an earlier pipeline need not be run again.

    A step is reused if it is what it was and all that it comes after is reused too.

    Args:
        after: The steps now.
        completed: The runs of the earlier pipeline's completed steps, by name.
        is_same: Whether a step's command and what it comes after are what they were.
    """
    reused: dict[str, str] = {}
    for step in in_order(after):
        is_reusable = step in completed and is_same.get(step, False)
        if is_reusable and all(earlier in reused for earlier in after[step]):
            reused[step] = completed[step]
    return reused


def in_order(after: After) -> list[str]:
    """Return the steps so that each stands behind those that it comes after.

    Steps of a circle, and those behind it, are left out.
    """
    order: list[str] = []
    done: set[str] = set()
    left = list(after)
    while ready := [step for step in left if done.issuperset(after[step])]:
        order += ready
        done.update(ready)
        left = [step for step in left if step not in done]
    return order
