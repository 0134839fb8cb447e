"""Files on their way to where a log takes none."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.artifacts.opening import open_artifacts
from runtide.artifacts.port import Blob
from runtide.client.http_upload import ASK_FIRST_BYTES
from runtide.client.options import Destination
from runtide.client.uploads import Uploader, open_uploader
from runtide.errors import ArtifactsUnavailable, UsageError
from tests.answering import Answer, Server, answering_server
from tests.s3 import CREDENTIALS, running_s3

LARGE = os.urandom(ASK_FIRST_BYTES)


def kafka(artifacts_url: str | None = None) -> Destination:
    return Destination(home=Path("/h"), url="kafka://broker:9092", artifacts_url=artifacts_url)


def blob_of(content: bytes) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content))


def stored(content: bytes) -> Answer:
    return Answer(200, json.dumps(blob_of(content)._asdict()).encode())


MISMATCH = Answer(422, b'{"code": "digest-mismatch"}')


@pytest.fixture
def server() -> Iterator[Server]:
    with answering_server() as server:
        yield server


@pytest.fixture
def uploader(server: Server) -> Uploader:
    return open_uploader(kafka(server.url))


def test_file_goes_to_the_artifacts_url_and_not_to_the_log(
    server: Server, uploader: Uploader
) -> None:
    server.answers = [stored(b"x")]

    assert uploader.save_file("r", "a", io.BytesIO(b"x")) == blob_of(b"x")


def test_file_is_announced_by_its_digest(server: Server, uploader: Uploader) -> None:
    """So that what was damaged on the way is never taken for the file."""
    server.answers = [stored(b"x")]

    uploader.save_file("r", "a", io.BytesIO(b"x"))

    digest = b64encode(hashlib.sha256(b"x").digest()).decode()
    assert server.headers[0]["Repr-Digest"] == f"sha-256=:{digest}:"
    assert server.headers[0]["Content-Length"] == "1"


def test_large_file_that_is_there_is_not_sent(server: Server, uploader: Uploader) -> None:
    """An upload that was cut off after its end, or the same data set for the tenth run."""
    server.answers = [Answer(200, headers=(("Content-Length", str(len(LARGE))),))]

    assert uploader.save_file("r", "a", io.BytesIO(LARGE)) == blob_of(LARGE)
    assert server.asked == [("HEAD", f"/ingest/v1/blobs/{blob_of(LARGE).sha256}", b"")]


def test_large_file_that_is_not_there_is_sent(server: Server, uploader: Uploader) -> None:
    server.answers = [Answer(404), stored(LARGE)]

    uploader.save_file("r", "a", io.BytesIO(LARGE))

    assert server.asked[1] == ("PUT", "/ingest/v1/runs/r/files/a", LARGE)


def test_file_that_changed_on_its_way_is_copied_and_sent_again(
    server: Server, uploader: Uploader
) -> None:
    """Somebody writes to it; the copy is what it was at one time."""
    server.answers = [MISMATCH, stored(b"x")]

    assert uploader.save_file("r", "a", io.BytesIO(b"x")) == blob_of(b"x")
    assert [body for _, _, body in server.asked] == [b"x", b"x"]


class Shrinking(io.BytesIO):
    """A file that is emptied after it was read once."""

    def seek(self, place: int, whence: int = 0) -> int:
        if not place:
            self.truncate(3)
        return super().seek(place, whence)


def test_file_that_shrinks_on_its_way_is_sent_as_it_is_now(
    server: Server, uploader: Uploader
) -> None:
    """The server must not wait for bytes that will not come."""
    server.answers = [stored(b"abc")]

    assert uploader.save_file("r", "a", Shrinking(b"abcdef")) == blob_of(b"abc")


def test_server_that_never_sees_what_was_sent_is_tried_later(
    server: Server, uploader: Uploader
) -> None:
    server.answers = [MISMATCH, MISMATCH]

    with pytest.raises(ArtifactsUnavailable, match="did not arrive"):
        uploader.save_file("r", "a", io.BytesIO(b"x"))


def test_log_without_a_place_for_files_says_so_with_the_first_one() -> None:
    """A run that has none needs none."""
    uploader = open_uploader(kafka())

    with pytest.raises(UsageError, match=r"kafka://broker:9092 takes no files.*ARTIFACTS_URL"):
        uploader.save_file("r", "a", io.BytesIO(b"x"))


def save_in_child(url: str, answers: multiprocessing.Queue[Blob]) -> None:
    answers.put(open_uploader(kafka(url)).save_file("r", "a", io.BytesIO(b"from the child")))


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_child_stores_files_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine that its parent used is of no use to it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    fork = multiprocessing.get_context("fork")
    with running_s3() as s3:
        url = s3.make_bucket("forked")
        open_uploader(kafka(url)).save_file("r", "a", io.BytesIO(b"from the parent"))
        answers = fork.Queue()
        child = fork.Process(target=save_in_child, args=(url, answers))
        child.start()

        blob = answers.get(timeout=60)

        child.join()
        assert blob == blob_of(b"from the child")
        assert open_artifacts(url).find_size(blob.sha256) == blob.size_bytes
