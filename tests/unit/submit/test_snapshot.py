"""What a snapshot takes, what it leaves out, and what a second one stores."""

import logging
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.port import Blob
from runtide.core.manifest import Manifest, parse_manifest
from runtide.errors import UsageError
from runtide.submit import snapshot as under_test
from runtide.submit import stat_cache, walk
from runtide.submit.snapshot import Snapshot, take_snapshot
from runtide.submit.walk import find_files


class RecordingBlobs:
    """A store that remembers what it was given."""

    def __init__(self, home: Path) -> None:
        self._artifacts = LocalArtifacts(home)
        self.saved: list[tuple[str, int]] = []

    def save(self, name: str, source: BinaryIO) -> Blob:
        blob = self._artifacts.save(source)
        self.saved.append((name, blob.size_bytes))
        return blob

    def is_stored(self, sha256: str) -> bool:
        return self._artifacts.find_size(sha256) is not None

    def manifest(self, taken: Snapshot) -> Manifest:
        return parse_manifest(b"".join(self._artifacts.read(taken.manifest_sha256)))

    def read(self, sha256: str, offset: int, size_bytes: int) -> bytes:
        return b"".join(self._artifacts.read(sha256, start=offset, end=offset + size_bytes))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def blobs(home: Path) -> RecordingBlobs:
    return RecordingBlobs(home)


def write(source: Path, *names: str, text: str = "x") -> None:
    for name in names:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def paths(source: Path, **options: list[Path]) -> list[str]:
    return sorted(file.path for file in find_files(source, **options).files)


def contents(blobs: RecordingBlobs, taken: Snapshot) -> dict[str, bytes]:
    return {
        file.path: blobs.read(*file.stored, file.size_bytes) for file in blobs.manifest(taken).files
    }


@pytest.mark.parametrize(
    ("present", "counts"),
    [
        ([".runtideignore", ".amlignore", ".gitignore"], ".runtideignore"),
        ([".amlignore", ".gitignore"], ".amlignore"),
        ([".gitignore"], ".gitignore"),
    ],
)
def test_first_ignore_file_counts_and_no_other(
    source: Path, present: list[str], counts: str
) -> None:
    write(source, *(f"for{name}" for name in present))
    for name in present:
        (source / name).write_text(f"for{name}\n")

    left_out = {f"for{name}" for name in present} - set(paths(source))

    assert left_out == {f"for{counts}"}


def test_what_is_no_code_is_never_taken(source: Path) -> None:
    write(
        source,
        "train.py",
        ".git/HEAD",
        "a/__pycache__/x.pyc",
        "a/.ipynb_checkpoints/x",
        "a/node_modules/x",
        ".venv/pyvenv.cfg",
        ".venv/lib/x.py",
        "env/conda-meta/x.json",
        "env/bin/python",
        "outputs/model.pkl",
        "logs/out.txt",
        "a/outputs/x",
        "a/logs/x",
    )

    assert paths(source) == ["a/logs/x", "a/outputs/x", "train.py"]


def test_data_folder_within_the_source_is_not_taken(source: Path) -> None:
    write(source, "train.py", "home/events.db")

    assert paths(source, never=[source / "home"]) == ["train.py"]


def test_links_are_what_they_lead_to_and_end_where_they_lead_back(
    source: Path, tmp_path: Path
) -> None:
    write(tmp_path, "elsewhere/lib/x.py")
    write(source, "a/b.py")
    (source / "lib").symlink_to(tmp_path / "elsewhere" / "lib")
    (source / "a" / "again").symlink_to(source)
    (source / "nowhere").symlink_to("gone")

    found = find_files(source)

    assert [file.path for file in found.files] == ["a/b.py", "lib/x.py"]
    assert [entry.path for entry in found.left_out] == ["nowhere"]


def test_pipes_and_names_that_are_no_text_are_left_out(source: Path) -> None:
    write(source, "a.py")
    os.mkfifo(source / "pipe")
    (Path(os.fsdecode(os.fsencode(source) + b"/\xff.py"))).touch()

    found = find_files(source)

    assert [file.path for file in found.files] == ["a.py"]
    assert [entry.reason for entry in found.left_out] == ["its path is too long, or not UTF-8"]


def test_too_large_is_a_warning_that_names_the_largest(
    source: Path,
    home: Path,
    blobs: RecordingBlobs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A run must not fail because its folder holds data."""
    monkeypatch.setattr(walk, "BYTES_MAX", 1_000)
    write(source, "train.py")
    write(source, "data/big.bin", text="x" * 2_000)
    write(source, "data/small.bin", text="x" * 900)

    with caplog.at_level(logging.WARNING, "runtide"):
        taken = take_snapshot(source, blobs, home=home, label="here")

    manifest = blobs.manifest(taken)
    assert [file.path for file in manifest.files] == ["data/small.bin", "train.py"]
    assert [(e.path, e.size_bytes) for e in manifest.left_out] == [("data/big.bin", 2_000)]
    assert "data/big.bin (2,000 bytes: all files together exceed 1,000 bytes)" in caplog.text
    assert ".runtideignore" in caplog.text


def test_of_too_many_files_the_nearest_are_taken(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FILES_MAX", 2)
    write(source, "a/deep/x.py", "a/x.py", "train.py")

    found = find_files(source)

    assert [file.path for file in found.files] == ["train.py", "a/x.py"]
    assert [entry.path for entry in found.left_out] == ["a/deep/x.py"]


def test_every_byte_is_stored_once(
    source: Path, home: Path, blobs: RecordingBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "PACKED_BYTES_MAX", 10)
    monkeypatch.setattr(under_test, "PACK_BYTES_MAX", 15)
    texts = {"a": "12345678", "b": "1234567", "c": "abc", "d": "12345678", "e": "x" * 11, "f": ""}
    for name, text in texts.items():
        write(source, name, text=text)

    taken = take_snapshot(source, blobs, home=home, label="here")

    assert contents(blobs, taken) == {name: text.encode() for name, text in texts.items()}
    assert sorted(blobs.saved[:-1]) == [
        ("snapshot/e", 11),
        ("snapshot/pack", 3),
        ("snapshot/pack", 15),
    ]


@pytest.fixture
def any_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written count as unchanged."""
    monkeypatch.setattr(stat_cache, "RACY_NS", -60_000_000_000)


@pytest.mark.usefixtures("any_age")
def test_second_snapshot_stores_what_changed_alone(
    source: Path, home: Path, blobs: RecordingBlobs
) -> None:
    write(source, "a.py", "b.py", "gone.py", text="same\n")
    first = take_snapshot(source, blobs, home=home, label="here")
    blobs.saved.clear()
    write(source, "b.py", text="another\n")
    write(source, "new.py", text="same\n")
    (source / "gone.py").unlink()

    second = take_snapshot(source, blobs, home=home, label="here")

    assert blobs.saved[0] == ("snapshot/pack", len("another\n"))
    assert len(blobs.saved) == 2
    assert contents(blobs, second) == {
        "a.py": b"same\n",
        "b.py": b"another\n",
        "new.py": b"same\n",
    }
    assert first.snapshot_id != second.snapshot_id


@pytest.mark.usefixtures("any_age")
def test_unchanged_folder_is_not_read_again(
    source: Path, home: Path, blobs: RecordingBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(source, "a.py")
    first = take_snapshot(source, blobs, home=home, label="here")

    facts = (source / "a.py").stat()
    with (source / "a.py").open("r+b") as same_file:
        same_file.write(b"y")
    monkeypatch.setattr(
        walk,
        "_found_file",
        lambda path, _: walk.FoundFile(
            path, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, False
        ),
    )

    assert take_snapshot(source, blobs, home=home, label="here") == first


def test_file_that_changed_a_moment_ago_is_read_again(
    source: Path, home: Path, blobs: RecordingBlobs
) -> None:
    """It may have changed after it was read, within one step of the file system's clock."""
    write(source, "a.py", text="one")
    take_snapshot(source, blobs, home=home, label="here")
    facts = (source / "a.py").stat()
    (source / "a.py").write_text("two")
    os.utime(source / "a.py", ns=(facts.st_atime_ns, facts.st_mtime_ns))

    taken = take_snapshot(source, blobs, home=home, label="here")

    assert contents(blobs, taken) == {"a.py": b"two"}


@pytest.mark.usefixtures("any_age")
def test_what_the_store_has_lost_is_stored_again(
    source: Path, home: Path, blobs: RecordingBlobs
) -> None:
    """The cache is of this machine, and the store may be another one by now."""
    write(source, "a.py", text="text")
    take_snapshot(source, blobs, home=home, label="here")
    for blob in (home / "artifacts").rglob("*"):
        if blob.is_file():
            blob.unlink()

    taken = take_snapshot(source, blobs, home=home, label="here")

    assert contents(blobs, taken) == {"a.py": b"text"}


@pytest.mark.usefixtures("any_age")
@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "files": {"a.py": [1]}}'])
def test_broken_cache_costs_time_alone(
    source: Path, home: Path, blobs: RecordingBlobs, text: str
) -> None:
    write(source, "a.py")
    first = take_snapshot(source, blobs, home=home, label="here")
    for cache in (home / stat_cache.FOLDER_NAME).iterdir():
        cache.write_text(text)

    assert take_snapshot(source, blobs, home=home, label="here") == first


def test_one_file_is_a_snapshot_of_it_alone(
    source: Path, home: Path, blobs: RecordingBlobs
) -> None:
    write(source, "a.py", "b.py")

    taken = take_snapshot(source / "a.py", blobs, home=home, label="here")

    assert contents(blobs, taken) == {"a.py": b"x"}


def test_folder_that_is_not_there_is_refused(home: Path, blobs: RecordingBlobs) -> None:
    with pytest.raises(UsageError, match="is not there"):
        take_snapshot(home / "gone", blobs, home=home, label="here")
