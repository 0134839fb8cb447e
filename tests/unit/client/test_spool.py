"""The spool: whose file is whose, and that nothing in it is lost."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import pytest

from runtide.artifacts.local import LocalArtifacts
from runtide.client.frames import Parcel
from runtide.client.options import Destination
from runtide.client.spool import create_file, drain, file_parcel, folders, orphans, stage
from runtide.log.memory import MemoryLog


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder, beside a temporary folder of its own."""
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    return tmp_path / "home"


def test_file_of_a_living_sender_is_no_orphan(home: Path) -> None:
    """Two senders of one file would deliver its second half twice and its first never."""
    spool = create_file(folders(Destination(home=home))[0])
    spool.append([Parcel("envelope", "r", b"1")])

    assert list(orphans(Destination(home=home))) == []
    spool.close()
    assert [orphan.path for orphan in orphans(Destination(home=home))] == [spool.path]


def test_drain_delivers_the_dead_ones_files_from_both_folders(home: Path) -> None:
    """A data folder that could not be written left its envelopes in the temporary one."""
    log = MemoryLog()
    for n, folder in enumerate(folders(Destination(home=home))):
        spool = create_file(folder)
        spool.append([Parcel("envelope", f"run {n}", b"%d" % n)])
        spool.close()

    count = drain(home, log)

    assert count == 2
    assert {record.value for record in log.read(0, 0, bytes_max=1000)} == {b"0", b"1"}
    assert drain(home, log) == 0


def test_drain_leaves_what_is_for_a_server(home: Path) -> None:
    """Another destination's envelopes have no business in this log."""
    place = Destination(home=home, url="http://server:1")
    spool = create_file(folders(place)[0])
    spool.append([Parcel("envelope", "r", b"1")])
    spool.close()

    assert drain(home, MemoryLog()) == 0
    assert len(list(orphans(place))) == 1


def test_staged_file_reaches_the_artifact_store(home: Path) -> None:
    """Its bytes come before the envelope that mentions them."""
    place = Destination(home=home)
    blob, staged = stage(io.BytesIO(b"model"), place)
    spool = create_file(folders(place)[0])
    spool.append([file_parcel("r", "outputs/m", staged), Parcel("envelope", "r", b"1")])
    spool.close()

    drain(home, MemoryLog())

    assert b"".join(LocalArtifacts(home).read(blob.sha256)) == b"model"
    assert not staged.exists()


def test_append_that_finds_no_space_leaves_no_torn_frame(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows a torn frame would never be read."""
    spool = create_file(home)
    spool.append([Parcel("envelope", "r", b"1")])
    size = spool.path.stat().st_size

    pwrite = os.pwrite

    def half_written(descriptor: int, data: memoryview, place: int) -> int:
        if len(data) > 8:
            return pwrite(descriptor, data[:8], place)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwrite", half_written)

    with pytest.raises(OSError, match="No space"):
        spool.append([Parcel("envelope", "r", b"2")])

    assert spool.path.stat().st_size == size
    spool.remove()
