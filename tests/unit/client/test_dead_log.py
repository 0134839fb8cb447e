"""A log that cannot be written: the script ends well, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtide.client.spool import drain
from runtide.log.sqlite import SqliteLog
from tests.recorded import recorded
from tests.scripts import run_script


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data folder that is not there yet."""
    return tmp_path / "home"


def test_unwritable_folder_warns_once_and_keeps_everything_for_later(
    home: Path, tmp_path: Path
) -> None:
    """A file stands where the folder should be; even root cannot write there."""
    home.write_text("in the way")
    spare = tmp_path / "tmp"
    spare.mkdir()
    done = run_script(
        home,
        """
        import runtide
        with runtide.init() as run:
            for i in range(10_000):
                run.log("x", i)
        """,
        TMPDIR=str(spare),
    )
    home.unlink()
    log = SqliteLog(home)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(spare))
        drain(home, log)
    log.close()

    got = recorded(home)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "cannot deliver now" in done.stderr
    assert got.values("x") == list(range(10_000))
    assert got.statuses() == ["Running", "Completed"]
    assert got.gaps() == []


def test_next_process_sends_what_a_dead_one_left_behind(home: Path) -> None:
    """The log was locked by somebody for as long as the first process lived."""
    home.mkdir()
    log = SqliteLog(home)
    log.close()
    source = """
        import os, runtide, signal, sqlite3, sys
        from runtide.client import transport
        transport._SQLITE_BUSY_TIMEOUT_S = 0.01
        db = sqlite3.connect(os.environ["RUNTIDE_HOME"] + "/events.db", isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        run = runtide.init()
        for i in range(1000):
            run.log("x", i)
        try:
            run.flush(2)
        except Exception as exc:
            print(type(exc).__name__)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    killed = run_script(home, source)
    before = recorded(home).values("x")

    run_script(home, "import runtide\nwith runtide.init() as run: run.log('y', 1)")

    assert killed.stdout == "NotDelivered\n"
    assert before == []
    assert recorded(home).values("x") == list(range(1000))
    assert list((home / "spool").iterdir()) == []


def test_damaged_log_keeps_everything_in_the_spool_until_it_is_mended(home: Path) -> None:
    """A damaged file takes nothing, however often it is asked."""
    home.mkdir()
    (home / "events.db").write_bytes(b"no database at all" * 1000)
    source = "import runtide\nwith runtide.init() as run: run.log('x', 1)"
    done = run_script(home, source)
    (home / "events.db").unlink()

    run_script(home, "import runtide\nwith runtide.init() as run: run.log('y', 2)")

    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "restore it from a backup" in done.stderr
    assert recorded(home).values("x") == [1]
