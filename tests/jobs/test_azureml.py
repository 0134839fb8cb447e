"""A sweep and a pipeline of real processes, written for the retired SDK on both sides."""

import importlib
import json
import sys
from pathlib import Path

import pytest

import runtide
import runtide.azureml
from runtide.errors import UsageError
from tests.jobs.running import Site

TRAINING = """
import sys
from azureml.core import Run
Run.get_context().log("accuracy", float(sys.argv[-1]))
"""

READING = """
from azureml.core import Run
print(Run.get_context().get_step_run("train").get_metrics()["accuracy"])
"""


def test_sweep_and_pipeline_are_submitted_and_read_by_the_names_of_the_retired_sdk(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    core = importlib.import_module("azureml.core")
    hyperdrive = importlib.import_module("azureml.train.hyperdrive")
    pipelines = importlib.import_module("azureml.pipeline.core")
    steps = importlib.import_module("azureml.pipeline.steps")
    (tmp_path / "train.py").write_text(TRAINING)
    (tmp_path / "read.py").write_text(READING)
    config = hyperdrive.HyperDriveConfig(
        hyperparameter_sampling=hyperdrive.GridParameterSampling(
            {"--rate": hyperdrive.choice(0.25, 0.5)}
        ),
        primary_metric_name="accuracy",
        primary_metric_goal=hyperdrive.PrimaryMetricGoal.MAXIMIZE,
        max_total_runs=4,
        run_config=core.ScriptRunConfig(source_directory=tmp_path, script="train.py"),
    )
    train = steps.PythonScriptStep("train.py", "train", ["1"], source_directory=tmp_path)
    read = steps.PythonScriptStep("read.py", "read", source_directory=tmp_path)
    read.run_after(train)
    pipeline = pipelines.Pipeline(workspace=experiment.workspace, steps=[read])

    sweep_run = experiment.submit(config)
    pipeline_run = experiment.submit(pipeline)
    ended = [site.ended(run.id)["status"] for run in (sweep_run, pipeline_run)]

    assert ended == ["Completed", "Completed"]
    again = hyperdrive.HyperDriveRun(experiment, sweep_run.id)
    best = again.get_best_run_by_primary_metric()
    assert best.id == f"{sweep_run.id}_1"
    assert best.get_details()["runDefinition"]["arguments"] == ["--rate", "0.5"]
    assert best.get_environment().python.interpreter_path == sys.executable
    unsubmitted = core.Run(experiment, experiment.start_logging().id)
    with pytest.raises(UsageError, match="was not submitted"):
        unsubmitted.get_environment()
    assert json.loads(again.get_hyperparameters()[best.id]) == {"--rate": 0.5}
    assert [
        child["best_primary_metric"] for child in again.get_children_sorted_by_primary_metric()
    ] == [
        0.5,
        0.25,
    ]
    assert again.get_metrics() == {
        f"{sweep_run.id}_{place}": {"accuracy": value} for place, value in enumerate((0.25, 0.5))
    }
    followed = pipelines.PipelineRun(experiment, pipeline_run.id)
    assert [run.get_status() for run in followed.get_steps()] == ["Completed", "Completed"]
    (step_run,) = followed.find_step_run("read")
    assert site.text(step_run.id) == "1.0\n"
    assert followed.find_step_run("none") == []
