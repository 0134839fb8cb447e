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
from runtide.client.spool import (
    create_file,
    drain,
    file_parcel,
    folders,
    orphans,
    stage,
    urls_spooled_for,
)
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
    spool = create_file(folders(Destination(home=home))[0], url=None)
    spool.append([Parcel("envelope", "r", b"1")])

    assert list(orphans(Destination(home=home))) == []
    spool.close()
    assert [orphan.path for orphan in orphans(Destination(home=home))] == [spool.path]


def test_drain_delivers_the_dead_ones_files_from_both_folders(home: Path) -> None:
    """A data folder that could not be written left its envelopes in the temporary one."""
    log = MemoryLog()
    for n, folder in enumerate(folders(Destination(home=home))):
        spool = create_file(folder, url=None)
        spool.append([Parcel("envelope", f"run {n}", b"%d" % n)])
        spool.close()

    count = drain(home, log)

    assert count == 2
    assert {record.value for record in log.read(0, 0, bytes_max=1000)} == {b"0", b"1"}
    assert drain(home, log) == 0


def test_files_come_in_the_order_of_their_making_whatever_folder_took_them(home: Path) -> None:
    """A sender whose disks are full in turns left its envelopes in both, by their numbers."""
    place = Destination(home=home)
    preferred, spare = folders(place)
    made = []
    for folder in (spare, preferred, spare, preferred, preferred):
        spool = create_file(folder, url=None)
        made.append(spool.path)
        spool.close()

    found = list(orphans(place))

    assert [orphan.path for orphan in found] == made
    for orphan in found:
        orphan.close()


def test_place_that_was_spooled_for_is_found_without_its_setting(home: Path) -> None:
    """Whoever delivers need not know what every script on the machine was told."""
    for url in ("http://server:1", "kafka://broker:9092/events"):
        create_file(folders(Destination(home=home, url=url))[0], url=url).close()

    assert urls_spooled_for(home) == ["http://server:1", "kafka://broker:9092/events"]


def test_note_that_is_not_of_its_folder_is_not_followed(home: Path) -> None:
    """In the system's temporary folder anybody may have written it."""
    folder = folders(Destination(home=home, url="http://server:1"))[1]
    folder.mkdir(parents=True)
    (folder / "destination").write_text("http://somebody.else:1")

    assert urls_spooled_for(home) == []


def test_drain_leaves_what_is_for_a_server(home: Path) -> None:
    """Another destination's envelopes have no business in this log."""
    place = Destination(home=home, url="http://server:1")
    spool = create_file(folders(place)[0], url=place.url)
    spool.append([Parcel("envelope", "r", b"1")])
    spool.close()

    assert drain(home, MemoryLog()) == 0
    assert len(list(orphans(place))) == 1


def test_staged_file_reaches_the_artifact_store(home: Path) -> None:
    """Its bytes come before the envelope that mentions them."""
    place = Destination(home=home)
    blob, staged = stage(io.BytesIO(b"model"), place)
    spool = create_file(folders(place)[0], url=place.url)
    spool.append([file_parcel("r", "outputs/m", staged), Parcel("envelope", "r", b"1")])
    spool.close()

    drain(home, MemoryLog())

    assert b"".join(LocalArtifacts(home).read(blob.sha256)) == b"model"
    assert not staged.exists()


def test_append_that_finds_no_space_leaves_no_torn_frame(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows a torn frame would never be read."""
    spool = create_file(home, url=None)
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
