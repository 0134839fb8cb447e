"""What is read back equals what was logged, in value, type and order."""

import math
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtide.core.columns import Cell, decode_column, encode_column
from runtide.core.events import ChartLogged, ImageLogged, ListLogged, RowsLogged, Strings
from runtide.core.events import Event as AnyEvent
from tests.building import points
from tests.strategies import cells, columns, floats, i64s
from tests.system import System

LOSSLESS = {"accept": "application/vnd.runtide.columns+json"}
SHA = "b" * 64


def texts(name: str, *values: Cell, first_step: int = 0) -> Strings:
    return Strings(
        name=name,
        n=len(values),
        value=encode_column(values),
        step={"range": [first_step, 1]},
        ts_us={"range": [1, 0]},
    )


def listed(name: str, *values: Cell) -> ListLogged:
    return ListLogged(name=name, n=len(values), value=encode_column(values), ts_us=1)


def rows(name: str, n: int, **columns: list[Cell]) -> RowsLogged:
    wire = [{"name": k, "value": encode_column(v)} for k, v in columns.items()]
    return RowsLogged(name=name, n=n, columns=wire, ts_us=1)


def image(name: str, path: str) -> ImageLogged:
    return ImageLogged(
        name=name, path=path, sha256=SHA, size_bytes=3, media_type="image/png", ts_us=1
    )


def entries(system: System, run: str = "r", query: str = "") -> list[dict[str, Any]]:
    body = system.get(f"/runs/{run}/metrics{query}", headers=LOSSLESS)
    assert isinstance(body["position"], str)
    return list(body["runs"][run])


def read_back(system: System, run: str = "r") -> dict[str, Any]:
    """Return values, or columns of them, by name."""
    return {
        entry["name"]: {c["name"]: decode_column(c["value"], entry["n"]) for c in entry["columns"]}
        if entry["kind"] == "table"
        else decode_column(entry["value"], entry["n"])
        for entry in entries(system, run)
    }


def exact(values: list[Cell]) -> list[tuple[type, str]]:
    return [(type(value), repr(value)) for value in values]


_numbers = iter(range(10**9))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(floats | i64s | st.booleans(), min_size=1, max_size=30), columns(), st.data())
def test_every_value_comes_back_in_value_and_type(
    system: System, numbers: list[float | int | bool], column: list[Cell], data: st.DataObject
) -> None:
    run = f"r{next(_numbers)}"
    cell_column = data.draw(st.lists(cells, min_size=len(column), max_size=len(column)))
    system.start_run(
        run,
        points("numbers", *numbers),
        listed("list", *column),
        rows("table", len(column), a=column, b=cell_column),
    )

    got = read_back(system, run)

    assert exact(got["numbers"]) == exact(list(numbers))
    assert exact(got["list"]) == exact(column)
    assert exact(got["table"]["a"]) == exact(column)
    assert exact(got["table"]["b"]) == exact(cell_column)


def test_numbers_and_strings_under_one_name_keep_their_order(system: System) -> None:
    system.start_run("r", points("m", 1, 2.5), texts("m", "x", None, 2**70), points("m", True))

    assert exact(read_back(system)["m"]) == exact([1, 2.5, "x", None, 2**70, True])


def test_order_is_of_logging_and_not_of_steps(system: System) -> None:
    system.start_run("r", points("m", 1.0, first_step=9), points("m", 2.0, first_step=3))

    assert read_back(system)["m"] == [1.0, 2.0]


def test_scalars_and_lists_concatenate(system: System) -> None:
    system.start_run("r", points("m", 1.0), listed("m", 2, "a"), points("m", 3.0))

    (entry,) = entries(system)

    assert entry["kind"] == "scalar"
    assert exact(decode_column(entry["value"], entry["n"])) == exact([1.0, 2, "a", 3.0])


def test_of_conflicting_kinds_the_first_counts(system: System) -> None:
    system.start_run("r", rows("m", 1, x=[1]), points("m", 5.0))

    assert read_back(system) == {"m": {"x": [1]}}


def test_rows_of_different_columns_have_null_where_one_is_missing(system: System) -> None:
    system.start_run("r", rows("t", 1, y=[1], x=["a"]), rows("t", 2, x=["b", "c"], z=[0.5, None]))

    assert read_back(system)["t"] == {
        "y": [1, None, None],
        "x": ["a", "b", "c"],
        "z": [None, 0.5, None],
    }
    assert list(read_back(system)["t"]) == ["y", "x", "z"]


def test_many_blocks_of_one_shape_are_one_table(system: System) -> None:
    blocks = [rows("t", 2, x=[i, i + 1], s=["a", str(i)], c=[None, i]) for i in range(5)]
    system.start_run("r", *blocks)

    got = read_back(system)["t"]

    assert exact(got["x"]) == exact([0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
    assert got["s"] == ["a", "0", "a", "1", "a", "2", "a", "3", "a", "4"]
    assert got["c"] == [None, 0, None, 1, None, 2, None, 3, None, 4]


def test_images_and_charts_are_their_paths(system: System) -> None:
    chart = ChartLogged(
        name="c",
        schema_type="confusion_matrix",
        schema_version="1.0.0",
        path="c.json",
        sha256=SHA,
        size_bytes=2,
        ts_us=1,
    )
    events: list[AnyEvent] = [image("i", "a.png"), image("i", "b.png"), chart]
    system.start_run("r", *events)

    assert read_back(system) == {"i": ["a.png", "b.png"], "c": ["c.json"]}


def test_metrics_come_in_order_of_first_logging(system: System) -> None:
    system.start_run("r", points("z", 1.0), rows("a", 1, x=[1]), points("z", 2.0), listed("m", 1))

    assert [entry["name"] for entry in entries(system)] == ["z", "a", "m"]


def test_plain_json_has_the_shapes_of_get_metrics(system: System) -> None:
    system.start_run(
        "r",
        points("one", 1),
        points("many", 1.0, float("nan"), math.inf, -math.inf),
        texts("huge", 2**70),
        rows("row", 1, x=[1], y=[0.4]),
        rows("table", 2, x=[1, 2], y=["a", None]),
        listed("empty"),
        image("roc", "roc.png"),
    )

    # The standard parser, because integers beyond 64 bits are numbers here.
    assert system.get("/runs/r/metrics") == {
        "one": 1,
        "many": [1.0, "NaN", "Infinity", "-Infinity"],
        "huge": 2**70,
        "row": {"x": 1, "y": 0.4},
        "table": {"x": [1, 2], "y": ["a", None]},
        "empty": [],
        "roc": "roc.png",
    }


def test_one_name_can_be_asked_for(system: System) -> None:
    system.start_run("r", points("a", 1.0), points("b/c d", 2.0))

    assert system.get("/runs/r/metrics", params={"name": "b/c d"}) == {"b/c d": 2.0}
    assert system.get("/runs/r/metrics?name=missing") == {}


def test_recursive_answers_by_run_for_those_that_have_metrics(system: System) -> None:
    system.start_run("p")
    system.start_run("c", points("m", 1.0), parent="p")
    system.start_run("g", points("m", 2.0), parent="c")

    assert system.get("/runs/p/metrics?recursive=true") == {"c": {"m": 1.0}, "g": {"m": 2.0}}
    body = system.get("/runs/p/metrics?recursive=true", headers=LOSSLESS)
    assert {run: len(found) for run, found in body["runs"].items()} == {"p": 0, "c": 1, "g": 1}


@pytest.mark.parametrize("name", ["a b", "q\"u'o\\te", "ünï/🙂", "new\nline", "{x:String}", " "])
def test_any_name_works(system: System, name: str) -> None:
    system.start_run("r", points(name, 1.0), rows(name + "t", 1, x=[2]))

    assert system.get("/runs/r/metrics", params={"name": name}) == {name: 1.0}
    answer = system.post("/series", {"runs": ["r"], "metrics": [name]})
    assert answer["series"][0]["value"] == [1.0]


def test_fresh_waits_for_everything_logged_before(system: System) -> None:
    """Whoever has flushed reads what was flushed, whatever the fold is doing."""
    system.start_run("r", points("m", 1.0))

    answer = system.client.get("/api/v1/runs/r/metrics?fresh=true")

    assert answer.json() == {"m": 1.0}


def test_a_fold_that_is_behind_is_a_problem_with_a_time_to_retry(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.fold, "wait_until", lambda *_, **__: False)
    monkeypatch.setattr(system.fold, "next_offset", lambda _: 0)
    system.append("r", points("m", 1.0))

    answer = system.client.get("/api/v1/runs?fresh=true")

    assert (answer.status_code, answer.json()["code"]) == (503, "fold-behind")
    assert answer.headers["retry-after"] == "1"


def test_a_summary_tells_what_each_metric_is(system: System) -> None:
    system.start_run(
        "r",
        points("loss", 3.0, 1.0, float("nan"), 2.0, ts_us=5),
        points("loss", 1.0, first_step=4, ts_us=9),
        texts("note", "a", "b"),
        listed("list", 1, 2, 3),
        rows("table", 2, x=[1, 2]),
        image("image", "a.png"),
    )

    items = {item["name"]: item for item in system.get("/runs/r/metrics/summary")["items"]}

    assert items["loss"] == {
        "name": "loss",
        "kind": "scalar",
        "count": 5,
        "first": {"step": 0, "ts_us": 5, "value": 3.0},
        "last": {"step": 4, "ts_us": 9, "value": 1.0},
        "min": {"step": 1, "ts_us": 5, "value": 1.0},
        "max": {"step": 0, "ts_us": 5, "value": 3.0},
        "nonfinite": 1,
        "numeric": True,
    }
    assert {name: (i["kind"], i["count"], i["numeric"]) for name, i in items.items()} == {
        "loss": ("scalar", 5, True),
        "note": ("scalar", 2, False),
        "list": ("list", 3, True),
        "table": ("table", 2, False),
        "image": ("image", 1, False),
    }
    assert (items["note"]["first"]["value"], items["note"]["last"]["value"]) == ("a", "b")


def test_ends_of_a_metric_of_numbers_and_texts_are_what_was_logged_there(system: System) -> None:
    """A text of any length takes no more of a summary than a glance."""
    system.start_run(
        "r",
        texts("phase", "long" * 1_000),
        points("phase", 1.0, first_step=1),
        texts("loss", "diverged", first_step=9),
        points("loss", 2.0, first_step=8),
    )

    items = {item["name"]: item for item in system.get("/runs/r/metrics/summary")["items"]}

    assert (items["phase"]["first"]["value"], items["phase"]["last"]["value"]) == ("long" * 64, 1.0)
    assert (items["loss"]["first"]["value"], items["loss"]["last"]["value"]) == (2.0, "diverged")


def test_a_run_without_metrics_has_none(system: System) -> None:
    system.start_run("r")

    assert system.get("/runs/r/metrics") == {}
    assert system.get("/runs/r/metrics/summary")["items"] == []
    assert system.client.get("/api/v1/runs/nope/metrics").status_code == 404


def test_a_hundred_thousand_elements_come_back(system: System) -> None:
    value = [i * 0.5 for i in range(25_000)]
    system.start_run("r", *[listed("m", *value) for _ in range(1)])
    for _ in range(3):
        system.append("r", listed("m", *value))

    assert read_back(system)["m"] == value * 4


def test_lossless_answers_are_plain_json(system: System) -> None:
    system.start_run("r", points("m", 1.0))

    answer = system.client.get("/api/v1/runs/r/metrics?fresh=true", headers=LOSSLESS)

    assert answer.headers["content-type"] == LOSSLESS["accept"]
    assert orjson.loads(answer.content)["runs"]["r"][0]["name"] == "m"
