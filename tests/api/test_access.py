"""What each route answers whom: a token of each role, of two workspaces, and none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from ingest.app import openapi_document as ingest_document
from query_api.app import openapi_document
from tests.api import access_matrix as matrix
from tests.api.access_matrix import Row
from tests.api.access_system import ROLES, Asked, add_token

RANK = {"reader": 0, "writer": 1, "admin": 2, "operator": 3}

OPERATIONS = [
    *(("query-api", *key) for key in matrix.QUERY_API),
    *(("ingest", *key) for key in matrix.INGEST),
]


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
        # No token is in what is asked for a session, and no provider is set up.
        refused = {401} if path.endswith("session") else {404} if "oidc" in path else set()
        assert status("nobody") in {200, 204} | refused
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
    is_idle = "redrive" in path or "query_id" in path
    assert statuses[0] < 400 or service == "ingest" or is_idle, statuses
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
