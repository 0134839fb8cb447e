"""`RunDetails` where it is called, and what it needs to be imported."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

import runtide
from runtide.errors import UsageError
from runtide.widget import RunDetails
from runtide.widget.document import widget_document
from runtide.widget.record import PrimaryMetric, RunRecord, best_child, find_primary_metric
from tests.unit.widget.records import Record


def test_outside_of_a_notebook_show_prints_one_line_and_returns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The retired SDK's widget blocked a script for ever."""
    run = runtide.Workspace.get("default", home=tmp_path).experiment("exp")
    attached = runtide.Run.attached(run, "calm-reef")

    RunDetails(attached).show(widget_settings={"debug": True})

    (line,) = capsys.readouterr().out.splitlines()
    assert line == "RunDetails('calm-reef') needs a notebook: start `runtide up` to see the run"


def test_anything_but_a_run_is_refused() -> None:
    with pytest.raises(UsageError, match="want a run"):
        RunDetails(cast("runtide.Run", "calm-reef"))


def test_import_needs_no_package_of_notebooks() -> None:
    code = "import sys, runtide.widget; print({'anywidget', 'IPython'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_document_has_the_names_of_the_retired_sdk() -> None:
    record = Record()
    record.status = "Completed"

    document = widget_document(cast("RunRecord", record), {})

    assert document["status"] == document["run_properties"]["status"] == "Completed"
    assert document["workbench_run_details_uri"].endswith("/runs/calm-reef")
    assert document["run_properties"]["run_duration"] == "0:00:02"
    assert document["run_metrics"] == [
        {
            "name": "loss",
            "run_id": "calm-reef",
            "categories": [0, 1],
            "series": [{"data": [3.0, 2.0]}],
        }
    ]
    assert document["loading"] is False


@pytest.mark.parametrize(
    ("properties", "settings", "primary"),
    [
        ({}, {}, None),
        ({"runtide.sweep.metric": "acc"}, {}, PrimaryMetric("acc", "maximize")),
        (
            {"runtide.sweep.metric": "mse", "runtide.sweep.goal": "minimize"},
            {},
            PrimaryMetric("mse", "minimize"),
        ),
        (
            {"runtide.sweep.metric": "mse", "runtide.sweep.goal": "minimize"},
            {"primary_metric": "acc"},
            PrimaryMetric("acc", "maximize"),
        ),
    ],
)
def test_primary_metric_is_the_settings_or_the_runs(
    properties: dict[str, str], settings: dict[str, Any], primary: PrimaryMetric | None
) -> None:
    assert find_primary_metric({"properties": properties}, settings) == primary


@pytest.mark.parametrize(("goal", "best"), [("minimize", ("b", 0.5)), ("maximize", ("a", 9.0))])
def test_best_child_is_the_one_that_reached_the_best_value(
    goal: str, best: tuple[str, float]
) -> None:
    children = [
        {"run_id": "a", "metrics": {"m": {"min": 1.0, "max": 9.0}}},
        {"run_id": "b", "metrics": {"m": {"min": 0.5, "max": 2.0}}},
        {"run_id": "text", "metrics": {"m": {"min": None, "max": None}}},
        {"run_id": "none", "metrics": {}},
    ]

    found = best_child(children, PrimaryMetric("m", goal))

    assert found is not None
    assert (found[0]["run_id"], found[1]) == best
