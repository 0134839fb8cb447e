"""Saved views: named states of a page, as events of their experiment."""

from typing import Any

import pytest

from runtide.core.envelope import parse_envelope
from tests.api.streams import watching
from tests.system import System

VIEWS = "/api/v1/experiments/exp/views"


@pytest.fixture
def logged(system: System) -> System:
    """A system with a run of experiment `exp` in it."""
    system.start_run("r")
    system.fold_all()
    return system


def save(system: System, name: str, query: str) -> dict[str, Any]:
    answer = system.client.put(f"{VIEWS}/{name}", json={"query": query})
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def queries(system: System, experiment: str = "exp") -> dict[str, str]:
    items = system.get(f"/experiments/{experiment}/views")["items"]
    return {view["name"]: view["query"] for view in items}


def test_view_is_there_for_everybody_once_it_is_answered(logged: System) -> None:
    answer = save(logged, "best", "sort=-name")

    assert (answer["name"], answer["query"]) == ("best", "sort=-name")
    assert answer["saved_us"] > 0
    assert logged.get("/experiments/exp/views/best") == answer
    assert queries(logged) == {"best": "sort=-name"}


def test_views_come_by_name_and_each_name_once(logged: System) -> None:
    save(logged, "b", "q=1")
    save(logged, "a", "")
    save(logged, "b", "q=2")

    assert list(queries(logged).items()) == [("a", ""), ("b", "q=2")]


def test_deleted_view_is_gone_and_its_name_is_free(logged: System) -> None:
    save(logged, "best", "q=1")

    assert logged.client.delete(f"{VIEWS}/best").status_code == 204
    assert queries(logged) == {}
    assert logged.client.get(f"{VIEWS}/best").status_code == 404
    assert logged.client.delete(f"{VIEWS}/best").status_code == 404

    save(logged, "best", "q=2")
    assert queries(logged) == {"best": "q=2"}


def test_views_belong_to_their_experiment(logged: System) -> None:
    logged.start_run("other", experiment="two")
    save(logged, "best", "q=1")

    assert queries(logged, "two") == {}


def test_view_makes_no_run(logged: System) -> None:
    """Its envelope has a key where others have a run's id."""
    save(logged, "best", "q=1")

    assert [run["run_id"] for run in logged.get("/runs?archived=true")["items"]] == ["r"]
    assert [one["run_count"] for one in logged.get("/experiments")["items"]] == [1]
    (record,) = logged.log.read(0, logged.log.end(0) - 1, bytes_max=1)
    assert record.run == parse_envelope(record.value).run == "@experiment/exp"


@pytest.mark.parametrize("name", ["größe 🎈", "a/b", "what?", "50%25", "x y"])
def test_view_has_the_name_that_somebody_gave_it(logged: System, name: str) -> None:
    path = "/".join([VIEWS, name.replace("?", "%3F")])

    answer = logged.client.put(path, json={"query": "q=1"})

    assert list(queries(logged)) == [answer.json()["name"]] == [name.replace("%25", "%")]


def test_others_who_watch_see_views_come_and_go(logged: System) -> None:
    with watching(logged) as stream:
        stream.wait_for("open")
        save(logged, "best", "q=1")
        told = stream.wait_for("view", name="best").data
        logged.client.delete(f"{VIEWS}/best")
        gone = stream.wait_for("view", name="best").data

    assert (told["experiment"], told["query"]) == ("exp", "q=1")
    assert (gone["experiment"], gone["query"]) == ("exp", None)


def test_an_experiment_has_room_for_so_many_views(
    logged: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_api.reads.saved_views.VIEWS_PER_EXPERIMENT_MAX", 1)
    save(logged, "a", "q=1")

    refused = logged.client.put(f"{VIEWS}/b", json={"query": ""})

    assert (refused.status_code, refused.json()["code"]) == (400, "usage")
    assert "has 1 views, which is the limit" in refused.json()["detail"]
    save(logged, "a", "q=2")


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/v1/experiments/none/views/v", {"query": ""}, 404, "no run is of experiment 'none'"),
        (f"{VIEWS}/v", {}, 422, "`query` in the body"),
        (f"{VIEWS}/v", {"query": None}, 422, "valid string"),
        (f"{VIEWS}/v", {"query": "x" * 65_537}, 422, "at most 65536 characters"),
        (f"{VIEWS}/v", {"query": "", "more": 1}, 422, "`more` in the body"),
        (f"{VIEWS}/%2E%2E", {"query": ""}, 400, "view name is '..'"),
        (f"{VIEWS}/{'x' * 1025}", {"query": ""}, 422, "at most 1024 characters"),
    ],
)
def test_view_that_cannot_be_is_refused_with_the_remedy(
    logged: System, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    end = logged.log.end(0)

    answer = logged.client.put(path, json=body)

    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert logged.log.end(0) == end


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_another_sites_page_can_neither_save_nor_delete(logged: System, method: str) -> None:
    save(logged, "best", "q=1")

    answer = logged.client.request(
        method, f"{VIEWS}/best", json={"query": ""}, headers={"origin": "https://evil.example"}
    )

    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-origin")
    assert queries(logged) == {"best": "q=1"}
