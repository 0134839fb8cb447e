"""What the retired SDK's pipelines come to: a pipeline of ours."""

import importlib
from pathlib import Path
from typing import Any

import pytest

import runtide
import runtide.azureml
from runtide.azureml.refusals import CloudOnly
from runtide.errors import UsageError

core = importlib.import_module("azureml.pipeline.core")
steps = importlib.import_module("azureml.pipeline.steps")


def step(name: str, **more: Any) -> Any:
    return steps.PythonScriptStep(name=name, script_name="train.py", **more)


def shape(pipeline: runtide.Pipeline) -> dict[str, list[str]]:
    """Return what each step comes after."""
    return {one.name: one.names_before() for one in pipeline.steps}


def test_step_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()

    made = step("train", arguments=["--lr", 0.1], source_directory=tmp_path, compute_target="gpu")

    assert isinstance(made, runtide.Step)
    assert isinstance(made, steps.PythonScriptStep)
    plan = made.config.plan()
    assert plan.command == ["python", "train.py", "--lr", "0.1"]
    assert (plan.source, plan.target) == (tmp_path, "gpu")
    assert plan.variables["RUNTIDE_AZUREML"]


def test_step_without_a_name_has_that_of_its_script() -> None:
    assert steps.PythonScriptStep("train.py").name == "train.py"


def test_steps_share_a_configuration_and_not_a_compute_target(tmp_path: Path) -> None:
    """What one step says of itself must not move another one."""
    (tmp_path / "train.py").touch()
    shared = runtide.RunConfiguration()
    shared.environment_variables["A"] = "1"

    made = [
        step(name, source_directory=tmp_path, compute_target=name, runconfig=shared)
        for name in ("a", "b")
    ]

    plans = [one.config.plan() for one in made]
    assert [(plan.target, plan.variables["A"]) for plan in plans] == [("a", "1"), ("b", "1")]
    assert shared.target == "local"


@pytest.mark.parametrize("keyword", ["runconfig_pipeline_params", "inputs", "outputs", "params"])
def test_step_of_the_cloud_is_refused(keyword: str) -> None:
    with pytest.raises(CloudOnly, match=rf"PythonScriptStep\({keyword}=…\)`"):
        step("a", **{keyword: [object()]})


def test_step_without_inputs_is_not_refused() -> None:
    assert step("a", inputs=[], outputs=[], allow_reuse=False).name == "a"


def test_pipeline_has_the_steps_that_its_steps_come_after() -> None:
    """Scripts name the last one, and rely on the others being found."""
    prepare, train, publish = step("prepare"), step("train"), step("publish")
    train.run_after(prepare)
    publish.run_after(train)

    pipeline = core.Pipeline(None, [publish])

    assert isinstance(pipeline, runtide.Pipeline)
    assert isinstance(pipeline, core.Pipeline)
    assert shape(pipeline) == {"publish": ["train"], "train": ["prepare"], "prepare": []}
    with pytest.raises(UsageError, match="comes after 'train', which is no step"):
        core.Pipeline(None, [publish], resolve_closure=False)


def test_step_of_two_lists_is_in_the_pipeline_once() -> None:
    a, b = step("a"), step("b")

    assert shape(core.Pipeline(workspace=None, steps=[a, [b, a]])) == {"a": [], "b": []}


def test_sequence_runs_a_list_at_once_and_then_the_next() -> None:
    a, b, c, d = (step(name) for name in "abcd")

    pipeline = core.Pipeline(None, steps=core.StepSequence(steps=[[a, b], c, d]))

    assert shape(pipeline) == {"a": [], "b": [], "c": ["a", "b"], "d": ["c"]}


def test_validation_finds_a_circle_that_was_made_later() -> None:
    a, b = step("a"), step("b")
    pipeline: Any = core.Pipeline(None, [a, b])
    assert pipeline.validate() == []

    a.run_after(b)
    b.run_after(a)

    with pytest.raises(UsageError, match="in a circle"):
        pipeline.validate()


def test_what_is_no_step_is_refused() -> None:
    with pytest.raises(UsageError, match="want a `Step`"):
        core.Pipeline(None, ["a"])


def test_folder_for_every_step_is_refused() -> None:
    with pytest.raises(CloudOnly, match="give each step its `source_directory`"):
        core.Pipeline(None, [step("a")], default_source_directory="src")


def test_run_of_a_pipeline_is_ours_with_the_names_of_the_retired_sdk() -> None:
    assert core.PipelineRun is runtide.PipelineRun
    assert core.PipelineRun.find_step_run  # type: ignore[attr-defined]  # an addition
    assert core.PipelineRun.get_steps  # type: ignore[attr-defined]  # an addition
