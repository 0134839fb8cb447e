import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from runtide.errors import LogDamaged, LogUnavailable, UsageError
from runtide.log.port import Item
from runtide.log.sqlite import FILE_NAME, SqliteLog


def test_log_survives_closing_and_opening(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "deep" / "home")
    log.append([Item("a", b"0")])
    log.close()

    again = SqliteLog(tmp_path / "deep" / "home")

    assert [record.value for record in again.read(0, 0, bytes_max=100)] == [b"0"]
    again.close()


def test_closed_log_opens_again_when_it_is_used(tmp_path: Path) -> None:
    """A thread that lives on after the log was closed must not crash with a closed connection."""
    log = SqliteLog(tmp_path)
    log.close()

    assert log.append([Item("a", b"0")]) == {0: 1}
    log.close()


def test_opening_waits_for_another_process_that_creates_the_log(tmp_path: Path) -> None:
    """SQLite answers `busy` at once to whoever also switches a new file to WAL mode."""
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    opened: list[SqliteLog] = []
    opener = threading.Thread(target=lambda: opened.append(SqliteLog(tmp_path)))
    opener.start()
    opener.join(timeout=0.1)
    assert opener.is_alive()

    other.execute("COMMIT")
    other.close()

    opener.join(timeout=30)
    assert opened[0].append([Item("a", b"0")]) == {0: 1}
    opened[0].close()


def test_opening_gives_up_when_the_file_stays_locked(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(LogUnavailable, match="locked"):
        SqliteLog(tmp_path, busy_timeout_s=0.02)

    other.close()


def test_append_gives_up_when_another_writer_keeps_the_lock(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, busy_timeout_s=0.02)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(LogUnavailable, match="could not append"):
        log.append([Item("a", b"0")])

    other.execute("ROLLBACK")
    assert log.append([Item("a", b"0")]) == {0: 1}
    other.close()
    log.close()


def test_append_that_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """The connection must come out of its transaction, or every later append would fail too."""
    log = SqliteLog(tmp_path)

    with pytest.raises(LogUnavailable):
        log.append([Item("a", b"0"), Item(None, b"1")])  # type: ignore[arg-type]  # the fault

    assert log.end(0) == 0
    assert log.append([Item("a", b"0")]) == {0: 1}
    log.close()


def test_log_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An old program that wrote into a new format would damage it."""
    SqliteLog(tmp_path).close()
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.execute("PRAGMA user_version = 2")
    db.close()

    with pytest.raises(UsageError, match="has format 2"):
        SqliteLog(tmp_path)


def test_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(LogUnavailable, match="check that the folder exists"):
        SqliteLog(tmp_path / "file" / "home")


@pytest.mark.parametrize("call", ["read", "end", "wait"])
def test_log_that_vanished_is_unavailable(tmp_path: Path, call: str) -> None:
    """Readers retry what is unavailable; anything else would end them."""
    log = SqliteLog(tmp_path)
    log.close()
    (tmp_path / FILE_NAME).unlink()
    calls: dict[str, Callable[[], object]] = {
        "read": lambda: log.read(0, 0, bytes_max=1),
        "end": lambda: log.end(0),
        "wait": lambda: log.wait(0, 0, timeout_s=0),
    }

    with pytest.raises(LogUnavailable):
        calls[call]()

    log.close()


def test_damaged_file_is_corruption_and_not_worth_a_retry(tmp_path: Path) -> None:
    """Whoever retries what is unavailable would ask a damaged file for ever."""
    log = SqliteLog(tmp_path)
    log.append([Item("a", b"0" * 10_000)])
    log.close()
    damaged = bytearray((tmp_path / FILE_NAME).read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    (tmp_path / FILE_NAME).write_bytes(damaged)

    with (
        contextlib.closing(SqliteLog(tmp_path)) as opened,
        pytest.raises(LogDamaged, match="restore it from a backup"),
    ):
        opened.read(0, 0, bytes_max=100)


def test_file_of_another_kind_is_corruption(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 1000)

    with pytest.raises(LogDamaged, match="not a database"):
        SqliteLog(tmp_path)
