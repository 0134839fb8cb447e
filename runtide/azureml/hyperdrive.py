"""`azureml.train.hyperdrive`: the retired SDK's ways to a sweep of ours."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType
from typing import Any, Final, cast

from runtide.azureml.cloud import refuse_given
from runtide.azureml.stand_in import StandIn
from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit.config import ScriptRunConfig
from runtide.submit.distributions import Choice
from runtide.submit.draws import Space
from runtide.submit.early_stop import Bandit, EarlyStop, Goal, MedianStopping
from runtide.submit.sweep import Sweep

_MINUTES_MAX: Final = 10_080
_S_PER_MINUTE: Final = 60
_MORE_DRAWS: Final = "submit another sweep for further values"

_INSTEAD_BY_KEYWORD: Final = {
    "estimator": "give a `ScriptRunConfig` as `run_config`",
    "pipeline": "submit the pipeline once for each set of parameters",
    "resume_from": _MORE_DRAWS,
    "resume_child_runs": _MORE_DRAWS,
    "properties": "for draws that can be repeated, set the `seed` of the sweep",
}


class PrimaryMetricGoal(StrEnum):
    """Which values of the primary metric are better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


class GridParameterSampling(dict[str, list[object]]):
    """Every combination of some choices: as a dict of lists, which a sweep takes for a grid.

    Args:
        parameter_space: A `choice` for each parameter.

    Raises:
        UsageError: A parameter is something else than a choice.
    """

    def __init__(self, parameter_space: Mapping[str, object]) -> None:
        super().__init__({name: _options(name, given) for name, given in parameter_space.items()})


class RandomParameterSampling(dict[str, object]):
    """Random draws: the dict of distributions that a sweep takes for them.

    Args:
        parameter_space: A distribution for each parameter.
        properties: Refused.

    Raises:
        CloudOnly: There are `properties`.
    """

    def __init__(
        self,
        parameter_space: Mapping[str, object],
        properties: Mapping[str, object] | None = None,
    ) -> None:
        refuse_given("RandomParameterSampling", _INSTEAD_BY_KEYWORD, properties=properties)
        super().__init__(parameter_space)


class BanditPolicy(metaclass=StandIn):
    """Makes a `runtide.Bandit`."""

    of = Bandit

    def __new__(  # type: ignore[misc]  # noqa: D102  # a way to another class, in the retired SDK's order
        cls,
        evaluation_interval: int = 1,
        slack_factor: float | None = None,
        slack_amount: float | None = None,
        delay_evaluation: int = 0,
    ) -> Bandit:
        return Bandit(
            slack_factor=slack_factor,
            slack_amount=slack_amount,
            interval=evaluation_interval,
            delay=delay_evaluation,
        )


class MedianStoppingPolicy(metaclass=StandIn):
    """Makes a `runtide.MedianStopping`."""

    of = MedianStopping

    def __new__(  # type: ignore[misc]  # noqa: D102  # a way to another class
        cls, evaluation_interval: int = 1, delay_evaluation: int = 0
    ) -> MedianStopping:
        return MedianStopping(interval=evaluation_interval, delay=delay_evaluation)


class NoTerminationPolicy(metaclass=StandIn):
    """Makes None: no child is stopped."""

    of = NoneType

    def __new__(cls) -> None:  # type: ignore[misc]  # noqa: D102  # a way to another class
        return


class HyperDriveConfig(metaclass=StandIn):
    """Makes a `runtide.Sweep`; `experiment.submit` takes it.

    Args:
        hyperparameter_sampling: A `GridParameterSampling` or a `RandomParameterSampling`.
        primary_metric_name: The metric by which children are compared.
        primary_metric_goal: Which of its values are better.
        max_total_runs: How many random draws; of a grid, the most to take.
        max_concurrent_runs: How many children may wait or run at once; default: 100.
        max_duration_minutes: When the sweep is ended if it still goes on; None is never.
        policy: What stops children; default: nothing.
        run_config: The script, as a `ScriptRunConfig`.
        estimator, resume_from, resume_child_runs, pipeline: Refused.

    Raises:
        CloudOnly: Something that is refused is given.
        UsageError: `run_config` is no `ScriptRunConfig`.
    """

    of = Sweep

    def __new__(  # type: ignore[misc]  # noqa: D102, PLR0917  # a way to another class, in the retired SDK's order
        cls,
        hyperparameter_sampling: Space,
        primary_metric_name: str,
        primary_metric_goal: str,
        max_total_runs: int,
        max_concurrent_runs: int | None = None,
        max_duration_minutes: float | None = _MINUTES_MAX,
        policy: EarlyStop | None = None,
        estimator: object = None,
        run_config: ScriptRunConfig | None = None,
        resume_from: object = None,
        resume_child_runs: object = None,
        pipeline: object = None,
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> Sweep:
        refuse_given(
            "HyperDriveConfig",
            _INSTEAD_BY_KEYWORD,
            estimator=estimator,
            pipeline=pipeline,
            resume_from=resume_from,
            resume_child_runs=resume_child_runs,
        )
        if not isinstance(run_config, ScriptRunConfig):
            message = (
                f"run_config is {shown(run_config)} of type {type(run_config).__name__}: want a "
                f"`ScriptRunConfig`"
            )
            raise UsageError(message)
        minutes = max_duration_minutes
        return Sweep(
            run_config,
            hyperparameter_sampling,
            metric=primary_metric_name,
            goal=cast("Goal", str(primary_metric_goal)),
            count=max_total_runs,
            concurrency=max_concurrent_runs,
            early_stop=policy,
            max_duration_seconds=None if minutes is None else _S_PER_MINUTE * minutes,
        )


def _options(name: str, given: object) -> list[object]:
    if not isinstance(given, Choice):
        message = (
            f"parameter {name!r} of a grid is {shown(given)}: want a `choice`, or draw at random "
            f"by `RandomParameterSampling`"
        )
        raise UsageError(message)
    return list(given.options)
