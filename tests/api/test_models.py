"""Models: versions of files, numbered in the order of the log, and what is edited of them."""

from io import BytesIO
from typing import Any

import pytest

from runtide.core.envelope import parse_envelope
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import model_key
from tests.api.streams import watching
from tests.system import System

MODELS = "/api/v1/models"


def registered(registration: str, *, path: str = "m.pkl", **fields: Any) -> ModelRegistered:
    file = {"path": path, "sha256": "0" * 64, "size_bytes": 7}
    values: dict[str, Any] = {"files": [file], "ts_us": 1} | fields
    return ModelRegistered(registration=registration, **values)


def register(system: System, name: str, registration: str, **fields: Any) -> None:
    system.append(model_key(name), registered(registration, **fields))
    system.fold_all()


def ids(system: System, question: str = "") -> list[str]:
    return [version["id"] for version in system.get(f"/models{question}")["items"]]


def test_versions_are_numbered_in_the_order_of_the_log(system: System) -> None:
    register(system, "ridge", "x", ts_us=9)
    register(system, "net", "y")
    register(system, "ridge", "z", ts_us=2)

    assert ids(system) == ["net:1", "ridge:2"]
    assert ids(system, "?every=true") == ["net:1", "ridge:2", "ridge:1"]
    assert system.get("/models/ridge/versions/1")["registration"] == "x"
    assert system.get("/models/ridge/versions/latest")["version"] == 2


def test_registration_that_comes_again_is_the_version_that_it_was(system: System) -> None:
    """Whoever hears nothing of what they sent sends it again, maybe as another writer."""
    register(system, "m", "x")
    register(system, "m", "y")
    system.append(model_key("m"), registered("x", description="again"), writer="w2")

    assert ids(system, "?every=true") == ["m:2", "m:1"]
    assert system.get("/models/m/versions/1")["description"] is None


def test_workspaces_count_by_themselves(system: System) -> None:
    register(system, "m", "x")
    register(system, "m", "y", workspace="lab")

    assert ids(system, "?workspace=lab") == ["m:1"]
    assert system.get("/models/m/versions/1?workspace=lab")["registration"] == "y"
    assert len(system.get("/models/m")["items"]) == 1


def test_edits_change_what_they_name_and_nothing_else(system: System) -> None:
    register(system, "m", "x", description="first", tags={"a": "1", "b": None})
    path = f"{MODELS}/m/versions/1"

    system.client.patch(path, json={"stage": "production"})
    answer = system.client.patch(path, json={"tags": {"a": None, "c": "3"}}).json()

    assert answer["tags"] == {"b": None, "c": "3"}
    assert (answer["stage"], answer["description"]) == ("production", "first")
    assert system.client.patch(path, json={"stage": "", "description": ""}).status_code == 200
    found = system.get("/models/m/versions/1")
    assert (found["stage"], found["description"], found["tags"]) == (None, None, answer["tags"])


def test_last_of_two_edits_in_one_envelope_counts(system: System) -> None:
    register(system, "m", "x")
    edits = [ModelEdited(registration="x", ts_us=3 - i, stage=f"s{i}") for i in range(3)]
    system.append(model_key("m"), *edits)

    assert system.get("/models/m/versions/1")["stage"] == "s2"


def test_deleted_version_keeps_its_number(system: System) -> None:
    register(system, "m", "x")
    register(system, "m", "y")

    assert system.client.delete(f"{MODELS}/m/versions/2").status_code == 204
    register(system, "m", "z")

    assert ids(system, "?every=true") == ["m:3", "m:1"]
    assert system.client.get(f"{MODELS}/m/versions/2").status_code == 404
    assert system.client.delete(f"{MODELS}/m/versions/2").status_code == 404


@pytest.mark.parametrize(
    ("question", "want"),
    [
        ("?stage=production", ["a:1"]),
        ("?tag=t", ["a:2"]),
        ("?tag=t:1", ["a:1"]),
        ("?tag=t:2&tag=u", ["a:2"]),
        ("?tag=t:2&tag=v", []),
        ("?run=r1&every=true", ["a:1", "b:1"]),
        ("?search=B", ["b:1"]),
        ("?workspace=none", []),
    ],
)
def test_list_has_the_latest_version_that_is_asked_for(
    system: System, question: str, want: list[str]
) -> None:
    register(system, "a", "x", run="r1", tags={"t": "1"})
    register(system, "a", "y", tags={"t": "2", "u": None})
    register(system, "b", "z", run="r1")
    system.append(model_key("a"), ModelEdited(registration="x", ts_us=1, stage="production"))

    assert ids(system, question) == want


def test_list_says_what_else_there_is_of_each_model(system: System) -> None:
    for registration in ("x", "y", "z"):
        register(system, "m", registration)
    for version, stage in ((1, "production"), (2, "production"), (3, "tried")):
        system.client.patch(f"{MODELS}/m/versions/{version}", json={"stage": stage})

    (item,) = system.get("/models?stage=production")["items"]

    assert (item["version"], item["version_count"]) == (2, 3)
    assert item["stages"] == {"production": 2, "tried": 3}


def test_pages_hold_every_version_once(system: System) -> None:
    for registration in ("x", "y", "z"):
        register(system, "m", registration)
    register(system, "a", "x", workspace="lab")
    register(system, "a", "y")

    pages, cursor = [], ""
    while cursor is not None:
        page = system.get("/models", params={"every": "true", "limit": 2, "cursor": cursor})
        pages.append([(item["id"], item["workspace"]) for item in page["items"]])
        cursor = page["next_cursor"]

    assert pages == [
        [("a:1", "default"), ("a:1", "lab")],
        [("m:3", "default"), ("m:2", "default")],
        [("m:1", "default")],
    ]


def test_file_of_a_version_is_what_was_registered(system: System) -> None:
    blob = system.artifacts.save(BytesIO(b"weights"))
    file = {"path": "net/ä b.bin", "sha256": blob.sha256, "size_bytes": blob.size_bytes}
    register(system, "m", "x", files=[file])

    assert system.get("/models/m/versions/1/files")["items"] == [file]
    path = f"{MODELS}/m/versions/latest/files/net/ä b.bin"
    assert system.client.get(path).content == b"weights"
    assert system.client.get(path, headers={"Range": "bytes=2-3"}).content == b"ig"
    assert system.client.head(path).headers["Content-Length"] == "7"
    missing = system.client.get(f"{MODELS}/m/versions/1/files/net")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


def test_others_who_watch_hear_that_a_model_has_changed(system: System) -> None:
    with watching(system) as stream:
        stream.wait_for("open")
        register(system, "m", "x")
        assert stream.wait_for("model", name="m").data == {"name": "m"}


def test_edit_is_an_event_of_the_model(system: System) -> None:
    register(system, "m", "x")
    system.client.patch(f"{MODELS}/m/versions/1", json={"stage": "s"})

    (record,) = system.log.read(0, system.log.end(0) - 1, bytes_max=1)

    assert record.run == parse_envelope(record.value).run == "@model/m"
    assert system.get("/runs?archived=true")["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/models/none", 404, "has no model 'none'"),
        ("/models/m/versions/7", 404, "it has 1, 2"),
        ("/models/m/versions/0", 422, "version"),
        ("/models/m/versions/x", 422, "version"),
        ("/models/-m", 400, "model name is '-m'"),
        ("/models/m?workspace=lab", 404, "workspace 'lab' has no model"),
        ("/models?cursor=x", 400, "cursor"),
    ],
)
def test_question_for_what_is_not_there_says_what_is(
    system: System, path: str, status: int, words: str
) -> None:
    register(system, "m", "x")
    register(system, "m", "y")

    refused = system.client.get(f"/api/v1{path}")

    assert refused.status_code == status
    assert words in refused.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"tags": {}}, {"stage": None}])
def test_edit_that_changes_nothing_is_refused(system: System, body: dict[str, Any]) -> None:
    register(system, "m", "x")

    refused = system.client.patch(f"{MODELS}/m/versions/1", json=body)

    assert refused.status_code == 400
    assert "nothing is to change" in refused.json()["detail"]
