"""What `Experiment.submit` does with each kind of configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.client.pipeline_run import PipelineRun
from runtide.client.script_run import ScriptRun
from runtide.client.sweep_run import SweepRun
from runtide.errors import UsageError
from runtide.submit.pipeline import Pipeline
from runtide.submit.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.client.experiment import Experiment
    from runtide.client.run import Run
    from runtide.submit.config import ScriptRunConfig


def submitted(
    experiment: Experiment,
    config: ScriptRunConfig | Sweep | Pipeline,
    *,
    tags: Mapping[str, object] | None,
    parent_id: str | None,
    run_id: str | None,
    resume: Run | None,
) -> ScriptRun:
    """Submit what `config` describes, and return its run; see `Experiment.submit`.

    Raises:
        UsageError: The configuration cannot be run; nothing was submitted.
        UnavailableError: Something could not be stored; nothing was submitted.
    """
    if isinstance(config, Pipeline):
        return PipelineRun.submit_pipeline(
            experiment, config, tags=tags, parent_id=parent_id, run_id=run_id, resume=resume
        )
    if resume is not None:
        message = f"resume is given with a {type(config).__name__}: only a pipeline is resumed"
        raise UsageError(message)
    if isinstance(config, Sweep):
        return SweepRun.submit_sweep(
            experiment, config, tags=tags, parent_id=parent_id, run_id=run_id
        )
    return ScriptRun.submit(experiment, config, tags=tags, parent_id=parent_id, run_id=run_id)
