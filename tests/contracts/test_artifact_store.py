"""What `runtide.artifacts.port.ArtifactStore` promises, of every implementation."""

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtide.artifacts.local import FOLDER_NAME, LocalArtifacts
from runtide.artifacts.port import ArtifactStore, Blob
from runtide.errors import ArtifactsUnavailable, DigestMismatch, NotFound
from tests.contracts.artifact_places import KINDS, ArtifactPlace, empty_place
from tests.contracts.artifact_process import PROMISED
from tests.s3 import CREDENTIALS, S3, running_s3

ABSENT = "0" * 64


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with running_s3() as server:
        yield server


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> ArtifactPlace:
    """Return an empty store of each kind in turn."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return empty_place(request.param, tmp_path, s3)


@pytest.fixture
def artifacts(place: ArtifactPlace) -> ArtifactStore:
    return place.artifacts


def save(artifacts: ArtifactStore, content: bytes) -> Blob:
    return artifacts.save(io.BytesIO(content))


def blob_of(content: bytes) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content))


def stored(artifacts: ArtifactStore, sha256: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(artifacts.read(sha256, start=start, end=end))


@pytest.mark.parametrize("content", [b"", b"\x00", bytes(range(256)) * 10_000])
def test_saved_bytes_are_read_back(artifacts: ArtifactStore, content: bytes) -> None:
    """Promise 1."""
    blob = save(artifacts, content)

    assert blob == (hashlib.sha256(content).hexdigest(), len(content))
    assert artifacts.find_size(blob.sha256) == len(content)
    assert stored(artifacts, blob.sha256) == content


def test_saved_bytes_are_read_back_in_another_process(place: ArtifactPlace) -> None:
    """Promise 1: a script uploads and the server serves."""
    blob = save(place.artifacts, b"model")
    reader = [sys.executable, "-m", "tests.contracts.artifact_process", "read"]

    answer = subprocess.run(
        [*reader, place.kind, place.address, blob.sha256],
        check=True,
        capture_output=True,
        timeout=60,
    )

    assert answer.stdout == b"model"


def test_what_is_left_of_the_source_is_saved(artifacts: ArtifactStore) -> None:
    source = io.BytesIO(b"head and body")
    source.read(9)

    blob = artifacts.save(source)

    assert stored(artifacts, blob.sha256) == b"body"


def test_killed_save_leaves_no_digest(place: ArtifactPlace) -> None:
    """Promise 2, with a real kill: half a model must never be taken for the model."""
    script = [sys.executable, "-m", "tests.contracts.artifact_process", "save"]
    with subprocess.Popen(
        [*script, place.kind, place.address], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.kill()

    artifacts = place.artifacts
    assert artifacts.find_size(PROMISED.sha256) is None
    assert [name for name in place.names() if len(name) == len(ABSENT)] == []
    assert stored(artifacts, save(artifacts, b"next").sha256) == b"next"


class BrokenSource(io.BytesIO):
    """A file on a disk that fails after the first chunk."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "input/output error")
        return super().read(size)


@pytest.mark.parametrize("is_announced", [False, True])
def test_failed_save_leaves_nothing(place: ArtifactPlace, is_announced: bool) -> None:
    content = bytes(3_000_000)

    with pytest.raises(ArtifactsUnavailable, match="could not store"):
        place.artifacts.save(
            BrokenSource(content), expected=blob_of(content) if is_announced else None
        )

    assert place.names() == []


def test_bytes_saved_twice_are_stored_once(place: ArtifactPlace) -> None:
    """Promise 3: the same model uploaded by a hundred runs takes the room of one."""
    artifacts = place.artifacts

    first, second = save(artifacts, b"same"), save(artifacts, b"same")

    assert first == second
    assert place.names() == [first.sha256]


SIZES = [0, 5, 3 << 20, 20 << 20]


@pytest.mark.parametrize("size", SIZES)
def test_announced_bytes_are_saved(artifacts: ArtifactStore, size: int) -> None:
    """Whatever the way they take: at once, or in parts."""
    content = os.urandom(size)

    blob = artifacts.save(io.BytesIO(content), expected=blob_of(content))

    assert blob == blob_of(content)
    assert stored(artifacts, blob.sha256) == content


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extra", [b"", b"more"])
@pytest.mark.parametrize("is_there", [False, True])
def test_other_bytes_than_announced_are_refused(
    place: ArtifactPlace, size: int, extra: bytes, is_there: bool
) -> None:
    """Promise 6, also of bytes that are stored already: the answer must not vouch for others."""
    artifacts = place.artifacts
    announced = os.urandom(size) + b"x"
    if is_there:
        save(artifacts, announced)
    before = place.names()

    with pytest.raises(DigestMismatch) as caught:
        artifacts.save(io.BytesIO(announced[:-1] + b"y" + extra), expected=blob_of(announced))

    assert caught.value.want == blob_of(announced).sha256
    assert place.names() == before


class Growing(io.BytesIO):
    """A file that somebody writes to: the second time it is read it holds more."""

    reads_left = 2

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        if not content and self.reads_left:
            self.reads_left -= 1
            place = self.tell()
            self.write(b"more")
            self.seek(place)
        return content


def test_file_that_is_written_to_is_saved_as_it_was_at_one_time(artifacts: ArtifactStore) -> None:
    """Promise 2: a log file grows while it is uploaded, and has some digest all the same."""
    blob = artifacts.save(Growing(b"line"))

    assert stored(artifacts, blob.sha256) in {b"line" + b"more" * n for n in range(3)}


def test_store_that_works_passes_its_check(place: ArtifactPlace) -> None:
    place.artifacts.check()

    assert place.names() == []


class Zeros(io.BytesIO):
    """A stream of 64 MiB that is nowhere in memory."""

    left = 64 << 20

    def seekable(self) -> bool:
        return False

    def read(self, size: int | None = -1) -> bytes:
        given = self.left if size is None or size < 0 else min(size, self.left)
        self.left -= given
        return bytes(given)


def test_large_file_takes_little_memory(artifacts: ArtifactStore) -> None:
    """Promise 4: models are larger than memory."""
    source = Zeros()
    tracemalloc.start()

    blob = artifacts.save(source)
    size = sum(map(len, artifacts.read(blob.sha256)))

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 64 << 20
    assert peak_bytes < 24 << 20


@pytest.mark.parametrize(
    "name", ["", "..", "../events.db", "/etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n"]
)
def test_name_that_is_no_digest_is_not_found(
    artifacts: ArtifactStore, tmp_path: Path, name: str
) -> None:
    """Promise 5: digests come from events, and so from anybody."""
    (tmp_path / "events.db").write_bytes(b"secret")
    save(artifacts, b"x")

    assert artifacts.find_size(name) is None
    with pytest.raises(NotFound):
        artifacts.read(name)


def test_digest_that_was_never_saved_is_not_found(artifacts: ArtifactStore) -> None:
    """The error comes with the call, before a byte of an answer was sent."""
    assert artifacts.find_size(ABSENT) is None
    with pytest.raises(NotFound, match="no stored file"):
        artifacts.read(ABSENT)


@given(content=st.binary(max_size=40), start=st.integers(0, 50), end=st.none() | st.integers(0, 50))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_read_gives_the_half_open_span(
    artifacts: ArtifactStore, content: bytes, start: int, end: int | None
) -> None:
    blob = save(artifacts, content)

    assert stored(artifacts, blob.sha256, start, end) == content[start:end]


def test_span_over_several_chunks_is_read_whole(artifacts: ArtifactStore) -> None:
    content = bytes(range(251)) * 20_000
    blob = save(artifacts, content)

    assert stored(artifacts, blob.sha256, 1_000_000, 4_000_001) == content[1_000_000:4_000_001]


def test_file_that_vanishes_while_it_is_read_is_unavailable(place: ArtifactPlace) -> None:
    artifacts = place.artifacts
    blob = save(artifacts, b"x")
    chunks = artifacts.read(blob.sha256)
    place.remove_all()

    with pytest.raises(ArtifactsUnavailable, match="could not read"):
        next(chunks)


def test_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME).touch()
    artifacts = LocalArtifacts(tmp_path)

    with pytest.raises(ArtifactsUnavailable, match="check that the folder is writable"):
        save(artifacts, b"x")
    with pytest.raises(ArtifactsUnavailable, match="cannot be made"):
        artifacts.check()
    with pytest.raises(ArtifactsUnavailable, match="could not look for"):
        artifacts.find_size(ABSENT)
