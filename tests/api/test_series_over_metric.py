"""`POST /series` with a metric as x: one metric over another, and no spike is ever lost."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from query_api.reads import by_metric
from runtide.core.columns import encode_f64
from runtide.core.events import Scalars
from tests.building import points
from tests.system import CREATED_US, System

LENGTH = 30_000
SPIKE = 12_345


def ask(system: System, **question: Any) -> list[dict[str, Any]]:
    body = {"runs": ["r"], "metrics": ["loss"], "x": {"metric": "epoch"}, **question}
    return list(system.post("/series", body)["series"])


def column(name: str, values: np.ndarray) -> Scalars:
    return Scalars(
        name=name,
        n=len(values),
        value=encode_f64(values.tolist()),
        step={"range": [0, 1]},
        ts_us={"range": [CREATED_US, 1000]},
    )


def test_points_stand_where_the_other_metric_was_at_their_step(system: System) -> None:
    system.start_run(
        "r", points("loss", 4.0, 3.0, 2.0, 1.0, ts_us=7), points("epoch", 0.0, 0.5, 1.0)
    )

    assert ask(system) == [
        {
            "run": "r",
            "metric": "loss",
            "kind": "points",
            "n_without_x": 1,
            "n": 3,
            "x": [0.0, 0.5, 1.0],
            "step": [0, 1, 2],
            "ts_us": [7, 7, 7],
            "value": [4.0, 3.0, 2.0],
        }
    ]


def test_the_value_logged_last_at_a_step_counts(system: System) -> None:
    system.start_run("r", points("loss", 1.0, 2.0), points("epoch", 5.0, math.nan))
    system.append("r", points("epoch", 9.0))

    (series,) = ask(system)

    assert (series["x"], series["value"]) == ([9.0], [1.0])
    assert series["n_without_x"] == 1


def test_runs_are_not_joined_with_each_other(system: System) -> None:
    for i in range(20):
        system.start_run(f"r{i}", points("loss", float(i)), points("epoch", float(-i)))
    system.start_run("bare", points("loss", 1.0))

    got = ask(system, runs=["bare", *(f"r{i}" for i in range(20))])

    assert {s["run"]: (s["x"], s["value"]) for s in got} == {
        f"r{i}": ([-float(i)], [float(i)]) for i in range(20)
    }


@pytest.mark.parametrize("batch_points", [1_000_000, 7_000], ids=["at once", "in pieces"])
@pytest.mark.parametrize("max_points", [2, 100, 1000])
def test_buckets_keep_every_extreme(
    system: System, monkeypatch: pytest.MonkeyPatch, max_points: int, batch_points: int
) -> None:
    """A falling x turns the order of steps round; the spike and the NaN must survive it."""
    monkeypatch.setattr(by_metric, "RAW_BATCH_POINTS", batch_points)
    values = np.random.default_rng(1).integers(-100, 100, LENGTH).astype(np.float64)
    values[SPIKE], values[9] = 5e3, math.nan
    x = np.linspace(30.0, -1.0, LENGTH)
    system.start_run("r", column("loss", values), column("epoch", x), created_us=CREATED_US)

    (series,) = ask(system, max_points=max_points)

    assert (series["kind"], series["n_points"]) == ("buckets", LENGTH)
    assert series["n"] <= max_points
    at = int(np.argmax(series["max"]))
    assert (series["max_x"][at], series["max_step"][at]) == (x[SPIKE], SPIKE)
    for i, (start, end) in enumerate(zip(series["x"], series["x_end"], strict=True)):
        held = values[(x >= start) & (x < end)]
        assert series["min"][i] == np.nanmin(held)
        assert series["max"][i] == np.nanmax(held)
        assert series["nonfinite"][i] == int(np.isnan(held).any())
        assert series["first"][i] == held[-1]


@pytest.mark.parametrize("batch_points", [1_000_000, 7_000], ids=["at once", "in pieces"])
def test_a_range_of_values_is_read_in_detail(
    system: System, monkeypatch: pytest.MonkeyPatch, batch_points: int
) -> None:
    monkeypatch.setattr(by_metric, "RAW_BATCH_POINTS", batch_points)
    x = np.arange(LENGTH) / 1000
    system.start_run("r", column("loss", np.arange(LENGTH, dtype=float)), column("epoch", x))

    (series,) = ask(system, range=[9.9995, 10.25])
    nowhere = ask(system, range=[99.5, 100])

    assert series["kind"] == "points"
    assert (series["step"][0], series["step"][-1]) == (10_000, 10_249)
    assert nowhere == []


def test_series_that_share_no_step_are_not_there(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.start_run("r", points("loss", *([1.0] * 50)), points("epoch", 1.0, first_step=50))
    assert ask(system) == []

    monkeypatch.setattr(by_metric, "RAW_BATCH_POINTS", 10)
    assert ask(system) == []


def test_a_metric_over_itself_is_a_diagonal(system: System) -> None:
    system.start_run("r", points("epoch", 1.0, 2.0))

    (series,) = ask(system, metrics=["epoch"])

    assert series["x"] == series["value"] == [1.0, 2.0]


def test_an_arrow_stream_has_places_as_floats(system: System) -> None:
    system.start_run("r", points("loss", 1.0, 2.0), points("epoch", 0.25, 0.5))
    system.fold_all()

    answer = system.client.post(
        "/api/v1/series",
        json={"runs": ["r"], "metrics": ["loss"], "x": {"metric": "epoch"}},
        headers={"accept": "application/vnd.apache.arrow.stream"},
    )

    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.column("x").to_pylist() == [0.25, 0.5]
    assert table.schema.field("first_x").type == pa.float64()


def test_a_fraction_of_a_step_is_refused_with_the_remedy(system: System) -> None:
    body = {"runs": ["r"], "metrics": ["loss"], "range": [0.5, 2]}

    answer = system.client.post("/api/v1/series", json=body)

    assert answer.status_code == 422
    assert "round it to whole numbers" in answer.json()["detail"]
