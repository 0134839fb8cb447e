"""What an experiment's runs can be filtered, sorted and grouped by."""

from collections.abc import Iterator
from typing import Any

import pytest

from runtide.core.events import (
    ConfigSet,
    PropertiesAdded,
    RunDescribed,
    Strings,
    TagsChanged,
)
from tests.building import points
from tests.system import System, running_system

CONFIG_A = {
    "lr": 0.1,
    "opt": {"name": "sgd", "inner": {"deep": {"deeper": {"deepest": 1}}}},
    "k.v": True,
    "none": None,
    "list": [1, 2],
    "mixed": 3,
}


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Three runs of one experiment, one a child, beside another and an archived one."""
    with running_system(tmp_path_factory.mktemp("fields")) as system:
        system.start_run(
            "a",
            points("loss", 1.0),
            points("odd name", float("nan")),
            Strings(name="phase", n=1, value=["warm-up"], step=[0], ts_us=[1]),
            ConfigSet(ts_us=1, set=CONFIG_A),
            TagsChanged(ts_us=1, set={"team": "a", "n": "1", "flag": None}),
            PropertiesAdded(ts_us=1, set={"commit": "abc"}),
        )
        system.start_run(
            "b",
            points("acc", 1.0),
            points("loss", 1.0),
            ConfigSet(ts_us=1, set={"lr": 0.5, "mixed": "x", "opt": {}}),
            TagsChanged(ts_us=1, set={"team": "a", "n": "2.5", "long": "x" * 101}),
        )
        system.start_run("c", points("mse", 1.0), parent="b")
        system.start_run("other", points("elsewhere", 1.0), experiment="two")
        system.start_run("old", points("past", 1.0), RunDescribed(ts_us=1, archived=True))
        yield system


def fields(system: System, **params: Any) -> dict[str, tuple[str, int, list[str]]]:
    return {
        f"{item['source']}.{item['name']}": (item["kind"], item["run_count"], item["values"])
        for item in system.get("/fields", params={"experiment": "exp", **params})["items"]
    }


def test_every_field_is_told_with_its_kind_its_runs_and_its_values(some: System) -> None:
    assert fields(some) == {
        "config.lr": ("number", 2, ["0.1", "0.5"]),
        "config.mixed": ("text", 2, ["3", "x"]),
        "config.k.v": ("bool", 1, ["true"]),
        "config.list": ("text", 1, ["[1,2]"]),
        "config.opt.inner.deep.deeper": ("text", 1, ['{"deepest":1}']),
        "config.opt.name": ("text", 1, ["sgd"]),
        "config.opt": ("text", 1, ["{}"]),
        "properties.commit": ("text", 1, ["abc"]),
        "tags.n": ("number", 2, ["1", "2.5"]),
        "tags.team": ("text", 2, ["a"]),
        "tags.flag": ("text", 1, [""]),
        "tags.long": ("text", 1, []),
        "metrics.loss": ("number", 2, []),
        "metrics.odd name": ("number", 1, []),
        "metrics.acc": ("number", 1, []),
        "metrics.mse": ("number", 1, []),
    }


def test_fields_come_by_source_and_then_those_of_most_runs_first(some: System) -> None:
    """What is offered first is what most runs have."""
    names = list(fields(some))

    assert names[:2] == ["config.lr", "config.mixed"]
    assert [name for name in names if name.startswith("metrics.")] == [
        "metrics.loss",
        "metrics.odd name",
        "metrics.acc",
        "metrics.mse",
    ]


def test_fields_of_children_are_those_of_the_children(some: System) -> None:
    answer = some.get("/fields", params={"parent": "b"})

    assert [item["name"] for item in answer["items"]] == ["mse"]


def test_fields_of_archived_runs_come_when_asked_for(some: System) -> None:
    assert "metrics.past" in fields(some, archived=True)


def test_fields_beyond_the_limit_are_counted(some: System) -> None:
    """A list that is cut says of how many it shows the first."""
    answer = some.get("/fields", params={"experiment": "exp", "limit": 3})

    assert len(answer["items"]) == 3
    assert answer["total_count"] == 16


def test_experiment_without_runs_has_no_fields(some: System) -> None:
    answer = some.get("/fields", params={"experiment": "nowhere"})

    assert (answer["items"], answer["total_count"]) == ([], 0)


@pytest.mark.parametrize("name", ["config.lr", "config.opt.name", "config.k.v", "tags.n"])
def test_name_of_a_field_is_what_filters_and_orders_take(some: System, name: str) -> None:
    """What the page offers must be what the server understands."""
    found = some.get("/runs", params={"filter": f"{name} != null", "sort": name})["items"]

    assert "a" in [run["run_id"] for run in found]
