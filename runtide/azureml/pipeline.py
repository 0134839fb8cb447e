"""`azureml.pipeline`: the retired SDK's ways to a pipeline of ours and its steps."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from runtide.azureml.cloud import refuse_given
from runtide.azureml.script_run_config import ScriptRunConfig
from runtide.azureml.stand_in import StandIn
from runtide.submit import pipeline
from runtide.submit.config import RunConfiguration
from runtide.submit.pipeline import Step

_INSTEAD_BY_KEYWORD: Final = {
    "runconfig_pipeline_params": "set them in the `runconfig` itself",
    "inputs": (
        "in the script, download what an earlier step left by "
        "`Run.get_context().get_step_run(name).download_file(path)`"
    ),
    "outputs": "let the script write to `./outputs`, and a later step download it from there",
    "params": "give them to the script as `arguments`",
    "default_source_directory": "give each step its `source_directory`",
}


class PythonScriptStep(metaclass=StandIn):
    """Makes a `runtide.Step`.

    Args:
        script_name: The script's path in `source_directory`.
        name: The step's name; default: the script's path.
        arguments: The script's arguments.
        compute_target: Where to run; default: as `runconfig` says.
        runconfig: The environment and everything else.
        runconfig_pipeline_params, inputs, outputs, params: Refused.
        source_directory: The folder that the script is in; default: the current one.
        allow_reuse: Accepted. A step is reused where `experiment.submit(pipeline, resume=run)`
            says so, and nowhere else.
        version, hash_paths: Accepted.

    Raises:
        CloudOnly: Something that is refused is given.
    """

    of = Step

    def __new__(  # type: ignore[misc]  # noqa: D102, PLR0917  # a way to another class, in the retired SDK's order
        cls,
        script_name: str,
        name: str | None = None,
        arguments: Sequence[object] | None = None,
        compute_target: object = None,
        runconfig: RunConfiguration | None = None,
        runconfig_pipeline_params: object = None,
        inputs: object = None,
        outputs: object = None,
        params: object = None,
        source_directory: str | Path | None = None,
        allow_reuse: bool = True,  # noqa: ARG004  # kept for older scripts
        version: str | None = None,  # noqa: ARG004  # kept for older scripts
        hash_paths: object = None,  # noqa: ARG004  # kept for older scripts
    ) -> Step:
        refuse_given(
            "PythonScriptStep",
            _INSTEAD_BY_KEYWORD,
            runconfig_pipeline_params=runconfig_pipeline_params,
            inputs=inputs,
            outputs=outputs,
            params=params,
        )
        # Several steps may share one, each with a target of its own.
        run_config = copy.copy(runconfig) if runconfig is not None else RunConfiguration()
        if compute_target is not None:
            run_config.target = compute_target
        config = ScriptRunConfig(
            source_directory or ".", script_name, arguments, run_config=run_config
        )
        return Step(name or script_name, config)


class StepSequence(list[Step]):
    """Steps in the order in which they are to run; those of a list among them run at once.

    Args:
        steps: Steps, and lists of steps.
    """

    def __init__(self, steps: Sequence[object] | None = None) -> None:
        super().__init__()
        before: list[Step] = []
        for item in steps or ():
            group = _flat(item)
            for step in group:
                for earlier in before:
                    step.run_after(earlier)
            self.extend(group)
            before = group


class Pipeline(metaclass=StandIn):
    """Makes a `runtide.Pipeline`; `experiment.submit` takes it.

    Args:
        workspace: Accepted: it runs where it is submitted.
        steps: Steps, and lists of steps.
        description, default_datastore: Accepted.
        default_source_directory: Refused.
        resolve_closure: Whether the steps that one of `steps` comes after belong to it too.

    Raises:
        CloudOnly: `default_source_directory` is given.
        UsageError: The steps cannot be put in order; see `runtide.Pipeline`.
    """

    of = pipeline.Pipeline

    def __new__(  # type: ignore[misc]  # noqa: D102, PLR0917  # a way to another class, in the retired SDK's order
        cls,
        workspace: object,  # noqa: ARG004  # kept for older scripts
        steps: Sequence[object],
        description: str | None = None,  # noqa: ARG004  # kept for older scripts
        default_datastore: object = None,  # noqa: ARG004  # kept for older scripts
        default_source_directory: object = None,
        resolve_closure: bool = True,
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> pipeline.Pipeline:
        refuse_given(
            "Pipeline",
            _INSTEAD_BY_KEYWORD,
            default_source_directory=default_source_directory,
        )
        found = _flat(steps)
        return pipeline.Pipeline(_with_those_before(found) if resolve_closure else found)


def _flat(item: object) -> list[Any]:
    """Return the steps of a list of steps and lists; what is neither stays, for others to refuse."""
    if not isinstance(item, list | tuple):
        return [item]
    return [step for inner in item for step in _flat(inner)]


def _with_those_before(steps: Sequence[Any]) -> list[Any]:
    """Return the steps, and all that they come after, each once."""
    found: list[Any] = []
    left = list(steps)
    while left:
        step = left.pop(0)
        if step not in found:
            found.append(step)
            left += [earlier for earlier in getattr(step, "after", ()) if isinstance(earlier, Step)]
    return found
