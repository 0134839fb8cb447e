"""Whatever is asked, the answer is one that the OpenAPI document describes, and never a failure.

Live streams never end, so they are asked for in test_live.py alone.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any
from unittest import SkipTest
from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from query_api.app import openapi_document
from runtide.core.columns import encode_column
from runtide.core.events import (
    FileUploaded,
    ListLogged,
    RowsLogged,
    Strings,
    TagsChanged,
    TextLogged,
)
from runtide.log.port import Item
from tests.building import points
from tests.system import System, running_system

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
BODY_CHECKS = [*CHECKS, negative_data_rejection]
"""A wrong JSON body must be refused. In a query string a list of one and a text are the same
bytes, so whether such a question was wrong cannot be told there."""

QUERY_CHARS_MAX = 16_000
"""A longer request line is refused by the HTTP server itself, or taken, as its bytes happen to arrive:
no part of it is ours."""

CONTENT = b"0"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A run called `0`, which generators like, that has a little of everything, called `0`.

    The record after it is a dead letter.
    """
    with running_system(tmp_path_factory.mktemp("asked")) as system:
        system.artifacts.save(BytesIO(CONTENT))
        system.start_run(
            "0",
            points("0", 1.0, 2.0, float("nan")),
            Strings(name="s", n=1, value=["x"], step=[0], ts_us=[1]),
            ListLogged(name="l", n=2, value=encode_column([1, None]), ts_us=1),
            RowsLogged(
                name="0", n=1, columns=[{"name": "x", "value": encode_column([2**70])}], ts_us=1
            ),
            RowsLogged(name="t", n=1, columns=[{"name": "0", "value": [0.5]}], ts_us=1),
            TextLogged(file="0", text="héllo", ts_us=1),
            FileUploaded(
                path="0", sha256=hashlib.sha256(CONTENT).hexdigest(), size_bytes=1, ts_us=1
            ),
            TagsChanged(ts_us=1, set={"0": None}),
        )
        system.log.append([Item("0", b"{")])
        system.fold_all()
        yield system


@pytest.fixture(scope="module")
def schema(asked: System) -> schemathesis.BaseSchema:
    loaded = schemathesis.openapi.from_url(f"{asked.url}/api/openapi.json")
    return loaded.exclude(path="/api/v1/live")


OPERATIONS = [
    *(
        (method, path)
        for path, methods in openapi_document()["paths"].items()
        for method in methods
        if path != "/api/v1/live"
    ),
    ("post", "/ingest/v1/envelopes"),
    ("head", "/ingest/v1/blobs/{sha256}"),
    ("put", "/ingest/v1/runs/{run_id}/files/{path}"),
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_question_gets_an_undocumented_answer(
    schema: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]

    @settings(
        max_examples=20,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        assume(len(urlencode(case.query or {}, doseq=True)) < QUERY_CHARS_MAX)
        checks = BODY_CHECKS if case.operation.body else CHECKS
        case.call_and_validate(checks=checks, timeout=30)

    with suppress(Unsatisfiable, SkipTest):  # some operations cannot be asked wrongly
        ask()


def test_the_document_needs_no_running_system() -> None:
    document = openapi_document()

    assert document["info"]["title"] == "Runtide"
    assert "/api/v1/series" in document["paths"]


def test_every_reference_in_the_document_leads_somewhere(asked: System) -> None:
    document = httpx.get(f"{asked.url}/api/openapi.json").json()

    def references(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    names = {ref.removeprefix("#/components/schemas/") for ref in references(document)}

    assert names <= document["components"]["schemas"].keys()
    assert "Problem" in names


def test_every_endpoint_documents_its_refusals(asked: System) -> None:
    """421 and 413 come from before any route and hold for all of them."""
    document = httpx.get(f"{asked.url}/api/openapi.json").json()
    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]

    undocumented = [path for path, operation in operations if "421" not in operation["responses"]]

    assert undocumented == []
