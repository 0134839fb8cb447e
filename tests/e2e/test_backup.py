"""Backing up a data folder that is in use, and making it again."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.backup import MANIFEST_NAME, read_backup, recover, write_backup
from runtide.errors import BlobDamaged, LogDamaged, LogUnavailable, UsageError
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog
from tests.dumps import contents
from tests.recorded_life import everything, stored
from tests.system import System, running_system
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("home")) as running:
        for run in ("a", "b"):
            running.start_run(run, *everything(run, stored(running, run.encode() * 1000)))
        running.fold_all()
        yield running


def home_of(system: System) -> Path:
    return system.log._path.parent


def test_recovered_folder_folds_to_the_same_tables_and_files(
    system: System, tmp_path: Path
) -> None:
    made = write_backup(home_of(system), tmp_path / "to")
    recover(tmp_path / "to", tmp_path / "home")

    with running_system(tmp_path / "home") as recovered:
        recovered.fold_all()
        assert contents(recovered.store) == contents(system.store)
        assert recovered.client.get("/api/v1/runs/a/files/outputs/f.txt").content == b"a" * 1000
    assert (made.log_records, made.files) == (system.log.end(0), 2)


def test_log_is_copied_as_it_is_at_one_moment_while_it_grows(tmp_path: Path) -> None:
    """Records of one append are all there or none, and nobody who appends has to wait for long."""
    log = SqliteLog(tmp_path / "home")
    log.append([Item("r", b"x" * 50_000)] * 300)
    stopping = threading.Event()

    def grow() -> None:
        while not stopping.is_set():
            log.append([Item("r", b"y"), Item("r", b"z"), Item("r", b"w")])

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        made = write_backup(tmp_path / "home", tmp_path / "to")
    finally:
        stopping.set()
        writer.join()
    log.close()

    recover(tmp_path / "to", tmp_path / "again")
    copy = SqliteLog(tmp_path / "again")
    records = copy.read(0, 0, bytes_max=1 << 30)
    copy.close()
    assert len(records) == made.log_records
    assert made.log_records % 3 == 0


def test_backup_that_is_killed_is_none_and_can_be_made_again(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "to"
    log = SqliteLog(home)
    log.append([Item("r", os.urandom(900_000)) for _ in range(60)])
    log.close()
    # Small files take long to copy, so that there is time to kill.
    folder = home / "artifacts" / "00"
    folder.mkdir(parents=True)
    for i in range(3_000):
        (folder / f"00{i}").write_bytes(b"x")
    command = [sys.executable, "-m", "runtide.cli", "backup", str(target), "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until((tmp_path / "to.part" / "events.db").exists, what="the copy has begun")
    process.send_signal(signal.SIGKILL)
    process.wait()
    was_cut = not target.exists()

    if was_cut:
        write_backup(home, target)

    assert was_cut
    assert len(list((target / "artifacts" / "00").iterdir())) == 3_000


def test_recovery_that_is_cut_short_is_no_data_folder_and_can_be_done_again(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(home_of(system), tmp_path / "to")
    copy = shutil.copyfile
    copied: list[object] = []

    def failing(source: Path, target: Path) -> None:
        if copied:
            raise OSError(28, "No space left on device")
        copied.append(copy(source, target))

    monkeypatch.setattr(shutil, "copyfile", failing)
    with pytest.raises(LogUnavailable, match="check that there is space"):
        recover(tmp_path / "to", tmp_path / "home")
    monkeypatch.undo()

    assert not (tmp_path / "home" / "events.db").exists()
    assert recover(tmp_path / "to", tmp_path / "home").files == 2


@pytest.mark.parametrize(
    ("victim", "error"), [("events.db", LogDamaged), ("artifacts", BlobDamaged)]
)
def test_damaged_backup_is_refused(
    system: System, tmp_path: Path, victim: str, error: type[Exception]
) -> None:
    write_backup(home_of(system), tmp_path / "to")
    place = tmp_path / "to" / victim
    path = next(place.glob("??/*")) if place.is_dir() else place
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(error):
        recover(tmp_path / "to", tmp_path / "home")


def test_lost_file_of_a_backup_is_noticed(system: System, tmp_path: Path) -> None:
    write_backup(home_of(system), tmp_path / "to")
    next((tmp_path / "to" / "artifacts").glob("??/*")).unlink()

    with pytest.raises(BlobDamaged, match="has 1 files of 1,000 bytes, want 2 of 2,000"):
        read_backup(tmp_path / "to")


def test_what_is_there_is_never_written_over(system: System, tmp_path: Path) -> None:
    write_backup(home_of(system), tmp_path / "to")

    with pytest.raises(UsageError, match="is there already"):
        write_backup(home_of(system), tmp_path / "to")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "events.db").touch()
    with pytest.raises(UsageError, match=r"has events\.db already"):
        recover(tmp_path / "to", tmp_path / "home")
    (tmp_path / "to" / MANIFEST_NAME).unlink()
    with pytest.raises(UsageError, match="is no backup"):
        read_backup(tmp_path / "to")
