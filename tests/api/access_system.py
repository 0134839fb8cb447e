"""A system with two workspaces, tokens of every kind, and an ingest service over it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson

from ingest.app import create_app as create_ingest
from ingest.gate import Quotas
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
from tests.building import points
from tests.serving import ServerThread
from tests.system import System, running_system

CONTENT = b"zq content"
DIGEST = sha256(CONTENT).hexdigest()
LETTER = b'{"zq'
ROLES: tuple[Role, ...] = ("reader", "writer", "admin")


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


@contextmanager
def asked_system(folder: Path) -> Iterator[Asked]:
    """Yield it; `a` has something of everything, and `b` a run."""
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
