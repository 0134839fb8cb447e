"""Deleting and restoring runs, and that every read agrees about it."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from query_api.app import openapi_document
from runtide.core.events import StateChanged
from runtide.core.model_events import ModelRegistered
from runtide.core.names import model_key
from tests.building import points
from tests.recorded_life import DONE, T, everything, stored
from tests.system import System, running_system

VALUES = {"path": "outputs/f.txt", "file": "logs/out.txt", "name": "loss"}
"""What the paths of the routes name."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A run with something of everything, with a child, beside another run."""
    with running_system(tmp_path_factory.mktemp("data")) as running:
        blob = stored(running, b"0123456789")
        for run, parent in (("going", None), ("going-1", "going"), ("stays", None)):
            running.start_run(run, *everything(run, blob), parent=parent)
        registered = ModelRegistered(
            registration="x",
            files=[{"path": "m", "sha256": blob.sha256, "size_bytes": 10}],
            ts_us=T,
            run="going",
        )
        running.append(model_key("m"), registered)
        running.fold_all()
        yield running


def answers(system: System) -> dict[str, Any]:
    """Return what every way to ask gives, without the places in the log."""
    found = {}
    for path in (
        "/runs?include_children=true&metrics=*",
        "/runs?runs=going,going-1,stays",
        "/runs?sort=metrics.loss.last",
        "/runs?filter=tags.only-going%20%3D%20yes",
        "/experiments",
        "/fields",
        "/fields?experiment=exp&archived=true",
        "/targets",
        "/models",
        "/runs/stays/children",
    ):
        found[path] = system.get(path)
    for axis in ("step", "time", "relative", {"metric": "loss"}):
        body = {"runs": ["going", "going-1", "stays"], "metrics": ["loss"], "x": axis}
        found[f"/series {axis}"] = system.post("/series", body)
    for path in run_paths():
        answer = system.client.get(f"/api/v1{path}")
        found[path] = answer.status_code, answer.text
    place = r'\\*"position\\*": ?\\*"[^"\\]*\\*"'
    return {path: re.sub(place, "", json.dumps(answer)) for path, answer in found.items()}


@functools.cache
def run_paths() -> list[str]:
    """Return the addresses of everything that can be read of one run, as far as it can be named."""
    paths = []
    for path, operations in openapi_document()["paths"].items():
        if "{run_id}" in path and "get" in operations:
            named = path.removeprefix("/api/v1").replace("{run_id}", "going")
            paths.append(re.sub(r"\{(\w+)\}", lambda match: VALUES[match[1]], named))
    return paths


def delete(system: System, path: str, **params: Any) -> Any:
    return system.client.delete(f"/api/v1{path}", params=params)


def test_every_read_agrees_that_a_deleted_run_is_gone_and_that_a_restored_one_is_there(
    system: System,
) -> None:
    """The run is what it was to the last character, and meanwhile no answer has its name."""
    before = answers(system)

    deleted = delete(system, "/runs/going", children=True, by="ada").json()["runs"]
    gone = answers(system)
    bin_ = system.get("/runs?deleted=true")["items"]
    system.post("/runs/going/restore?children=true", None)

    assert deleted == ["going", "going-1"]
    assert {run["run_id"]: run["deleted_by"] for run in bin_} == {"going": "ada", "going-1": "ada"}
    for path, text in gone.items():
        if path in run_paths():
            assert text.startswith("[404,"), (path, text)
        else:
            assert "going" not in text, (path, text)
            assert (
                path == "/runs/stays/children"
                or "stays" in text
                or path
                in {
                    "/runs?filter=tags.only-going%20%3D%20yes",
                    "/targets",
                    "/models",
                    "/experiments",
                    "/fields",
                }
            )
    assert answers(system) == before


def test_every_way_to_read_a_run_is_tried(system: System) -> None:
    """A route that is added and forgets deleted runs is found by the test above."""
    tried = answers(system)

    unread = [path for path in run_paths() if not tried[path].startswith("[200,")]
    assert len(run_paths()) - len(unread) > 10
    # Nobody took a snapshot, `loss` is no table, and a search wants a pattern.
    assert all(re.search("snapshot|table|log-matches", path) for path in unread), unread


def test_children_stay_unless_asked_for(system: System) -> None:
    delete(system, "/runs/going")

    assert system.get("/runs/going-1")["run_id"] == "going-1"
    system.post("/runs/going/restore", None)


def test_experiment_is_deleted_and_restored_with_all_of_its_runs(system: System) -> None:
    system.start_run("other", DONE, experiment="second")
    system.start_run("other-1", DONE, experiment="second", parent="other")
    system.fold_all()

    gone = delete(system, "/experiments/second").json()["runs"]
    names = [one["name"] for one in system.get("/experiments")["items"]]
    back = system.post("/experiments/second/restore", None)["runs"]

    assert gone == back == ["other", "other-1"]
    assert "second" not in names
    assert "second" in [one["name"] for one in system.get("/experiments")["items"]]


def test_run_that_is_going_on_is_refused_with_the_remedy(system: System) -> None:
    system.start_run("busy", experiment="third")
    system.fold_all()

    answer = delete(system, "/runs/busy")

    assert answer.status_code == 409
    assert "is Running: cancel it first" in answer.json()["detail"]
    assert delete(system, "/experiments/third").status_code == 409


def test_late_point_of_a_deleted_run_changes_no_answer(system: System) -> None:
    system.start_run("late", DONE, experiment="fourth")
    system.fold_all()
    delete(system, "/runs/late")

    system.append("late", points("loss", 3.0), StateChanged(status="Running", ts_us=T))

    assert system.get("/runs?runs=late")["items"] == []
    assert system.post("/series", {"runs": ["late"], "metrics": ["loss"]})["series"] == []


def test_deleted_run_is_neither_edited_nor_deleted_again(system: System) -> None:
    system.start_run("once", DONE, experiment="fifth")
    system.fold_all()
    delete(system, "/runs/once")

    assert system.client.patch("/api/v1/runs/once", json={"name": "n"}).status_code == 404
    assert delete(system, "/runs/once").status_code == 404
    assert system.client.post("/api/v1/runs/stays/restore").status_code == 404


def test_no_read_starts_at_the_table_that_has_deleted_runs() -> None:
    """`kept_runs` and `binned_runs` are the doors; numbers and purges alone are of both."""
    reads = Path("query_api/reads").glob("*.py")
    found = [
        (p.name, line)
        for p in reads
        for line in p.read_text().splitlines()
        if re.search(r"(FROM|JOIN) runs\b", line)
    ]

    assert [name for name, _ in found] == ["life.py", "runs.py"]
