"""`Pipeline` and `Step`: scripts that come after one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from runtide.core import names
from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit.bounds import duration_s
from runtide.submit.step_order import in_order

if TYPE_CHECKING:
    from runtide.submit.config import Plan, ScriptRunConfig


class StepPlan(NamedTuple):
    """All that a submit needs to know of a step."""

    name: str
    after: list[str]
    script: Plan


class PipelinePlan(NamedTuple):
    """All that a submit needs to know of a pipeline; what is wrong with it is known by now."""

    steps: list[StepPlan]
    duration_s_max: float | None


class Step:
    """One script of a pipeline.

    Its process finds the runs of the steps that it comes after by `run.get_step_run(name)`.

    Args:
        name: The step's name, unique in its pipeline.
        config: The script, and where it runs.
        after: The steps that must be completed before: their names, or the steps themselves.

    Attributes:
        name, config, after: As given.
    """

    def __init__(
        self, name: str, config: ScriptRunConfig, after: Iterable[str | Step] | str | Step = ()
    ) -> None:
        self.name = names.metric_name(name)
        self.config = config
        self.after: list[str | Step] = [after] if isinstance(after, str | Step) else list(after)

    def run_after(self, step: str | Step) -> None:
        """Let this step come after another one too."""
        self.after.append(step)

    def __repr__(self) -> str:
        return f"Step({self.name!r}, after={self.names_before()!r})"

    def names_before(self) -> list[str]:
        """Return the names of the steps that this one comes after, each once.

        Raises:
            UsageError: One is neither a name nor a step.
        """
        found = [step.name if isinstance(step, Step) else step for step in self.after]
        for name in found:
            if not isinstance(name, str):
                message = f"step {self.name!r} comes after {shown(name)}: want a step or its name"
                raise UsageError(message)
        return list(dict.fromkeys(found))


class Pipeline:
    """Scripts that come after one another: what `Experiment.submit` makes a parent run of.

    Steps that do not depend on each other run at once, as the compute target has slots. One that
    fails stops those that come after it, and no others.

    Args:
        steps: The steps, in any order.
        max_duration_seconds: When the pipeline is ended if it still goes on; default: never.

    Raises:
        UsageError: Two steps have one name, a step comes after one that is not there, or steps
            come after each other in a circle.

    Attributes:
        steps, max_duration_seconds: As given.
    """

    def __init__(self, steps: Sequence[Step], *, max_duration_seconds: float | None = None) -> None:
        self.steps = list(steps)
        self.max_duration_seconds = max_duration_seconds
        self.check()

    def check(self) -> None:
        """Look whether the steps can be put in order.

        Raises:
            UsageError: They cannot; see the class.
        """
        after: dict[str, list[str]] = {}
        for step in self.steps:
            if not isinstance(step, Step):
                message = f"a step is {shown(step)} of type {type(step).__name__}: want a `Step`"
                raise UsageError(message)
            if step.name in after:
                message = f"two steps are named {step.name!r}: give each a name of its own"
                raise UsageError(message)
            after[step.name] = step.names_before()
        if not after:
            message = "the pipeline has no steps: give at least one"
            raise UsageError(message)
        for name, before in after.items():
            if unknown := [earlier for earlier in before if earlier not in after]:
                message = (
                    f"step {name!r} comes after {unknown[0]!r}, which is no step: the steps are "
                    f"{', '.join(after)}"
                )
                raise UsageError(message)
        if circle := _circle(after):
            message = f"steps come after each other in a circle, {' after '.join(circle)}: break it"
            raise UsageError(message)

    def plan(self) -> PipelinePlan:
        """Return what this pipeline comes to.

        Raises:
            UsageError: The steps cannot be put in order, or one of them cannot be run.
        """
        self.check()
        steps = [
            StepPlan(step.name, step.names_before(), step.config.plan()) for step in self.steps
        ]
        return PipelinePlan(steps, duration_s("max_duration_seconds", self.max_duration_seconds))


def _circle(after: dict[str, list[str]]) -> list[str]:
    """Return the names along a circle, the first one also last; nothing where there is none."""
    left = {name: before for name, before in after.items() if name not in set(in_order(after))}
    if not left:
        return []
    # Each of them comes after another of them, so that the way back ends where it was before.
    path = [next(iter(left))]
    while len(set(path)) == len(path):
        path.append(next(earlier for earlier in left[path[-1]] if earlier in left))
    return path[path.index(path[-1]) :]
