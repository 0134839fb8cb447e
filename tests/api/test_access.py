"""Two workspaces with a token of each role: what each route answers whom."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from ingest.app import create_app as create_ingest
from ingest.app import openapi_document as ingest_document
from ingest.gate import Quotas
from query_api.app import openapi_document
from runtide.core.access import Role, TokenText, new_token_text
from runtide.core.access_events import TokenCreated, TokenRevoked
from runtide.core.columns import encode_column
from runtide.core.events import (
    FileUploaded,
    JobSubmitted,
    RowsLogged,
    SnapshotTaken,
    StateChanged,
    TagsChanged,
    TextLogged,
    ViewSaved,
)
from runtide.core.life_events import RunDeleted
from runtide.core.manifest import SnapshotFile, Stored, encode_manifest, make_manifest
from runtide.core.model_events import ModelRegistered
from runtide.core.names import access_key, experiment_key, model_key
from runtide.log.port import Item
from tests.api import access_matrix as matrix
from tests.api.access_matrix import Row
from tests.building import points, record
from tests.serving import ServerThread
from tests.system import System, running_system

CONTENT = b"zq content"
DIGEST = sha256(CONTENT).hexdigest()
LETTER = b'{"zq'
ROLES: tuple[Role, ...] = ("reader", "writer", "admin")
RANK = {"reader": 0, "writer": 1, "admin": 2, "operator": 3}

OPERATIONS = [
    *(("query-api", *key) for key in matrix.QUERY_API),
    *(("ingest", *key) for key in matrix.INGEST),
]


class Asked(NamedTuple):
    """A system with two workspaces, an ingest service over it, and tokens by who they are of."""

    system: System
    clients: dict[str, httpx.Client]
    token_by_caller: dict[str, str]
    letter: int

    def ask(self, service: str, method: str, row: Row, caller: str, **named: str) -> httpx.Response:
        """Return the answer to a request of `caller`; a stream is left after its head."""
        token = self.token_by_caller[caller]
        names = {"{letter}": str(self.letter), "{own}": caller[-1], **named}
        path, body = row.path, orjson.dumps(row.body).decode()
        for name, value in names.items():
            path, body = path.replace(name, value), body.replace(name, value)
        options: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}"} if token else {}}
        if row.content is not None:
            options["content"] = row.content
        elif row.body is not None:
            options["content"] = body
            options["headers"] |= {"Content-Type": "application/json"}
        with self.clients[service].stream(method.upper(), path, **options) as answer:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                answer.read()
            return answer


def new_token() -> TokenText:
    return new_token_text(secrets.token_bytes(6), secrets.token_bytes(32))


def add_token(system: System, workspace: str, role: Role, **fields: Any) -> str:
    text = new_token()
    created = TokenCreated(
        secret_sha256=text.secret_sha256, workspace=workspace, role=role, ts_us=1, **fields
    )
    system.append(access_key(text.id), created)
    return str(text)


def fill(system: System) -> None:
    """Give workspace `a` something of everything, and `b` a run."""
    system.artifacts.save(BytesIO(CONTENT))
    manifest = encode_manifest(
        make_manifest(
            [
                SnapshotFile(
                    "zq.py", DIGEST, len(CONTENT), is_executable=False, stored=Stored(DIGEST)
                )
            ]
        )
    )
    system.artifacts.save(BytesIO(manifest))
    system.start_run(
        matrix.RUN,
        points("zq-loss", 1.0, 2.0),
        RowsLogged(
            name=matrix.TABLE, n=1, columns=[{"name": "x", "value": encode_column([1])}], ts_us=1
        ),
        TextLogged(file=matrix.LOG, text="zq x\n", ts_us=1),
        FileUploaded(path=matrix.FILE, sha256=DIGEST, size_bytes=len(CONTENT), ts_us=1),
        TagsChanged(ts_us=1, set={"zq-tag": "zq"}),
        JobSubmitted(command=["zq"], ts_us=1, target=matrix.TARGET),
        SnapshotTaken(
            snapshot_id=sha256(manifest).hexdigest(),
            manifest_sha256=sha256(manifest).hexdigest(),
            file_count=1,
            size_bytes=len(CONTENT),
            ts_us=1,
        ),
        experiment="shared",
        workspace="a",
        parent="b-run",
    )
    system.start_run("zq-other", experiment="zq-exp", workspace="a")
    system.start_run("b-run", points("loss", 1.0), experiment="shared", workspace="b")
    done = StateChanged(status="Completed", ts_us=1)
    for run, experiment in (
        ("zq-dies", "zq-exp"),
        ("zq-purged", "zq-exp"),
        ("zq-last", "zq-dying"),
    ):
        system.start_run(run, done, experiment=experiment, workspace="a")
    for run, experiment in (("zq-binned", "zq-exp"), ("zq-gone", "zq-bin")):
        system.start_run(run, done, RunDeleted(ts_us=1), experiment=experiment, workspace="a")
    view = ViewSaved(name=matrix.VIEW, query="filter=zq", ts_us=1)
    system.append(experiment_key("shared", "a"), view)
    model = ModelRegistered(
        registration="r1",
        files=[{"path": matrix.FILE, "sha256": DIGEST, "size_bytes": len(CONTENT)}],
        ts_us=1,
        workspace="a",
        run=matrix.RUN,
    )
    system.append(model_key(matrix.MODEL), model)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("access")
    with running_system(folder, demands_tokens=True) as system:
        fill(system)
        tokens = {f"{role} {w}": add_token(system, w, role) for w in "ab" for role in ROLES}
        tokens["operator *"] = add_token(system, "*", "admin")
        tokens |= {"nobody": "", "stranger": str(new_token()), "nonsense": "rt_zz_1"}
        tokens["expired a"] = add_token(system, "a", "admin", expires_us=2)
        tokens["revoked a"] = add_token(system, "a", "admin")
        system.append(access_key(tokens["revoked a"].split("_")[1]), TokenRevoked(ts_us=2))
        letter = system.log.end(0)
        system.log.append([Item(matrix.RUN, LETTER)])
        system.fold_all()
        ingest = create_ingest(
            log=system.log,
            artifacts=system.artifacts,
            quotas=Quotas(),
            allowed_hosts=frozenset({"127.0.0.1"}),
            access=system.access,
        )
        server = ServerThread(ingest)
        with httpx.Client(base_url=server.url) as client:
            clients = {"query-api": system.client, "ingest": client}
            yield Asked(system, clients, tokens, letter)
        server.close()


def row_of(service: str, method: str, path: str) -> Row:
    rows = matrix.QUERY_API if service == "query-api" else matrix.INGEST
    return rows[method, path]


@pytest.mark.parametrize(
    ("rows", "document"),
    [(matrix.QUERY_API, openapi_document()), (matrix.INGEST, ingest_document())],
    ids=["query-api", "ingest"],
)
def test_every_route_is_in_the_matrix(
    rows: dict[tuple[str, str], Row], document: dict[str, Any]
) -> None:
    documented = {
        (method, path) for path, methods in document["paths"].items() for method in methods
    }

    assert documented == rows.keys()


def needs_of(dependant: Dependant) -> Iterator[str]:
    needs = getattr(dependant.call, "needs", None)
    if needs is not None:
        yield needs
    for inner in dependant.dependencies:
        yield from needs_of(inner)


def routes_of(app: FastAPI) -> Iterator[Any]:
    """Yield the routes with what they and the routers that they are in depend on."""
    for route in app.routes:
        included = getattr(route, "effective_route_contexts", None)
        if included is not None:
            yield from included()


def test_every_route_needs_what_the_matrix_says_and_none_asks_nothing(asked: Asked) -> None:
    """Also those that no document lists."""
    needs_by_route = {
        (method.lower(), route.path_format): list(needs_of(route.dependant))
        for route in routes_of(asked.system.app)
        for method in route.methods
    }
    needs = {key: [row.needs] for key, row in (matrix.QUERY_API | matrix.INGEST).items()}
    services_own = {("get", "/health"), ("get", "/ready"), ("get", "/metrics")}

    assert needs_by_route == {key: needs[key] for key in needs.keys() - services_own}


@pytest.mark.parametrize(("service", "method", "path"), OPERATIONS)
def test_route_answers_each_caller_as_the_matrix_says(
    asked: Asked, service: str, method: str, path: str
) -> None:
    row = row_of(service, method, path)
    spare = add_token(asked.system, "a", "reader").split("_")[1]
    asked.system.fold_all()

    def status(caller: str) -> int:
        return asked.ask(service, method, row, caller, **{"{spare}": spare}).status_code

    if row.needs == "nothing":
        assert status("nobody") in {200, 204, 401 if path.endswith("session") else 200}
        return
    let_in_nobody = {
        caller: status(caller)
        for caller in ("nobody", "stranger", "nonsense", "expired a", "revoked a")
    }
    assert set(let_in_nobody.values()) == {401}, let_in_nobody
    for workspace in "ba":
        for role in ROLES:
            if RANK[role] < RANK[row.needs]:
                assert status(f"{role} {workspace}") == 403, (role, workspace)
    _check_other_workspace(asked, service, method, row, spare)
    able = [role for role in ROLES if RANK[role] >= RANK[row.needs]]
    statuses = [status(f"{role} a") for role in able] + [status("operator *")]
    # The first that may has something to do; what is gone then is gone for all of them.
    assert statuses[0] < 400 or service == "ingest" or "redrive" in path, statuses
    assert not {401, 403} & set(statuses), statuses


def _check_other_workspace(asked: Asked, service: str, method: str, row: Row, spare: str) -> None:
    """Whoever is in `b` gets what there is of something that does not exist, to the letter."""
    for role in ROLES:
        if RANK[role] < RANK[row.needs]:
            continue
        caller = f"{role} b"
        answer = asked.ask(service, method, row, caller, **{"{spare}": spare})
        streams = answer.headers.get("content-type", "").startswith("text/event-stream")
        text = "" if streams else answer.text
        if row.subject is None:
            assert "zq" not in text, text
            continue
        nowhere = "0" * 12 if row.subject == "{spare}" else "nowhere"
        subject = spare if row.subject == "{spare}" else row.subject
        absent = row._replace(path=row.path.replace(row.subject, nowhere))
        wanted = asked.ask(service, method, absent, caller)
        assert answer.status_code == wanted.status_code == 404, (role, text)
        assert text.replace(subject, "X") == wanted.text.replace(nowhere, "X")


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
    """Ingest cannot know yet whose run it is: the fold does, and keeps it out."""
    system = asked.system
    run = f"zq-late-{len(forged)}"
    system.start_run(run, points("loss", 1.0), experiment="shared", workspace="a")
    foreign = envelope(run, points("loss", 99.0), **forged)
    # It passes the look at the store before the run is folded.
    stamped = record(0, points("loss", 99.0), run=run).value
    system.log.append([Item(run, orjson.dumps(orjson.loads(stamped) | {"workspace": "b"}))])
    system.fold_all()

    assert send(asked, "writer b", foreign).status_code == 403
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
