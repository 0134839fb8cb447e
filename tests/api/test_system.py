"""What was measured of a run's machines, as the API tells it."""

from collections.abc import Iterator
from typing import Any

import pytest

from runtide.core.columns import encode_column
from runtide.core.events import Scalars, SystemMeasured
from tests.system import CREATED_US, System, running_system

SECOND_US = 1_000_000


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One system for all of them: each test has a run of its own."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running


def measured(name: str, values: list[float], *, host: str = "a", at: int = 0) -> SystemMeasured:
    return SystemMeasured(
        name=name,
        n=len(values),
        value=encode_column(values),
        ts_us=[CREATED_US + at + i * SECOND_US for i in range(len(values))],
        host=host,
    )


def one_series(system: System, path: str) -> dict[str, Any]:
    answer = system.get(path)
    (series,) = answer["series"]
    found: dict[str, Any] = series
    return found


def test_measurements_come_by_host_and_name_in_order_of_time(system: System) -> None:
    system.start_run("both")
    system.start_run("other")
    system.append("both", measured("memory", [3.0], host="b"), measured("cpu", [2.0], at=SECOND_US))
    system.append("both", measured("cpu", [1.0, 0.5]), writer="late")
    system.append("other", measured("cpu", [9.0]))

    answer = system.get("/runs/both/system")

    assert [(one["host"], one["name"], one["value"]) for one in answer["series"]] == [
        ("a", "cpu", [1.0, 2.0, 0.5]),
        ("b", "memory", [3.0]),
    ]
    assert answer["series"][0]["x"] == [CREATED_US, CREATED_US + SECOND_US, CREATED_US + SECOND_US]
    assert answer["position"]


def test_long_series_comes_in_buckets_that_keep_its_spike(system: System) -> None:
    values = [1.0] * 5_000
    values[3_333] = 99.0
    values[4_444] = float("nan")
    system.start_run("long")
    system.append("long", measured("cpu", values))

    series = one_series(system, "/runs/long/system?max_points=50")

    assert (series["kind"], series["n_points"]) == ("buckets", 5_000)
    assert 2 <= series["n"] <= 50
    spike = series["max"].index(99.0)
    assert series["max_x"][spike] == CREATED_US + 3_333 * SECOND_US
    assert sum(series["nonfinite"]) == 1
    assert not {"min_step", "max_step"} & series.keys()


def test_span_holds_its_start_and_not_its_end(system: System) -> None:
    system.start_run("span")
    system.append("span", measured("cpu", [0.0, 1.0, 2.0, 3.0]))
    start, end = CREATED_US + SECOND_US, CREATED_US + 3 * SECOND_US

    series = one_series(system, f"/runs/span/system?start={start}&end={end}")

    assert series["value"] == [1.0, 2.0]


def test_no_measurement_is_a_metric(system: System) -> None:
    """`get_metrics()` gives exactly what was logged, and the same name may be logged too."""
    system.start_run("named")
    scalars = Scalars(name="cpu", n=1, value=[7.0], step=[0], ts_us=[CREATED_US])
    system.append("named", measured("cpu", [1.0]), scalars, measured("memory", [2.0]))

    assert system.get("/runs/named/metrics") == {"cpu": 7.0}
    found = system.get("/runs/named/system")["series"]
    assert [one["name"] for one in found] == ["cpu", "memory"]


def test_run_that_was_not_measured_has_no_series(system: System) -> None:
    system.start_run("bare")
    system.fold_all()

    assert system.get("/runs/bare/system")["series"] == []
    assert system.client.get("/api/v1/runs/nobody/system").status_code == 404
