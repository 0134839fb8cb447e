"""`Sweep`: one script, run with many values of its parameters."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runtide.core import names
from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit.bounds import CHILDREN_AT_ONCE_MAX, duration_s, whole_number
from runtide.submit.draws import DEFAULT_TEMPLATE, Draw, Space, check_template, draws_of
from runtide.submit.early_stop import GOALS, EarlyStop, Goal, rule_document

if TYPE_CHECKING:
    from runtide.submit.config import Plan, ScriptRunConfig

_SEEDS: Final = 2**32


class SweepPlan(NamedTuple):
    """All that a submit needs to know of a sweep; what is wrong with it is known by now.

    Attributes:
        script: What every child runs, without its parameters.
        draws: The parameters of each child.
        document: What the controller needs beside the children's job, as a JSON object.
    """

    script: Plan
    draws: list[Draw]
    document: dict[str, Any]


class Sweep:
    """A script with many values of its parameters: what `Experiment.submit` makes a parent of.

    Each draw of parameters becomes a run below the parent, which gets them as arguments, as in
    `--lr 0.1`, and has them as `runtide.sweep.parameters` in its config. Like a `ScriptRunConfig` it is checked when it is
    submitted.

    Args:
        config: The script, and where it runs.
        parameters: A dict by name of lists, for a grid of all combinations; or with distributions
            such as `loguniform(1e-4, 1e-1)` among them, for random draws; or a list of dicts, each
            of which is a draw.
        metric: The primary metric, by which children are compared. Their best value counts.
        goal: `minimize` or `maximize` it.
        count: How many random draws; of a grid or a list, the most to take.
        seed: What random draws start from; default: any, which the parent's properties tell.
        concurrency: How many children may wait or run at once; default: 100. Their compute target
            has slots of its own, which they share with other runs.
        early_stop: `MedianStopping()` or `Bandit(...)`; default: no child is stopped.
        max_failures: With more failed children than these, the sweep stops; default: it never does.
        max_duration_seconds: When the sweep is ended if it still goes on; default: never.
        template: The arguments of each parameter, with `{flag}`, `{name}` and `{value}` in them.

    Attributes:
        config, parameters, metric, goal, count, seed, concurrency, early_stop, max_failures,
        max_duration_seconds, template: As given.
    """

    def __init__(
        self,
        config: ScriptRunConfig,
        parameters: Space,
        *,
        metric: str | None = None,
        goal: Goal = "minimize",
        count: int | None = None,
        seed: int | None = None,
        concurrency: int | None = None,
        early_stop: EarlyStop | None = None,
        max_failures: int | None = None,
        max_duration_seconds: float | None = None,
        template: Sequence[str] = DEFAULT_TEMPLATE,
    ) -> None:
        self.config = config
        self.parameters = parameters
        self.metric = metric
        self.goal = goal
        self.count = count
        self.seed = seed
        self.concurrency = concurrency
        self.early_stop = early_stop
        self.max_failures = max_failures
        self.max_duration_seconds = max_duration_seconds
        self.template = template

    def plan(self) -> SweepPlan:
        """Return what this sweep comes to.

        Raises:
            UsageError: Something is missing, or of the wrong type.
        """
        if self.goal not in GOALS:
            message = f"goal is {shown(self.goal)}: want `minimize` or `maximize`"
            raise UsageError(message)
        metric = None if self.metric is None else names.metric_name(self.metric)
        if self.early_stop is not None and metric is None:
            message = "early_stop is given without a metric: name the metric that it looks at"
            raise UsageError(message)
        count = _optional("count", self.count, least=1)
        seed = secrets.randbelow(_SEEDS) if self.seed is None else self.seed
        draws = draws_of(self.parameters, count=count, seed=whole_number("seed", seed))
        concurrency = _optional("concurrency", self.concurrency, least=1)
        return SweepPlan(
            script=self.config.plan(),
            draws=draws,
            document={
                "draws": draws,
                "template": list(check_template(self.template)),
                "metric": metric,
                "goal": self.goal,
                "seed": seed,
                "concurrency": min(concurrency or CHILDREN_AT_ONCE_MAX, CHILDREN_AT_ONCE_MAX),
                "failure_count_max": _optional("max_failures", self.max_failures, least=0),
                "early_stop": rule_document(self.early_stop),
                "duration_s_max": duration_s("max_duration_seconds", self.max_duration_seconds),
            },
        )


def _optional(name: str, value: object, *, least: int) -> int | None:
    return None if value is None else whole_number(name, value, least=least)
