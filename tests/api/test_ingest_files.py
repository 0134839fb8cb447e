"""Files through the ingest service: announced, streamed, and whole or not there."""

import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from ingest.gate import Quotas
from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.opening import open_artifacts
from runtide.log.memory import MemoryLog
from tests.ingesting import announced, running_ingest, sample
from tests.s3 import CREDENTIALS, running_s3
from tests.waiting import wait_until

FILE = "/ingest/v1/runs/r/files/model.bin"


@pytest.fixture
def artifacts(tmp_path: Path) -> LocalArtifacts:
    return LocalArtifacts(tmp_path)


@pytest.fixture
def client(artifacts: LocalArtifacts) -> Iterator[httpx.Client]:
    with running_ingest(MemoryLog(), artifacts) as client:
        yield client


def test_announced_file_is_stored_and_known(
    client: httpx.Client, artifacts: LocalArtifacts
) -> None:
    content = bytes(range(256)) * 20_000
    digest = sha256(content).hexdigest()
    before = client.head(f"/ingest/v1/blobs/{digest}")

    answer = client.put(FILE, content=content, headers=announced(content))

    after = client.head(f"/ingest/v1/blobs/{digest}")
    assert answer.json() == {"sha256": digest, "size_bytes": len(content)}
    assert b"".join(artifacts.read(digest)) == content
    assert before.status_code == 404
    assert (after.status_code, after.headers["content-length"]) == (200, str(len(content)))


@pytest.mark.parametrize("name", ["abc", "A" * 64, "0" * 65, ".."])
def test_name_that_is_no_digest_is_refused(client: httpx.Client, name: str) -> None:
    """Nobody looks around in the store by names of their own."""
    assert client.head(f"/ingest/v1/blobs/{name}").status_code in {404, 422}


@pytest.mark.parametrize("is_chunked", [False, True])
def test_other_file_than_announced_is_refused(
    client: httpx.Client, artifacts: LocalArtifacts, is_chunked: bool
) -> None:
    """A bit that flipped on the way must not become the model."""
    sent = b"x" * 100_000 + b"y"
    content = iter([sent]) if is_chunked else sent

    answer = client.put(FILE, content=content, headers=announced(b"x" * 100_001))

    assert (answer.status_code, answer.json()["code"]) == (422, "digest-mismatch")
    assert artifacts.find_size(sha256(sent).hexdigest()) is None


@pytest.mark.parametrize("announcement", [{}, announced(b"streamed")])
def test_file_of_unknown_size_is_stored(client: httpx.Client, announcement: dict[str, str]) -> None:
    answer = client.put(FILE, content=iter([b"stre", b"amed"]), headers=announcement)

    assert answer.json()["sha256"] == sha256(b"streamed").hexdigest()


def test_announcement_that_is_none_is_refused(client: httpx.Client) -> None:
    answer = client.put(FILE, content=b"x", headers={"repr-digest": "sha-256=abc"})

    assert answer.status_code == 400


@pytest.mark.parametrize("is_chunked", [False, True])
def test_file_that_is_too_large_is_refused(artifacts: LocalArtifacts, is_chunked: bool) -> None:
    content = iter([b"x" * 11]) if is_chunked else b"x" * 11
    with running_ingest(MemoryLog(), artifacts, quotas=Quotas(file_bytes_max=10)) as client:
        answer = client.put(FILE, content=content)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def open_upload(client: httpx.Client, size: int) -> socket.socket:
    """Return a connection on which a file was announced and half of it sent."""
    place = urlsplit(str(client.base_url))
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    head = f"PUT {FILE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n"
    digest = announced(bytes(size))["Repr-Digest"]
    connection.sendall(f"{head}Repr-Digest: {digest}\r\n\r\n".encode() + bytes(size // 2))
    wait_until(lambda: sample(client, "runtide_ingest_uploads"), what="it is received")
    return connection


def test_upload_that_breaks_off_leaves_nothing_and_frees_its_place(
    artifacts: LocalArtifacts, tmp_path: Path
) -> None:
    """A training machine that loses its network must not take a place for ever."""
    with running_ingest(MemoryLog(), artifacts, quotas=Quotas(uploads_max=1)) as client:
        connection = open_upload(client, 200_000)
        refused = client.put(FILE, content=b"x")
        connection.close()
        wait_until(lambda: not sample(client, "runtide_ingest_uploads"), what="its place is free")

        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert client.put(FILE, content=b"x").status_code == 200
        assert artifacts.find_size(sha256(bytes(200_000)).hexdigest()) is None
        assert list(tmp_path.rglob(".part-*")) == []


def test_server_that_stops_does_not_wait_for_ever_for_a_file(artifacts: LocalArtifacts) -> None:
    """`ServerThread.close` fails if it does."""
    with running_ingest(MemoryLog(), artifacts) as client:
        connection = open_upload(client, 200_000)
        connection.shutdown(socket.SHUT_WR)
    connection.close()


def test_large_file_goes_straight_to_object_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    content = bytes(range(256)) * 80_000
    with running_s3() as s3:
        artifacts = open_artifacts(s3.make_bucket("models"))
        with running_ingest(MemoryLog(), artifacts) as client:
            good = client.put(FILE, content=content, headers=announced(content))
            bad = client.put(FILE, content=content + b"x", headers=announced(content + b"y"))
            known = client.head(f"/ingest/v1/blobs/{sha256(content).hexdigest()}")

        assert (good.status_code, bad.status_code, known.status_code) == (200, 422, 200)
        assert len(s3.keys("models")) == 1
