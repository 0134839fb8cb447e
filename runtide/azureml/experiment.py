"""`azureml.core.Experiment`, and what finds a run in one."""

from __future__ import annotations

from typing import Any

import runtide
from runtide.azureml.stand_in import StandIn
from runtide.errors import UsageError


class Experiment(metaclass=StandIn):
    """Ways to a `runtide.Experiment`; what they return is one, and is an instance of this.

    Args:
        workspace: The workspace that the experiment is in; `workspace_object` is the same.
        name: Its name.
    """

    of = runtide.Experiment

    def __new__(  # type: ignore[misc]  # noqa: D102  # a way to another class
        cls,
        workspace: runtide.Workspace | None = None,
        name: str | None = None,
        *,
        workspace_object: runtide.Workspace | None = None,
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> runtide.Experiment:
        space = workspace or workspace_object
        if space is None or name is None:
            message = f"workspace is {space!r} and name is {name!r}: give both"
            raise UsageError(message)
        return runtide.Experiment(space, name)

    @staticmethod
    def list(
        workspace: runtide.Workspace,
        experiment_name: str | None = None,
        view_type: str = "ActiveOnly",  # noqa: ARG004  # kept for older scripts
        tags: object = None,
    ) -> list[runtide.Experiment]:
        """Return the workspace's experiments that have runs, or the one of that name."""
        if tags is not None:
            message = f"tags is {tags!r}, and experiments have none: filter their runs by tags"
            raise UsageError(message)
        return runtide.Experiment.list(workspace, experiment_name)

    delete = staticmethod(runtide.Experiment.delete)


def get_run(experiment: runtide.Experiment, run_id: str, **_of_azure: object) -> runtide.Run:
    """Return the run `run_id` of an experiment.

    Raises:
        NotFound: The experiment has no such run.
    """
    return runtide.Run(experiment, run_id)
