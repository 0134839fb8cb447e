"""What one workspace sees of another, by whatever way: nothing."""

from __future__ import annotations

import secrets
import time
from typing import Any

import httpx
import orjson
import pytest

from runtide.core.events import (
    TagsChanged,
    ViewSaved,
)
from runtide.core.model_events import ModelRegistered
from runtide.core.names import experiment_key, model_key
from runtide.log.port import Item
from tests.api import access_matrix as matrix
from tests.api.access_matrix import Row
from tests.api.access_system import DIGEST, Asked
from tests.api.streams import watching
from tests.building import points, record


def test_filters_sorts_and_named_runs_find_nothing_of_another_workspace(asked: Asked) -> None:
    questions = [
        f"/runs?runs={matrix.RUN}",
        "/runs?filter=metrics.%22zq-loss%22.last%20%3E%200&include_children=true",
        "/runs?experiment=shared&archived=true&include_children=true&sort=-metrics.%22zq-loss%22.last",
        "/runs?tag=zq-tag&include_children=true",
        "/runs/b-run/children?recursive=true",
        "/runs/b-run",
        "/fields?parent=b-run",
        "/fields?experiment=shared",
        "/experiments/shared/views",
        "/models?workspace=a",
        f"/models?run={matrix.RUN}",
    ]
    headers = {"Authorization": f"Bearer {asked.token_by_caller['admin b']}"}

    for question in questions:
        answer = asked.system.client.get(f"/api/v1{question}", headers=headers)
        assert answer.status_code == 200, (question, answer.text)
        assert "zq" not in answer.text.replace(question, ""), question
    assert asked.system.client.get("/api/v1/runs/b-run", headers=headers).json()["child_count"] == 0


def send(asked: Asked, caller: str, *values: bytes) -> httpx.Response:
    return asked.clients["ingest"].post(
        "/ingest/v1/envelopes",
        content=b"\n".join(values),
        headers={
            "Content-Type": "application/x-ndjson",
            "Authorization": f"Bearer {asked.token_by_caller[caller]}",
        },
    )


def envelope(run: str, *events: Any, **head: Any) -> bytes:
    document = orjson.loads(record(0, *events, run=run, writer=secrets.token_hex(8), seq=1).value)
    return orjson.dumps(document | head)


def created(workspace: str) -> dict[str, Any]:
    return {
        "type": "run",
        "experiment": "shared",
        "name": "n",
        "created_us": 1,
        "workspace": workspace,
    }


def test_run_of_another_workspace_is_refused_at_once(asked: Asked) -> None:
    """By what the envelope says, and by what is known of its run."""
    assert send(asked, "writer b", envelope("new", created("a"))).status_code == 403
    assert send(asked, "writer b", envelope(matrix.RUN, points("x", 1.0))).status_code == 403
    assert send(asked, "writer b", envelope(matrix.RUN, created("b"))).status_code == 403


def test_version_of_a_model_is_edited_by_its_own_workspace_alone(asked: Asked) -> None:
    edit = {"type": "model_edit", "registration": "r1", "ts_us": 9, "description": "new"}
    key = model_key(matrix.MODEL)

    statuses = [send(asked, f"writer {w}", envelope(key, edit)).status_code for w in "ba"]

    assert statuses == [403, 200]


def test_token_is_nobodys_to_write(asked: Asked) -> None:
    forged = {
        "type": "token_created",
        "secret_sha256": "0" * 64,
        "workspace": "*",
        "role": "admin",
        "ts_us": 1,
    }

    answers = [
        send(asked, caller, envelope("@access/0123456789ab", forged))
        for caller in ("writer b", "operator *")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("forged", [{}, {"workspace": "a"}], ids=["bare", "forged"])
def test_envelopes_have_the_stamp_of_their_token_whatever_they_say(
    asked: Asked, forged: dict[str, str]
) -> None:
    """Ingest cannot know yet whose a run is; the fold does, and keeps out what is another's."""
    system = asked.system
    run = f"late-{len(forged)}"
    place = system.log.end(0)

    assert send(asked, "writer b", envelope(run, points("loss", 1.0), **forged)).status_code == 200
    (sent,) = system.log.read(0, place, bytes_max=1 << 20)
    foreign = envelope(run, points("loss", 99.0), workspace="a")
    system.log.append([Item(run, foreign)])
    system.fold_all()

    assert orjson.loads(sent.value)["workspace"] == "b"
    headers = {"Authorization": f"Bearer {asked.token_by_caller['operator *']}"}
    values = system.client.get(f"/api/v1/runs/{run}/metrics", headers=headers).json()
    letters = system.client.get("/api/v1/dead-letters", headers=headers).json()["items"]
    assert values == {"loss": 1.0}
    assert ("foreign-workspace", run) in {(one["code"], one["run_id"]) for one in letters}


def test_run_is_in_the_workspace_of_its_first_token(asked: Asked) -> None:
    run = "of-b-alone"

    assert send(asked, "writer b", envelope(run, points("loss", 1.0))).status_code == 200
    asked.system.fold_all()

    found = {
        caller: asked.ask("query-api", "get", Row("reader", f"/api/v1/runs/{run}"), caller)
        for caller in ("reader a", "reader b")
    }
    assert {caller: answer.status_code for caller, answer in found.items()} == {
        "reader a": 404,
        "reader b": 200,
    }
    assert found["reader b"].json()["workspace"] == "b"


def test_null_in_the_place_of_a_stamp_is_refused(asked: Asked) -> None:
    """Of two fields of one name a reader takes the last."""
    assert send(asked, "writer b", envelope("r", workspace=None)).status_code == 422


def test_live_stream_tells_of_ones_own_workspace_alone(asked: Asked) -> None:
    system = asked.system
    start = system.log.end(0)
    system.start_run("zq-seen", points("zq", 1.0), experiment="shared", workspace="a")
    system.append(matrix.RUN, points("zq", 2.0))
    forged = envelope("b-run", points("zq-forged", 3.0), workspace="a")
    system.log.append([Item("b-run", forged)])
    system.append(
        model_key("zq-live"),
        ModelRegistered(
            registration="r2",
            files=[{"path": "p", "sha256": DIGEST, "size_bytes": 1}],
            ts_us=1,
            workspace="a",
        ),
    )
    system.append(experiment_key("shared", "a"), ViewSaved(name="zq-v", query="q", ts_us=1))
    system.append("b-run", points("mine", 4.0))
    system.append("b-run", TagsChanged(ts_us=1, set={"last": "one"}))
    headers = {"Authorization": f"Bearer {asked.token_by_caller['reader b']}"}

    for watched in ("", f"&runs=b-run,zq-seen,{matrix.RUN}"):
        said = ""
        url = f"/api/v1/live?since=0:{start}{watched}"
        deadline_s = time.monotonic() + 30
        with system.client.stream("GET", url, headers=headers) as answer:
            for text in answer.iter_text():
                said += text
                if '"last"' in said or time.monotonic() > deadline_s:
                    break
        assert '"last"' in said
        assert "zq" not in said, said


def test_streams_of_one_token_are_limited_and_leave_room_for_others(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = asked.system.app.state.context.hub
    monkeypatch.setattr(hub, "_watchers_per_caller_max", 1)
    tokens = asked.token_by_caller
    own, others = f"Bearer {tokens['reader a']}", f"Bearer {tokens['reader b']}"
    with watching(asked.system, Authorization=own) as stream:
        stream.wait_for("open")
        refused = asked.system.client.get("/api/v1/live", headers={"Authorization": own})
        with watching(asked.system, Authorization=others) as other:
            other.wait_for("open")

    assert (refused.status_code, refused.json()["code"]) == (503, "too-many-watchers")
    assert "1 live streams of token" in refused.json()["detail"]


def test_token_is_made_used_and_revoked_and_all_that_is_audited(asked: Asked) -> None:
    client = asked.system.client
    admin = {"Authorization": f"Bearer {asked.token_by_caller['admin b']}"}
    wanted = {"workspace": "b", "role": "writer", "name": "box", "expires_s": 60}
    made = client.post("/api/v1/tokens", json=wanted, headers=admin).json()
    mine = {"Authorization": f"Bearer {made['token']}"}

    assert client.get("/api/v1/session", headers=mine).json()["workspace"] == "b"
    edited = client.patch("/api/v1/runs/b-run", json={"name": "new"}, headers=mine)
    assert edited.status_code == 200, edited.text
    assert client.delete(f"/api/v1/tokens/{made['id']}", headers=admin).status_code == 204
    assert client.get("/api/v1/session", headers=mine).status_code == 401
    asked.system.fold_all()
    trail = client.get("/api/v1/audit", headers=admin).json()["items"]
    assert [(one["action"], one["subject"]) for one in trail[:3]] == [
        ("token.revoke", made["id"]),
        ("run.edit", "b-run"),
        ("token.create", made["id"]),
    ]
    assert "box" in trail[1]["actor"]
    secret = made["token"].split("_")[2]
    assert all(
        secret.encode() not in item.value for item in asked.system.log.read(0, 0, bytes_max=1 << 26)
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {"workspace": "a", "role": "reader"},
        {"workspace": "*", "role": "admin"},
    ],
)
def test_admin_makes_no_token_of_another_workspace(asked: Asked, wanted: dict[str, str]) -> None:
    admin = {"Authorization": f"Bearer {asked.token_by_caller['admin b']}"}

    assert asked.system.client.post("/api/v1/tokens", json=wanted, headers=admin).status_code == 403


def test_browser_signs_in_by_a_cookie_and_changes_need_more_than_that(asked: Asked) -> None:
    with httpx.Client(base_url=asked.system.url) as browser:
        token = asked.token_by_caller["writer b"]
        answer = browser.post("/api/v1/session", json={"token": token})
        cookie = answer.headers["set-cookie"].lower()
        edit = {"name": "x"}

        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert browser.get("/api/v1/runs").status_code == 200
        assert browser.patch("/api/v1/runs/b-run", json=edit).status_code == 403
        ours = {"Runtide-Client": "dashboard"}
        assert browser.patch("/api/v1/runs/b-run", headers=ours, json=edit).status_code == 200
        assert browser.delete("/api/v1/session").status_code == 204
        assert browser.get("/api/v1/runs").status_code == 401
