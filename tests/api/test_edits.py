"""What people change of runs: recorded in the log, answered when it can be read."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from query_api.recorder import Recorder
from runtide.core.envelope import parse_envelope
from runtide.core.events import Heartbeat, StateChanged, TagsChanged
from runtide.log.sqlite import SqliteLog
from tests.api.streams import watching
from tests.system import CREATED_US, System

RUN = "/api/v1/runs/r"


def edit(system: System, run: str = "r", **change: Any) -> dict[str, Any]:
    """Change a run that is there, and return the answer."""
    answer = system.client.patch(f"/api/v1/runs/{run}", json=change)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def run(system: System) -> System:
    """A system with a run `r` in it."""
    system.start_run("r", TagsChanged(ts_us=1, set={"team": "a", "draft": None}))
    system.fold_all()
    return system


def test_answer_is_the_run_as_it_is_now(run: System) -> None:
    """Whoever is answered sees the change at once, here and in every list."""
    answer = edit(
        run,
        name="ridge 2",
        description="the best so far",
        archived=True,
        tags={"team": "b", "draft": None, "new": ""},
    )

    assert answer["name"] == "ridge 2"
    assert answer["description"] == "the best so far"
    assert answer["archived"] is True
    assert answer["tags"] == {"team": "b", "new": ""}
    assert answer["position"] == f"0:{run.log.end(0)}"
    assert run.get("/runs/r") == answer


@pytest.mark.parametrize(
    "change",
    [{"name": "n"}, {"description": "d"}, {"archived": True}, {"tags": {"t": "u"}}],
)
def test_what_is_left_out_stays_as_it_is(run: System, change: dict[str, Any]) -> None:
    before = run.get("/runs/r")

    after = edit(run, **change)

    changed = {key for key in after if after[key] != before[key]} - {"position"}
    assert changed == set(change)


def test_description_can_be_taken_back(run: System) -> None:
    edit(run, description="x")

    assert edit(run, description="")["description"] is None


def test_changes_of_many_requests_at_once_are_all_there_and_none_is_lost(run: System) -> None:
    """Two people edit one run at the same time; its writer's numbers have no gap."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: edit(run, tags={f"t{i}": "x"}), range(24)))

    tags = run.get("/runs/r")["tags"]
    assert {f"t{i}" for i in range(24)} <= tags.keys()
    sql = "SELECT writer, seq, gap_count FROM ingest_writers FINAL WHERE writer LIKE 'query-api-%'"
    (mark,) = run.store.query(sql).to_pylist()
    assert (mark["seq"], mark["gap_count"]) == (24, 0)


def test_others_who_watch_see_the_change(run: System) -> None:
    with watching(run) as stream:
        stream.wait_for("open")
        edit(run, name="renamed", tags={"team": None, "x": "1"})
        told = stream.wait_for("run", run_id="r", name="renamed").data

    assert (told["tags"], told["tags_removed"]) == ({"x": "1"}, ["team"])


def test_edit_is_no_sign_of_life(run: System) -> None:
    """A run that fell silent does not respond again because somebody renames it."""
    silent = StateChanged(status="NotResponding", ts_us=CREATED_US, by="runtide")
    run.append("r", silent, writer="liveness-1")
    run.fold_all()

    assert edit(run, name="found dead")["status"] == "NotResponding"

    run.append("r", Heartbeat(ts_us=CREATED_US + 2))
    assert run.get("/runs/r")["status"] == "Running"


def test_canceled_run_stays_canceled_whatever_its_process_says(run: System) -> None:
    answer = run.client.post(f"{RUN}/cancel").json()
    run.append("r", StateChanged(status="Completed", ts_us=CREATED_US + 9))
    later = run.get("/runs/r")

    assert (answer["status"], answer["status_by"]) == ("Canceled", "query-api")
    assert answer["ended_us"] is not None
    assert (later["status"], later["ended_us"]) == ("Canceled", answer["ended_us"])


def test_run_is_canceled_once(run: System) -> None:
    first = run.client.post(f"{RUN}/cancel").json()
    end = run.log.end(0)
    second = run.client.post(f"{RUN}/cancel")

    assert (second.status_code, second.json()) == (200, first)
    assert run.log.end(0) == end


def test_run_that_has_ended_cannot_be_canceled(run: System) -> None:
    run.append("r", StateChanged(status="Failed", ts_us=CREATED_US + 9))
    run.fold_all()

    answer = run.client.post(f"{RUN}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "r is Failed" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/v1/runs/none", {"name": "x"}, 404, "no run has the id 'none'"),
        ("/api/v1/runs/-", {"name": "x"}, 400, "run id is '-'"),
        (RUN, {}, 400, "nothing is to change"),
        (RUN, {"name": None}, 400, "nothing is to change"),
        (RUN, {"name": ""}, 422, "at least 1 character"),
        (RUN, {"name": "x" * 1025}, 422, "at most 1024 characters"),
        (RUN, {"name": 3}, 422, "valid string"),
        (RUN, {"archived": "true"}, 422, "valid boolean"),
        (RUN, {"status": "Completed"}, 422, "`status` in the body"),
        (RUN, {"tags": {"": "x"}}, 422, "at least 1 character"),
        (RUN, {"tags": {"t": 3}}, 422, "valid string"),
        (RUN, {"tags": {"t": "x" * 262_145}}, 422, "at most 262144 characters"),
        (RUN, {"tags": {f"t{i}": "x" * 200_000 for i in range(6)}}, 413, "envelope is"),
    ],
)
def test_change_that_cannot_be_is_refused_with_the_remedy(
    run: System, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    end = run.log.end(0)

    answer = run.client.patch(path, json=body)

    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert run.log.end(0) == end


def test_half_a_surrogate_pair_is_refused(run: System) -> None:
    answer = run.client.patch(
        RUN, content=rb'{"name": "\ud800"}', headers={"content-type": "application/json"}
    )

    assert answer.status_code == 422


def test_log_that_takes_nothing_is_said_to_be_away(run: System, tmp_path: Path) -> None:
    """The page takes its change back then, and knows when to try again."""
    impatient = SqliteLog(tmp_path, busy_timeout_s=0.01)
    context = run.app.state.context
    run.app.state.context = replace(context, recorder=Recorder(impatient, run.fold))
    other = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = run.client.patch(RUN, json={"name": "x"})
    finally:
        other.close()
        impatient.close()

    assert (answer.status_code, answer.json()["code"]) == (503, "log-unavailable")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(("method", "path"), [("PATCH", RUN), ("POST", f"{RUN}/cancel")])
def test_another_sites_page_can_change_nothing(run: System, method: str, path: str) -> None:
    end = run.log.end(0)

    answer = run.client.request(
        method, path, json={"name": "x"}, headers={"origin": "https://evil.example"}
    )

    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-origin")
    assert run.log.end(0) == end


def test_record_is_an_envelope_of_the_contract(run: System) -> None:
    edit(run, name="x", tags={"a": None})

    (record,) = run.log.read(0, run.log.end(0) - 1, bytes_max=1)
    envelope = parse_envelope(record.value)

    assert envelope.run == "r"
    assert [event.type for event in envelope.events] == ["describe", "tag"]


def test_method_that_is_not_there_is_refused(run: System) -> None:
    answer: httpx.Response = run.client.put(RUN, json={})

    assert answer.status_code == 405
