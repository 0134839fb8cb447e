"""The code of a run, read back: its manifest, single files, and the whole as an archive."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest

from runtide.client.options import Destination
from runtide.client.snapshots import TransportBlobs, restore_snapshot
from runtide.client.transport import LocalTransport
from runtide.core.events import SnapshotTaken
from runtide.submit.snapshot import Snapshot, take_snapshot
from tests.system import System, running_system

CODE = {
    "train.py": b"print('hi')\n",
    "lib/a b.txt": "größe\n".encode(),
    "lib/empty": b"",
    "run.sh": b"#!/bin/sh\n",
    "weights.bin": bytes(range(256)) * 8192,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for name, data in CODE.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    (folder / "run.sh").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def taken(home: Path, source: Path) -> Snapshot:
    blobs = TransportBlobs(LocalTransport(Destination(home=home)), "r")
    return take_snapshot(source, blobs, home=home, label="here")


@pytest.fixture(scope="module")
def system(home: Path, taken: Snapshot) -> Iterator[System]:
    with running_system(home) as running:
        running.start_run("r", SnapshotTaken(**taken._asdict(), ts_us=7))
        running.start_run("bare")
        yield running


def test_snapshot_lists_its_files_by_path(system: System, taken: Snapshot) -> None:
    answer = system.get("/runs/r/snapshot")

    assert answer["snapshot_id"] == taken.snapshot_id
    assert (answer["file_count"], answer["taken_us"]) == (len(CODE), 7)
    assert answer["size_bytes"] == sum(map(len, CODE.values()))
    assert [(f["path"], f["size_bytes"], f["executable"]) for f in answer["items"]] == [
        (path, len(CODE[path]), path == "run.sh") for path in sorted(CODE)
    ]
    assert (answer["left_out"], answer["next_cursor"]) == ([], None)


def test_files_come_in_pages(system: System) -> None:
    first = system.get("/runs/r/snapshot?limit=3")
    second = system.get("/runs/r/snapshot", params={"limit": 3, "cursor": first["next_cursor"]})

    assert [f["path"] for f in first["items"] + second["items"]] == sorted(CODE)
    assert second["next_cursor"] is None


@pytest.mark.parametrize("path", sorted(CODE))
def test_file_has_its_bytes_wherever_they_lie(system: System, path: str) -> None:
    """Small files are parts of packs, and a large one is a blob of its own."""
    system.fold_all()

    answer = system.client.get(f"/api/v1/runs/r/snapshot/files/{path}")

    assert (answer.status_code, answer.content) == (200, CODE[path])


def test_range_of_a_packed_file_stays_within_it(system: System) -> None:
    system.fold_all()

    answer = system.client.get(
        "/api/v1/runs/r/snapshot/files/train.py", headers={"range": "bytes=6-99"}
    )

    assert (answer.status_code, answer.content) == (206, CODE["train.py"][6:])


def test_archive_holds_every_file(system: System, taken: Snapshot) -> None:
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/snapshot.zip")

    assert f"{taken.snapshot_id}.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == CODE


class SystemReader:
    """What `restore_snapshot` needs of a reader, over a test's system."""

    def __init__(self, system: System) -> None:
        self._system = system

    def download(self, path: str, target: BinaryIO) -> None:
        target.write(self._system.client.get(f"/api/v1{path}").content)


def test_restored_folder_is_what_it_was(system: System, tmp_path: Path) -> None:
    system.fold_all()
    (tmp_path / "train.py").write_text("other")

    count = restore_snapshot(SystemReader(system), "r", tmp_path)  # type: ignore[arg-type]  # see above

    assert count == len(CODE)
    assert {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    } == CODE
    modes = {path.name: bool(path.stat().st_mode & 0o100) for path in tmp_path.glob("*.*")}
    assert modes == {"train.py": False, "run.sh": True, "weights.bin": False}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/runs/bare/snapshot", "has no snapshot"),
        ("/runs/bare/snapshot.zip", "has no snapshot"),
        ("/runs/none/snapshot", "no run has the id"),
        ("/runs/r/snapshot/files/none.py", "has no file 'none.py'"),
        ("/runs/r/snapshot/files/../train.py", "has no file"),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(system: System, path: str, words: str) -> None:
    system.fold_all()

    answer = system.client.get(f"/api/v1{path.replace('..', '%2E%2E')}")

    assert answer.status_code == 404
    assert words in answer.json()["detail"]


def test_archive_breaks_off_where_bytes_are_damaged(
    system: System, home: Path, source: Path, tmp_path: Path
) -> None:
    """Code that is not what ran must not look as if it were."""
    (tmp_path / "code.py").write_text("a = 1\n")
    blobs = TransportBlobs(LocalTransport(Destination(home=home)), "d")
    taken = take_snapshot(tmp_path, blobs, home=home, label="here")
    system.start_run("d", SnapshotTaken(**taken._asdict(), ts_us=7))
    system.fold_all()
    for blob in (home / "artifacts").rglob("*"):
        if blob.is_file() and blob.read_bytes() == b"a = 1\n":
            blob.write_bytes(b"a = 2\n")

    with pytest.raises(httpx.RemoteProtocolError):
        system.client.get("/api/v1/runs/d/snapshot.zip")
