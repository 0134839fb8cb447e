"""What `runtide.artifacts.port.ArtifactStore` promises, of every implementation."""

import hashlib
import io
import multiprocessing
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtide.artifacts.local import FOLDER_NAME, LocalArtifacts
from runtide.artifacts.port import ArtifactStore, Blob
from runtide.errors import ArtifactsUnavailable, NotFound

ABSENT = "0" * 64


@pytest.fixture(params=["local"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """Return an empty store of each kind in turn."""
    match request.param:
        case "local":
            return LocalArtifacts(tmp_path)
        case other:
            pytest.fail(f"no adapter called {other!r}")


def save(artifacts: ArtifactStore, content: bytes) -> Blob:
    return artifacts.save(io.BytesIO(content))


def stored(artifacts: ArtifactStore, sha256: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(artifacts.read(sha256, start=start, end=end))


def files(tmp_path: Path) -> list[Path]:
    return sorted(p for p in (tmp_path / FOLDER_NAME).rglob("*") if p.is_file())


@pytest.mark.parametrize("content", [b"", b"\x00", bytes(range(256)) * 10_000])
def test_saved_bytes_are_read_back(artifacts: ArtifactStore, content: bytes) -> None:
    """Promise 1."""
    blob = save(artifacts, content)

    assert blob == (hashlib.sha256(content).hexdigest(), len(content))
    assert artifacts.find_size(blob.sha256) == len(content)
    assert stored(artifacts, blob.sha256) == content


def read_elsewhere(folder: Path, sha256: str, answers: "multiprocessing.Queue[bytes]") -> None:
    answers.put(b"".join(LocalArtifacts(folder).read(sha256)))


def test_saved_bytes_are_read_back_in_another_process(tmp_path: Path) -> None:
    """Promise 1: a script uploads and the server serves."""
    blob = save(LocalArtifacts(tmp_path), b"model")
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    process = spawn.Process(target=read_elsewhere, args=(tmp_path, blob.sha256, answers))
    process.start()

    assert answers.get(timeout=60) == b"model"
    process.join()


def test_what_is_left_of_the_source_is_saved(artifacts: ArtifactStore) -> None:
    source = io.BytesIO(b"head and body")
    source.read(9)

    blob = artifacts.save(source)

    assert stored(artifacts, blob.sha256) == b"body"


def test_killed_save_leaves_no_digest(tmp_path: Path) -> None:
    """Promise 2, with a real kill: half a model must never be taken for the model."""
    script = [sys.executable, "-m", "tests.contracts.artifact_process", str(tmp_path)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.kill()

    artifacts = LocalArtifacts(tmp_path)
    for path in files(tmp_path):
        assert artifacts.find_size(path.name) is None
    assert [path for path in files(tmp_path) if not path.name.startswith(".part-")] == []
    assert stored(artifacts, save(artifacts, b"next").sha256) == b"next"


class BrokenSource(io.BytesIO):
    """A file on a disk that fails after the first chunk."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "input/output error")
        return super().read(size)


def test_failed_save_leaves_nothing(artifacts: ArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(ArtifactsUnavailable, match="could not store"):
        artifacts.save(BrokenSource(bytes(3_000_000)))

    assert files(tmp_path) == []


def test_bytes_saved_twice_are_stored_once(artifacts: ArtifactStore, tmp_path: Path) -> None:
    """Promise 3: the same model uploaded by a hundred runs takes the room of one."""
    first, second = save(artifacts, b"same"), save(artifacts, b"same")

    assert first == second
    assert len(files(tmp_path)) == 1


class Zeros(io.BytesIO):
    """A file of 64 MiB that is nowhere in memory."""

    left = 64 << 20

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
    assert peak_bytes < 8 << 20


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


def test_file_that_vanishes_while_it_is_read_is_unavailable(
    artifacts: ArtifactStore, tmp_path: Path
) -> None:
    blob = save(artifacts, b"x")
    chunks = artifacts.read(blob.sha256)
    files(tmp_path)[0].unlink()

    with pytest.raises(ArtifactsUnavailable, match="could not read"):
        next(chunks)


def test_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME).touch()

    with pytest.raises(ArtifactsUnavailable, match="check that the folder is writable"):
        save(LocalArtifacts(tmp_path), b"x")
