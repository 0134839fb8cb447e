"""Runs and experiments: lists, filters, orders, pages."""

from collections.abc import Iterator
from typing import Any

import pytest

from runtide.core.events import (
    ConfigSet,
    PropertiesAdded,
    RunDescribed,
    StateChanged,
    TagsChanged,
)
from tests.building import points
from tests.system import CREATED_US, System, running_system


def ids(system: System, query: str = "") -> list[str]:
    return [run["run_id"] for run in system.get(f"/runs{query}")["items"]]


def start_several(system: System) -> None:
    """Three runs that differ in everything that can be asked for."""
    system.start_run(
        "ridge-1",
        points("loss", 3.0, 1.0),
        points("odd name", 1.0),
        TagsChanged(ts_us=1, set={"team": "a", "k:v": None}),
        PropertiesAdded(ts_us=1, set={"commit": "abc"}),
        ConfigSet(
            ts_us=1, set={"lr": 0.1, "opt": {"name": "sgd"}, "deep.key": True, "a.b": {"c": 7}}
        ),
        experiment="one",
        name="Ridge first",
        created_us=CREATED_US,
    )
    system.start_run(
        "ridge-2",
        points("loss", 5.0, 0.5),
        TagsChanged(ts_us=1, set={"team": "b", "n": "12"}),
        StateChanged(status="Failed", ts_us=CREATED_US + 90, reason="oh", error={"message": "no"}),
        ConfigSet(ts_us=1, set={"lr": 0.5}),
        experiment="one",
        created_us=CREATED_US + 10,
        run_type="sweep",
    )
    system.start_run("lasso", experiment="two", created_us=CREATED_US + 20)


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of these runs for everybody who only asks."""
    with running_system(tmp_path_factory.mktemp("several")) as system:
        start_several(system)
        yield system


def test_runs_come_newest_first(several: System) -> None:
    assert ids(several) == ["lasso", "ridge-2", "ridge-1"]


def test_a_run_is_told_whole(several: System) -> None:
    run = several.get("/runs/ridge-2?metrics=loss")

    assert run["position"] == "0:3"
    assert run["number"] == 2
    assert (run["status"], run["status_reason"], run["error"]) == (
        "Failed",
        "oh",
        {"message": "no"},
    )
    assert (run["started_us"], run["ended_us"]) == (CREATED_US + 11, CREATED_US + 90)
    assert run["tags"] == {"team": "b", "n": "12"}
    assert run["config"] == {"lr": 0.5}
    assert run["parent_id"] is None
    assert run["metrics"] == {
        "loss": {"first": 5.0, "last": 0.5, "min": 0.5, "max": 5.0, "last_step": 1}
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?experiment=one", ["ridge-2", "ridge-1"]),
        ("?status=Failed,Queued", ["ridge-2"]),
        ("?tag=team", ["ridge-2", "ridge-1"]),
        ("?tag=team:a", ["ridge-1"]),
        ("?tag=k:v", ["ridge-1"]),
        ("?tag=team&tag=n:12", ["ridge-2"]),
        ("?property=commit:abc", ["ridge-1"]),
        ("?run_type=sweep", ["ridge-2"]),
        ("?sort=name", ["ridge-1", "lasso", "ridge-2"]),
        ("?sort=metrics.loss.last", ["ridge-2", "ridge-1", "lasso"]),
        ("?sort=-metrics.loss.last", ["ridge-1", "ridge-2", "lasso"]),
        ("?sort=config.lr", ["ridge-1", "ridge-2", "lasso"]),
        ("?sort=-config.lr", ["ridge-2", "ridge-1", "lasso"]),
        ("?sort=config.opt.name", ["ridge-1", "lasso", "ridge-2"]),
        ("?sort=-tags.team", ["ridge-2", "ridge-1", "lasso"]),
        ("?sort=properties.commit", ["ridge-1", "lasso", "ridge-2"]),
        ("?experiment=one&sort=-duration", ["ridge-2", "ridge-1"]),
    ],
)
def test_runs_are_found_and_sorted(several: System, query: str, found: list[str]) -> None:
    assert ids(several, query) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("status = Running", ["lasso", "ridge-1"]),
        ("not status = Running", ["ridge-2"]),
        ("status = running", ["lasso", "ridge-1"]),
        ("status != 'not responding'", ["lasso", "ridge-2", "ridge-1"]),
        ("status ~ fail", ["ridge-2"]),
        ('status = running and metrics.loss.last < 2 and tags.team = "a"', ["ridge-1"]),
        ("duration > 0.00007 and status = failed", ["ridge-2"]),
        ("name ~ RIDGE", ["ridge-2", "ridge-1"]),
        ("name > s or name = lasso", ["lasso"]),
        ("metrics.loss.last < 1", ["ridge-2"]),
        ("metrics.loss.max >= 3 and metrics.loss.min = 1", ["ridge-1"]),
        ('metrics."odd name".first = 1', ["ridge-1"]),
        ("metrics.loss.last = null", ["lasso"]),
        ("metrics.loss.last != null", ["ridge-2", "ridge-1"]),
        ('tags.team = "a"', ["ridge-1"]),
        ("tags.team != a", ["ridge-2"]),
        ("tags.n > 3", ["ridge-2"]),
        ("tags.team = null", ["lasso"]),
        ("properties.commit ~ B", ["ridge-1"]),
        ("config.lr >= 0.2", ["ridge-2"]),
        ("config.opt.name = sgd", ["ridge-1"]),
        ("config.deep.key = true", ["ridge-1"]),
        ("config.a.b.c = 7", ["ridge-1"]),
        ("config.lr = null", ["lasso"]),
        ("ended != null", ["ridge-2"]),
        ("run_type = sweep and archived = false", ["ridge-2"]),
        (f"created > {CREATED_US + 5}", ["lasso", "ridge-2"]),
        ('created > "2026-11-23"', ["lasso", "ridge-2", "ridge-1"]),
        ('created > "2026-11-24"', []),
        ("config.lr > nan", []),
        (r"name = 'it\'s \\ \" %s {x:String}'", []),
    ],
)
def test_a_filter_finds_what_it_says(several: System, text: str, found: list[str]) -> None:
    items = several.get("/runs", params={"filter": text})["items"]

    assert [run["run_id"] for run in items] == found


def test_pages_neither_repeat_nor_miss_runs_while_others_start(system: System) -> None:
    """An offset would show a run twice for each one that was inserted before it."""
    for i in range(6):
        system.start_run(f"r{i}", points("loss", float(i % 2)), created_us=CREATED_US + i)
    seen: list[str] = []
    page: dict[str, Any] = system.get("/runs?limit=2")
    while True:
        seen += [run["run_id"] for run in page["items"]]
        if page["next_cursor"] is None:
            break
        system.start_run(f"new-{len(seen)}", created_us=CREATED_US + 100 + len(seen))
        page = system.get("/runs", params={"limit": 2, "cursor": page["next_cursor"]})

    assert seen == [f"r{i}" for i in range(5, -1, -1)]


@pytest.mark.parametrize(
    "sort",
    [
        "metrics.loss.last",
        "-metrics.loss.last",
        "name",
        "-status",
        "duration",
        "tags.mixed",
        "-tags.mixed",
    ],
)
def test_pages_of_equal_and_missing_values_are_whole(system: System, sort: str) -> None:
    start_several(system)
    for run, loss, mixed in [
        ("a", float("nan"), "12"),
        ("b", 0.5, "x"),
        ("c", 0.5, "3"),
        ("d", 0.5, "nan"),
        ("e", 0.5, "x"),
        ("f", 0.5, "12.0"),
    ]:
        tags = TagsChanged(ts_us=1, set={"mixed": mixed})
        system.start_run(run, points("loss", loss), tags, created_us=CREATED_US)
    whole = ids(system, f"?sort={sort}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = system.get("/runs", params={"limit": 1, "sort": sort, "cursor": cursor})
        seen += [run["run_id"] for run in page["items"]]
        cursor = page["next_cursor"]

    assert seen == whole
    assert len(whole) == 9


def test_entries_sort_by_number_then_as_text(system: System) -> None:
    """A tag is text; that `12` is more than `3` is what a person means all the same."""
    for run, tag in [("a", "12"), ("b", "x"), ("c", "3"), ("d", None)]:
        system.start_run(run, TagsChanged(ts_us=1, set={"n": tag} if tag else {"other": "1"}))

    assert ids(system, "?sort=tags.n") == ["c", "a", "b", "d"]


def test_first_page_says_how_many_there_are(several: System) -> None:
    """A table knows its length before it has all of it."""
    first = several.get("/runs?limit=2")
    second = several.get("/runs", params={"limit": 2, "cursor": first["next_cursor"]})
    found = several.get("/runs", params={"filter": "status = failed"})

    counts = [page["total_count"] for page in (first, second, found)]
    assert counts == [3, None, 1]


def test_children_are_listed_below_their_parent(system: System) -> None:
    system.start_run("p")
    system.start_run("c1", parent="p", created_us=CREATED_US + 1)
    system.start_run("c2", parent="p", created_us=CREATED_US + 2)
    system.start_run("g", parent="c2", created_us=CREATED_US + 3)

    def below(query: str) -> list[str]:
        return [run["run_id"] for run in system.get(f"/runs/p/children{query}")["items"]]

    assert ids(system) == ["p"]
    assert ids(system, "?include_children=true") == ["g", "c2", "c1", "p"]
    assert ids(system, "?parent=c2") == ["g"]
    assert below("") == ["c1", "c2"]
    assert below("?recursive=true") == ["c1", "c2", "g"]
    assert system.get("/runs/p")["child_count"] == 2


def test_a_circle_of_parents_ends(system: System) -> None:
    system.start_run("a", parent="b")
    system.start_run("b", parent="a")

    assert len(system.get("/runs/a/children?recursive=true")["items"]) == 2


def test_archived_runs_are_left_out_unless_asked_for(system: System) -> None:
    system.start_run("kept")
    system.start_run("put-away", RunDescribed(ts_us=1, archived=True))

    assert ids(system) == ["kept"]
    assert sorted(ids(system, "?archived=true")) == ["kept", "put-away"]


def test_experiments_count_their_runs(several: System) -> None:
    body = several.get("/experiments")

    assert [(e["name"], e["run_count"], e["running_count"]) for e in body["items"]] == [
        ("two", 1, 1),
        ("one", 2, 1),
    ]


def test_experiments_come_in_pages(several: System) -> None:
    first = several.get("/experiments?limit=1")
    second = several.get("/experiments", params={"limit": 1, "cursor": first["next_cursor"]})

    assert [e["name"] for e in first["items"] + second["items"]] == ["two", "one"]
    assert second["next_cursor"] is None


def test_all_metrics_of_a_list_come_with_a_star(several: System) -> None:
    runs = {run["run_id"]: run for run in several.get("/runs?metrics=*")["items"]}

    assert sorted(runs["ridge-1"]["metrics"]) == ["loss", "odd name"]
    assert runs["lasso"]["metrics"] == {}


def test_a_metric_named_with_a_comma_can_be_asked_for(system: System) -> None:
    system.start_run("r", points("a,b", 1.0))

    (run,) = system.get("/runs", params={"metrics": '"a,b",c'})["items"]

    assert list(run["metrics"]) == ["a,b"]


def test_metrics_that_never_were_finite_have_no_extremes(system: System) -> None:
    system.start_run("r", points("loss", float("nan"), float("inf")))

    assert system.get("/runs/r?metrics=loss")["metrics"]["loss"] == {
        "first": "NaN",
        "last": "Infinity",
        "min": None,
        "max": None,
        "last_step": 1,
    }


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("?filter=nope", 400, "character 5"),
        ("?sort=nope", 400, "-` in front"),
        ("?cursor=nope", 400, "next_cursor"),
        ("?status=Dancing", 400, "NotResponding"),
        ("?limit=0", 422, "limit"),
        ("?limit=x", 422, "limit"),
        ('?metrics="a', 400, "metrics"),
        ("/nope", 404, "nope"),
        ("/.hidden", 400, "run id"),
        ("/nope/children", 404, "nope"),
        ("?filter=%ff", 400, "0xff"),
    ],
)
def test_a_wrong_question_is_answered_with_the_remedy(
    several: System, query: str, status: int, word: str
) -> None:
    answer = several.client.get(f"/api/v1/runs{query}")

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert word in answer.json()["detail"]
