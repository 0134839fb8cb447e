"""What the retired SDK's sweeps come to: a sweep of ours, and its results in the SDK's shapes."""

import importlib
import json
import math
from pathlib import Path
from typing import Any

import pytest

import runtide
import runtide.azureml
from runtide.azureml.refusals import CloudOnly
from runtide.azureml.sweep_results import result_documents
from runtide.client.sweep_run import SweepResult
from runtide.errors import UsageError
from runtide.submit import distributions

hyperdrive = importlib.import_module("azureml.train.hyperdrive")

GRID = {"--lr": hyperdrive.choice(0.1, 0.2), "depth": hyperdrive.choice(range(2))}


def configured(tmp_path: Path, sampling: Any, **more: Any) -> Any:
    (tmp_path / "train.py").touch()
    core = importlib.import_module("azureml.core")
    given = {
        "run_config": core.ScriptRunConfig(tmp_path, "train.py", ["--epochs", 2]),
        "hyperparameter_sampling": sampling,
        "primary_metric_name": "accuracy",
        "primary_metric_goal": hyperdrive.PrimaryMetricGoal.MAXIMIZE,
        "max_total_runs": 3,
    }
    return hyperdrive.HyperDriveConfig(**(given | more))


@pytest.mark.parametrize(
    ("name", "arguments", "same"),
    [
        ("choice", ([1, 2],), distributions.choice(1, 2)),
        ("randint", (4,), distributions.randint(0, 4)),
        ("uniform", (0, 1), distributions.uniform(0, 1)),
        ("quniform", (0, 1, 0.5), distributions.uniform(0, 1, q=0.5)),
        ("loguniform", (-3, -1), distributions.loguniform(math.exp(-3), math.exp(-1))),
        ("qloguniform", (0, 1, 2), distributions.loguniform(1, math.e, q=2)),
        ("normal", (1, 2), distributions.normal(1, 2)),
        ("qnormal", (1, 2, 3), distributions.normal(1, 2, q=3)),
        ("lognormal", (1, 2), distributions.lognormal(1, 2)),
        ("qlognormal", (1, 2, 3), distributions.lognormal(1, 2, q=3)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parameter_expression_is_a_distribution_of_ours(
    name: str, arguments: tuple[Any, ...], same: object
) -> None:
    assert getattr(hyperdrive, name)(*arguments) == same


def test_bound_without_an_exponential_is_refused() -> None:
    """The bounds of the retired SDK are logarithms; ours are not."""
    with pytest.raises(UsageError, match=r"bound 1000 .*: want the natural logarithm"):
        hyperdrive.loguniform(0, 1000)


def test_grid_is_every_combination_with_its_names_as_they_are(tmp_path: Path) -> None:
    sampling = hyperdrive.GridParameterSampling(GRID)

    sweep = configured(tmp_path, sampling)

    assert isinstance(sweep, runtide.Sweep)
    assert isinstance(sweep, hyperdrive.HyperDriveConfig)
    assert sweep.plan().draws == [
        {"--lr": 0.1, "depth": 0},
        {"--lr": 0.1, "depth": 1},
        {"--lr": 0.2, "depth": 0},
    ]


def test_grid_of_something_else_than_choices_is_refused() -> None:
    with pytest.raises(UsageError, match="parameter 'lr' of a grid is Uniform"):
        hyperdrive.GridParameterSampling({"lr": hyperdrive.uniform(0, 1)})


def test_random_choices_are_drawn_and_not_listed(tmp_path: Path) -> None:
    """In a grid of the same space the first draws would be the smallest."""
    sampling = hyperdrive.RandomParameterSampling({"i": hyperdrive.choice(range(1000))})

    sweep = configured(tmp_path, sampling)
    sweep.seed = 1

    draws = [draw["i"] for draw in sweep.plan().draws]
    assert len(draws) == 3
    assert draws != [0, 1, 2]


def test_everything_of_a_configuration_is_in_the_sweep(tmp_path: Path) -> None:
    policy = hyperdrive.BanditPolicy(2, slack_factor=0.1, delay_evaluation=5)

    sweep = configured(
        tmp_path,
        hyperdrive.GridParameterSampling(GRID),
        max_concurrent_runs=2,
        max_duration_minutes=3,
        policy=policy,
    )

    plan = sweep.plan()
    assert plan.script.command == ["python", "train.py", "--epochs", "2"]
    assert plan.script.variables["RUNTIDE_AZUREML"]
    wanted = {
        "metric": "accuracy",
        "goal": "maximize",
        "concurrency": 2,
        "duration_s_max": 180.0,
        "early_stop": {
            "kind": "bandit",
            "interval": 2,
            "slack_factor": 0.1,
            "slack_amount": None,
            "delay": 5,
        },
    }
    assert {name: plan.document[name] for name in wanted} == wanted
    # It is written down before it begins.
    assert json.loads(json.dumps(plan.document)) == plan.document


def test_sweep_ends_after_a_week_and_stops_no_child_by_itself(tmp_path: Path) -> None:
    document = configured(tmp_path, hyperdrive.GridParameterSampling(GRID)).plan().document

    assert (document["duration_s_max"], document["early_stop"]) == (604_800, None)


def test_policies_are_rules_of_ours() -> None:
    bandit = hyperdrive.BanditPolicy(slack_amount=0.5)
    median = hyperdrive.MedianStoppingPolicy(evaluation_interval=2, delay_evaluation=5)

    assert bandit == runtide.Bandit(slack_amount=0.5)
    assert median == runtide.MedianStopping(interval=2, delay=5)
    assert hyperdrive.NoTerminationPolicy() is None
    assert isinstance(median, hyperdrive.MedianStoppingPolicy)
    assert not isinstance(median, hyperdrive.BanditPolicy)


@pytest.mark.parametrize("keyword", ["estimator", "pipeline", "resume_from", "resume_child_runs"])
def test_configuration_of_the_cloud_is_refused(tmp_path: Path, keyword: str) -> None:
    with pytest.raises(CloudOnly, match=rf"HyperDriveConfig\({keyword}=…\)`"):
        configured(tmp_path, hyperdrive.GridParameterSampling(GRID), **{keyword: object()})


def test_random_properties_are_refused() -> None:
    with pytest.raises(CloudOnly, match="set the `seed` of the sweep"):
        hyperdrive.RandomParameterSampling({}, properties={"seed": 1})


def test_configuration_without_a_script_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run_config is None"):
        configured(tmp_path, hyperdrive.GridParameterSampling(GRID), run_config=None)


RESULTS = [
    SweepResult("run_1", "Completed", {"--lr": 0.2}, 0.9),
    SweepResult("run_0", "Failed", {"--lr": 0.1}, 0.5),
    SweepResult("run_2", "Queued", {"--lr": 0.3}, None),
]


def test_result_has_the_shape_of_the_retired_sdk() -> None:
    """Its scripts read the parameters from JSON."""
    found = result_documents(RESULTS, top=1, reverse=False, discard_no_metric=False)

    assert found == [
        {
            "run_id": "run_1",
            "hyperparameters": '{"--lr": 0.2}',
            "best_primary_metric": 0.9,
            "status": "Completed",
        }
    ]


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({}, [1, 0, 2]),
        ({"reverse": True}, [0, 1, 2]),
        ({"discard_no_metric": True}, [1, 0]),
        ({"top": 2, "reverse": True}, [0, 1]),
    ],
)
def test_results_without_a_value_are_last_or_left_out(
    options: dict[str, Any], order: list[int]
) -> None:
    given = {"top": 0, "reverse": False, "discard_no_metric": False} | options

    found = result_documents(RESULTS, **given)

    assert [child["run_id"] for child in found] == [f"run_{place}" for place in order]


def test_run_of_a_sweep_is_ours_with_the_names_of_the_retired_sdk() -> None:
    run_class = hyperdrive.HyperDriveRun

    assert run_class is runtide.SweepRun
    assert run_class.get_children_sorted_by_primary_metric  # type: ignore[attr-defined]  # an addition
    assert run_class.get_hyperparameters  # type: ignore[attr-defined]  # an addition
