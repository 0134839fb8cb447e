"""`SweepRun`: one script, run with many values of its parameters, and the children compared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runtide.client.parent_run import ParentRun
from runtide.client.script_run import new_run_id
from runtide.client.user import user_name
from runtide.core.parents import (
    COUNT_PROPERTY,
    GOAL_PROPERTY,
    METRIC_PROPERTY,
    PARAMETERS_CONFIG,
    SEED_PROPERTY,
    SWEEP,
)
from runtide.errors import UsageError

if TYPE_CHECKING:
    from runtide.client.experiment import Experiment
    from runtide.client.run import Run
    from runtide.submit.sweep import Sweep, SweepPlan

_MINIMIZE: Final = "minimize"


class SweepResult(NamedTuple):
    """What came of one child.

    Attributes:
        run_id: The child.
        status: Its status.
        parameters: Its draw.
        value: The best value of the primary metric, or None if it has logged none.
    """

    run_id: str
    status: str
    parameters: dict[str, Any]
    value: float | None


class SweepRun(ParentRun):
    """A sweep that was submitted: the parent of a run for each draw of its parameters."""

    @classmethod
    def submit_sweep(
        cls,
        experiment: Experiment,
        sweep: Sweep,
        *,
        tags: Mapping[str, object] | None = None,
        parent_id: str | None = None,
        run_id: str | None = None,
    ) -> SweepRun:
        """Submit a sweep, and return its run at once.

        Args:
            experiment: The experiment that the run and its children belong to.
            sweep: What to run.
            tags: The run's first tags.
            parent_id: The run that it is part of.
            run_id: Its id; default: as of any run that is submitted.

        Raises:
            UsageError: The sweep cannot be run; nothing was submitted.
            UnavailableError: Something could not be stored; nothing was submitted.
        """
        plan = sweep.plan()
        run = cls.attached(experiment, run_id or new_run_id(experiment.name))
        run._record_sweep(plan, tags=tags, parent_id=parent_id)  # noqa: SLF001  # its own class
        return run

    def _record_sweep(
        self, plan: SweepPlan, *, tags: Mapping[str, object] | None, parent_id: str | None
    ) -> None:
        self._check_children(len(plan.draws))
        taken = self._stored_snapshot(plan.script.source, script=plan.script.script)
        properties = {
            METRIC_PROPERTY: plan.document["metric"],
            GOAL_PROPERTY: plan.document["goal"],
            COUNT_PROPERTY: str(len(plan.draws)),
            SEED_PROPERTY: str(plan.document["seed"]),
        }
        self._record_parent(
            {**plan.document, **self._child_script(plan.script, taken), "user": user_name()},
            run_type=SWEEP,
            properties={name: text for name, text in properties.items() if text is not None},
            tags=tags,
            parent_id=parent_id,
            taken=taken,
        )

    def results(self) -> list[SweepResult]:
        """Return what came of each child so far, the best first.

        A child counts with its best value of the primary metric. Those without any come last, in
        the order of their draws, as do all children of a sweep without a primary metric.
        """
        metric, sign = self._primary_metric()
        self._deliver_first()
        # In double quotes, because a comma would otherwise end the name.
        question = None if metric is None else {"metrics": '"' + metric.replace('"', '""') + '"'}
        children = self._reader.items(f"/runs/{self._quoted_id}/children", question)
        found = [
            SweepResult(
                child["run_id"],
                child["status"],
                child["config"].get(PARAMETERS_CONFIG, {}),
                _best_value(child, metric, is_least=sign > 0),
            )
            for child in children
        ]
        return sorted(found, key=lambda r: math.inf if r.value is None else sign * r.value)

    def get_metrics(
        self,
        name: str | None = None,
        recursive: bool = True,
        run_type: str | None = None,
        populate: bool = False,
    ) -> dict[str, Any]:
        """Return `{run_id: metrics}` of the children that have logged any; see `Run.get_metrics`.

        A sweep itself logs nothing: `recursive=False` gives that.
        """
        return super().get_metrics(name, recursive, run_type, populate)

    def best_child(
        self, *, include_failed: bool = True, include_canceled: bool = True
    ) -> Run | None:
        """Return the child with the best value of the primary metric, or None if none has any.

        Args:
            include_failed: Whether children count that failed.
            include_canceled: Whether children count that were canceled or stopped early.

        Raises:
            UsageError: The sweep has no primary metric.
        """
        if self._primary_metric()[0] is None:
            message = f"sweep {self._id} has no primary metric: submit it with `metric=`"
            raise UsageError(message)
        left_out = set() if include_failed else {"Failed"}
        if not include_canceled:
            left_out |= {"Canceled", "CancelRequested"}
        for result in self.results():
            if result.value is not None and result.status not in left_out:
                return self._sibling(result.run_id)
        return None

    def get_best_run_by_primary_metric(
        self, include_failed: bool = True, include_canceled: bool = True
    ) -> Run | None:
        """Return the best child under the retired SDK's name; see `best_child`."""
        return self.best_child(include_failed=include_failed, include_canceled=include_canceled)

    def _primary_metric(self) -> tuple[str | None, float]:
        """Return the primary metric's name, and 1 if less is better or else -1."""
        properties = self.get_properties()
        is_least = properties.get(GOAL_PROPERTY, _MINIMIZE) == _MINIMIZE
        return properties.get(METRIC_PROPERTY), 1.0 if is_least else -1.0


def _best_value(child: Mapping[str, Any], metric: str | None, *, is_least: bool) -> float | None:
    summary = child.get("metrics", {}).get(metric, {})
    value: float | None = summary.get("min" if is_least else "max")
    return value
