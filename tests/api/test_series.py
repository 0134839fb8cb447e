"""`POST /series`: every zoom of every length, and no spike is ever lost."""

import math
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from query_api.core import plan
from runtide.core.columns import encode_f64
from runtide.core.events import Scalars
from tests.building import points
from tests.system import CREATED_US, System, running_system

LENGTH = 300_000
SPIKE = 123_457


def noise(at: dict[int, float]) -> np.ndarray:
    """Return numbers from -100 to 100, and the given ones at their steps."""
    values = np.random.default_rng(1).integers(-100, 100, LENGTH).astype(np.float64)
    for step, value in at.items():
        values[step] = value
    return values


VALUES = noise({SPIKE: 5e3, 9: math.nan})


def log_long(system: System, run: str, values: np.ndarray, *, first_step: int = 0) -> None:
    """One point a step and a millisecond."""
    for start in range(0, len(values), 50_000):
        chunk = values[start : start + 50_000]
        step = first_step + start
        event = Scalars(
            name="loss",
            n=len(chunk),
            value=encode_f64(chunk.tolist()),
            step={"range": [step, 1]},
            ts_us={"range": [CREATED_US + step * 1000, 1000]},
        )
        system.append(run, event)


def ask(system: System, **question: Any) -> list[dict[str, Any]]:
    body = {"runs": ["r"], "metrics": ["loss"], **question}
    return list(system.post("/series", body)["series"])


def check_buckets(series: dict[str, Any], x: np.ndarray, values: np.ndarray) -> None:
    """Compare every bucket with the points that lie in it."""
    for i, (start, end) in enumerate(zip(series["x"], series["x_end"], strict=True)):
        held = (x >= start) & (x < end)
        inside, places = values[held], x[held]
        finite = np.isfinite(inside)
        assert series["first_x"][i] == places[0]
        assert series["last_x"][i] == places[-1]
        assert series["min"][i] == inside[finite].min()
        assert series["max"][i] == inside[finite].max()
        assert inside[places == series["min_x"][i]] == series["min"][i]
        assert inside[places == series["max_x"][i]] == series["max"][i]


def test_few_points_come_as_they_are(system: System) -> None:
    system.start_run("r", points("loss", 1.0, float("nan"), 2, ts_us=7))

    assert ask(system) == [
        {
            "run": "r",
            "metric": "loss",
            "kind": "points",
            "n": 3,
            "x": [0, 1, 2],
            "step": [0, 1, 2],
            "ts_us": [7, 7, 7],
            "value": [1.0, "NaN", 2.0],
        }
    ]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with one long series for everybody who only asks."""
    with running_system(tmp_path_factory.mktemp("long")) as system:
        system.start_run("r", created_us=CREATED_US)
        log_long(system, "r", VALUES)
        yield system


@pytest.mark.parametrize("max_points", [2, 10, 100, 1000, 20_000])
def test_buckets_of_steps_are_exact_at_every_width(long: System, max_points: int) -> None:
    """Points answer narrow buckets and rollups wide ones; both must say the same."""
    (series,) = ask(long, max_points=max_points)

    assert series["kind"] == "buckets"
    assert series["n"] <= max_points
    assert series["n_points"] == LENGTH
    assert max(series["max"]) == 5e3
    assert series["max_step"][int(np.argmax(series["max"]))] == SPIKE
    if max_points <= 1000:
        check_buckets(series, np.arange(LENGTH), VALUES)


def test_a_spike_among_millions_is_found_by_the_rollup(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coarser rollup answers when buckets are wide; here it is made to for fewer points."""
    monkeypatch.setattr(plan, "_WIDE_FACTOR", 1)
    values = noise({SPIKE: -7e3, 5: math.nan, 70_000: math.inf})
    system.start_run("r")
    log_long(system, "r", values, first_step=-65_536)

    (series,) = ask(system, max_points=4)

    steps = np.arange(LENGTH) - 65_536
    assert (series["x_end"][0] - series["x"][0]) % 65_536 == 0
    check_buckets(series, steps, values)
    assert series["nonfinite"][0] & 1
    assert 2 in series["nonfinite"] or series["nonfinite"][0] == 3


@pytest.mark.parametrize("start", [0, 1, 100_000, 123_000, 299_000])
@pytest.mark.parametrize("length", [1, 900, 5_000, 150_000])
def test_a_range_holds_what_lies_in_it(long: System, start: int, length: int) -> None:
    got = ask(long, range=[start, start + length])

    end = min(start + length, LENGTH)
    for series in got:
        if series["kind"] == "points":
            assert series["step"] == list(range(start, end))
        else:
            assert series["n_points"] == end - start
            assert min(series["min"]) == np.nanmin(VALUES[start:end])


@pytest.mark.parametrize("x", ["time", "relative"])
@pytest.mark.parametrize("is_long", [False, True], ids=["points", "rollup"])
def test_buckets_of_time_keep_every_extreme(
    long: System, monkeypatch: pytest.MonkeyPatch, x: str, is_long: bool
) -> None:
    if is_long:
        monkeypatch.setattr("query_api.core.plan.TIME_RAW_POINTS_MAX", 50_000)
        monkeypatch.setattr("query_api.reads.series.TIME_RAW_POINTS_MAX", 50_000)
    origin = CREATED_US if x == "time" else 0

    (whole,) = ask(long, x=x)
    # The lowest point just outside of the range must not hide the lowest within.
    (part,) = ask(long, x=x, range=[origin + 50_000_500, origin + 200_000_500])
    outside = ask(long, x=x, range=[origin - 10, origin])
    (few,) = ask(long, x=x, range=[origin + 1_000_000, origin + 1_500_000])

    at = int(np.argmax(whole["max"]))
    assert whole["n"] <= 1000
    assert (whole["max"][at], whole["max_step"][at]) == (5e3, SPIKE)
    assert whole["max_x"][at] == origin + SPIKE * 1000
    assert whole["nonfinite"][0] == 1
    assert part["n_points"] == 150_000
    assert min(part["min"]) == VALUES[50_001:200_001].min()
    assert max(part["max"]) == 5e3
    assert part["first_x"][0] == origin + 50_001_000
    assert outside == []
    assert (few["kind"], few["n"]) == ("points", 500)


def test_points_of_several_writers_at_one_step_are_all_there(system: System) -> None:
    """Each rank of a parallel training logs the same steps; order is of logging."""
    system.start_run("r")
    for value in (3.0, 1.0, 2.0):
        system.append("r", points("loss", value, value * 10), writer=f"rank-{value}")

    (series,) = ask(system)

    assert series["step"] == [0, 0, 0, 1, 1, 1]
    assert series["value"] == [3.0, 1.0, 2.0, 30.0, 10.0, 20.0]


def test_many_series_come_by_run_and_metric(system: System) -> None:
    runs = [f"r{i}" for i in range(20)]
    for run in runs:
        system.start_run(run, points("a", 1.0, 2.0), points("b", *([0.0] * 3000)))

    got = ask(system, runs=[*runs, "missing"], metrics=["b", "a", "c"])

    assert [(s["run"], s["metric"]) for s in got] == sorted((r, m) for r in runs for m in "ab")
    assert {s["kind"] for s in got if s["metric"] == "b"} == {"buckets"}
    assert {s["x_end"][0] - s["x"][0] for s in got if s["metric"] == "b"} == {4}


def test_packed_columns_hold_the_same_numbers(system: System) -> None:
    system.start_run("r", points("loss", *[float(i) for i in range(3000)], float("nan")))
    (plain,) = ask(system)
    (packed,) = ask(system, encoding="columns")

    for name, column in plain.items():
        if isinstance(column, list):
            ((kind, text),) = packed[name].items()
            numbers = np.frombuffer(b64decode(text), {"f64": "<f8", "i64": "<i8"}[kind])
            absent = {"f64": math.nan, "i64": 0.0}[kind]
            want = [absent if v is None else float(v) for v in column]
            assert np.array_equal(numbers.astype(float), want, equal_nan=True)


def test_an_arrow_stream_holds_the_same_numbers_in_long_form(system: System) -> None:
    system.start_run("r", points("loss", 1.0, 2.0), points("many", *([0.0] * 3000)))
    system.fold_all()

    answer = system.client.post(
        "/api/v1/series",
        json={"runs": ["r"], "metrics": ["loss", "many"]},
        headers={"accept": "application/vnd.apache.arrow.stream"},
    )

    table = pa.ipc.open_stream(answer.content).read_all()
    first = table.slice(0, 2).to_pydict()
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    assert answer.headers["runtide-position"] == "0:1"
    assert (first["metric"], first["step"], first["value"]) == (["loss"] * 2, [0, 1], [1.0, 2.0])
    assert table.num_rows == 2 + 1000
    assert set(table.slice(2).to_pydict()["kind"]) == {"buckets"}


def test_nothing_asked_is_nothing_answered(system: System) -> None:
    assert ask(system, runs=[]) == []
    assert ask(system) == []


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ({"max_points": 1}, "max_points"),
        ({"range": [2, 1]}, "turn it round"),
        ({"range": [1]}, "range"),
        ({"range": [0, 2**63]}, "range"),
        ({"runs": ["r"] * 1001}, "runs"),
        ({"runs": ["r"] * 500, "metrics": ["m"] * 500}, "ask in parts"),
        ({"metrics": [1]}, "metrics"),
        ({"metrics": "loss"}, "metrics"),
        ({"x": "epoch"}, "relative"),
        ({"encoding": "csv"}, "columns"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_question_names_the_value_and_the_remedy(
    system: System, question: dict[str, Any], word: str
) -> None:
    body = {"runs": ["r"], "metrics": ["loss"], **question}

    answer = system.client.post("/api/v1/series", json=body)

    assert answer.status_code == 422
    assert word in answer.json()["detail"]
