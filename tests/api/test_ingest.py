"""Envelopes and files over HTTP: all of a body, or none of it."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from runtide.core import limits
from tests.building import points, record
from tests.golden import golden_files
from tests.system import System, running_system

URL = "/ingest/v1/envelopes"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system for everybody who leaves nothing behind."""
    with running_system(tmp_path_factory.mktemp("shared")) as system:
        yield system


def envelope(run: str = "r", seq: int = 1, **event: Any) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(record(0, points("loss", 1.0), run=run, seq=seq).value)
    if event:
        document["events"] = [event]
    return document


@pytest.mark.parametrize("path", golden_files(), ids=lambda path: path.stem)
def test_every_event_ever_shipped_is_accepted(shared: System, path: Path) -> None:
    """Those of access are nobody's to send: a token would let in whoever wrote one."""
    is_of_access = path.stem.startswith(("token_", "audit"))

    answer = shared.client.post(URL, content=path.read_bytes())

    assert answer.status_code == (403 if is_of_access else 200), answer.text


def test_one_envelope_is_in_the_log_as_it_was_sent(system: System) -> None:
    body = orjson.dumps(envelope())

    answer = system.client.post(URL, content=body)

    assert answer.json() == {
        "accepted": [{"run": "r", "writer": "w", "seq": 1}],
        "position": "0:1",
    }
    assert [r.value for r in system.log.read(0, 0, bytes_max=1000)] == [body]


def test_an_array_and_lines_hold_many(system: System) -> None:
    many = [envelope(seq=i) for i in (1, 2)]
    lines = b"\n".join(orjson.dumps(envelope(seq=i)) for i in (3, 4)) + b"\n\n"

    array = system.client.post(URL, json=many)
    ndjson = system.client.post(
        URL, content=lines, headers={"content-type": "application/x-ndjson; charset=utf-8"}
    )

    assert [a["seq"] for a in array.json()["accepted"]] == [1, 2]
    assert ndjson.json()["position"] == "0:4"
    assert system.get("/runs/r/metrics") == {"loss": [1.0] * 4}


def test_a_compressed_body_is_read(system: System) -> None:
    answer = system.client.post(
        URL,
        content=gzip.compress(orjson.dumps(envelope())),
        headers={"content-encoding": "gzip"},
    )

    assert answer.status_code == 200


COLUMN = {"value": [1.0], "step": [0], "ts_us": [0]}
SCALARS = {"type": "scalars", "name": "m", "n": 1, **COLUMN}


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({**SCALARS, "value": [1.0, 2.0]}, "column has 2 cells"),
        ({**SCALARS, "value": {"f64": "AAAA"}}, "`f64` holds 3 bytes"),
        ({**SCALARS, "value": ["x"]}, "as `strings`"),
        ({**SCALARS, "value": [None]}, "as `strings`"),
        ({**SCALARS, "value": [{"int": str(2**64)}]}, "as `strings`"),
        ({**SCALARS, "step": [0.5]}, "want integers"),
        ({**SCALARS, "step": [2**63 - 1]}, "`step` holds 9223372036854775807"),
        ({**SCALARS, "step": {"i64": "/////////38="}}, "`step` holds"),
        ({**SCALARS, "step": {"range": [2**62 + 1, 1]}}, "`step` holds"),
        ({**SCALARS, "ts_us": [-1]}, "`ts_us` holds -1"),
        ({**SCALARS, "ts_us": {"f64": "AAAAAAAAAAA="}}, "`ts_us` is a column of f64"),
        ({**SCALARS, "n": -1}, "`n`"),
        ({**SCALARS, "name": ""}, "`name`"),
        ({**SCALARS, "type": "strings"}, "as `scalars`"),
        ({**SCALARS, "type": "strings", "value": {"bool": "AQ=="}}, "as `scalars`"),
        ({"type": "list", "name": "m", "n": 1, "value": [[1]], "ts_us": 0}, "cell is [1]"),
        (
            {
                "type": "rows",
                "name": "m",
                "n": 1,
                "ts_us": 0,
                "columns": [{"name": "x", "value": [1]}, {"name": "x", "value": [1]}],
            },
            "twice",
        ),
        (
            {
                "type": "rows",
                "name": "m",
                "n": 1,
                "ts_us": 0,
                "columns": [{"name": "x", "value": []}],
            },
            "column 'x'",
        ),
        ({"type": "state", "status": "Dancing", "ts_us": 1}, "`status`"),
        ({"type": 3}, "`type`"),
    ],
)
def test_one_bad_event_refuses_the_whole_body(
    shared: System, event: dict[str, Any], word: str
) -> None:
    """Half a body in the log could neither be sent again nor be left."""
    end = shared.log.end(0)

    answer = shared.client.post(URL, json=[envelope(), envelope(seq=2, **event)])

    assert answer.status_code == 422
    assert "envelope 1 of 2" in answer.json()["detail"]
    assert word in answer.json()["detail"]
    assert shared.log.end(0) == end


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "malformed-envelope"),
        (b"[1]", 422, "malformed-envelope"),
        (b"[", 422, "malformed-envelope"),
        (b"\xff\xfe", 422, "malformed-envelope"),
        (b"[" * 100_000, 422, "malformed-envelope"),
        (b'{"v": 2}', 422, "malformed-envelope"),
        (orjson.dumps([{}] * 10_001), 422, "malformed-envelope"),
        (b" " * (limits.ENVELOPE_BYTES_MAX + 1), 413, "envelope-too-large"),
        (b" " * (32 * 1024 * 1024 + 1), 413, "body-too-large"),
        (orjson.dumps(envelope(run="../etc")), 422, "malformed-envelope"),
    ],
    ids=[
        "empty",
        "number",
        "cut",
        "encoding",
        "deep",
        "version",
        "many",
        "large",
        "huge",
        "run",
    ],
)
def test_a_bad_body_is_refused(shared: System, body: bytes, status: int, code: str) -> None:
    end = shared.log.end(0)

    answer = shared.client.post(URL, content=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shared.log.end(0) == end


def test_nothing_is_accepted_without_complaint(system: System) -> None:
    """An empty array is a body of no envelopes; there is nothing to refuse."""
    answer = system.client.post(URL, json=[])

    assert (answer.status_code, answer.json()["accepted"]) == (200, [])


def test_a_gzip_bomb_is_refused_before_it_unfolds(shared: System) -> None:
    compressor = zlib.compressobj(wbits=31)
    bomb = b"".join(compressor.compress(b"\x00" * (1 << 20)) for _ in range(500))
    bomb += compressor.flush()

    answer = shared.client.post(URL, content=bomb, headers={"content-encoding": "gzip"})

    assert len(bomb) < 1 << 20
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"no gzip", "gzip", 422),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 422),
        (gzip.compress(b"{}", mtime=0) + b"more", "gzip", 422),
        (b"{}", "br", 400),
    ],
)
def test_a_broken_encoding_is_refused(
    shared: System, body: bytes, encoding: str, status: int
) -> None:
    answer = shared.client.post(URL, content=body, headers={"content-encoding": encoding})

    assert answer.status_code == status


def test_a_file_is_stored_by_its_content(system: System) -> None:
    content = bytes(range(256)) * 40_000

    answer = system.client.put("/ingest/v1/runs/r/files/outputs/a b.bin", content=content)

    stored = answer.json()
    assert stored["size_bytes"] == len(content)
    assert b"".join(system.artifacts.read(stored["sha256"])) == content


@pytest.mark.parametrize("path", ["%2e%2e/x", "a/%2e%2e/b", "%00"])
def test_no_file_leaves_its_run(shared: System, path: str) -> None:
    answer = shared.client.put(f"/ingest/v1/runs/r/files/{path}", content=b"x")

    assert answer.status_code == 400
