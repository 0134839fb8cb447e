"""A full disk, a folder that cannot be written and a server that hangs never harm training."""

from __future__ import annotations

import json
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.processes import Process, script, server
from tests.faults.test_kills import verified

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults

_POINT_COUNT = 100_000

# In a mount namespace of its own the script gets a disk of 2 MB; when it has ended, the disk
# grows and the tables are compared with the log.
_ON_A_SMALL_DISK = """
mount -t tmpfs -o size=2m none "$RUNTIDE_HOME"
"$PYTHON" -m tests.faults.scripts log_at_leisure
mount -o remount,size=1g "$RUNTIDE_HOME"
"$PYTHON" -m tests.faults.verify "$RUNTIDE_HOME"
"""

_ON_A_READ_ONLY_DISK = """
mount -t tmpfs -o size=2m,ro none "$RUNTIDE_HOME"
"$PYTHON" -m tests.faults.scripts log_at_leisure
mount -o remount,rw,size=1g "$RUNTIDE_HOME"
"$PYTHON" -m tests.faults.verify "$RUNTIDE_HOME"
"""


@pytest.mark.usefixtures("seed")
@pytest.mark.parametrize(
    "steps", [_ON_A_SMALL_DISK, _ON_A_READ_ONLY_DISK], ids=["full-disk", "read-only-disk"]
)
def test_script_on_a_disk_that_takes_nothing_ends_and_loses_nothing(
    tmp_path: Path, steps: str
) -> None:
    """What the data folder cannot take waits elsewhere until it can."""
    home, spare = tmp_path / "home", tmp_path / "spare"
    home.mkdir()
    spare.mkdir()
    in_namespace = ["tests.executed", "unshare", "--map-root-user", "--mount", "sh", "-ec", steps]
    settings = {"PYTHON": sys.executable, "TMPDIR": str(spare)}
    training = Process(in_namespace, home=home, settings=settings)
    try:
        training.wait_for("ended")
        found = json.loads(" ".join(training.wait_for("found")))
        assert training.wait_until_ended() == 0, training.errors
    finally:
        training.kill()

    (values,) = next(iter(found["values"].values()))
    assert values == list(range(_POINT_COUNT))
    assert found["tables_equal_log"]
    assert found["missing_envelopes"] == 0
    assert training.errors.count("cannot deliver") == 1, training.errors


@pytest.mark.usefixtures("seed")
def test_script_whose_server_hangs_ends_and_loses_nothing(tmp_path: Path) -> None:
    """A server that takes connections and never answers costs a call no time, and loses nothing.

    What the script logged waits in its spool; the next script that finds the server delivers it.
    """
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        settings = {"RUNTIDE_URL": f"http://127.0.0.1:{port}"}
        with script("log_at_leisure", home=tmp_path / "script", settings=settings) as training:
            (run_id,) = training.wait_for("run")
            training.wait_for("ended")
            assert training.wait_until_ended() == 0, training.errors
    with (
        server(tmp_path / "server", port=port),
        script("log_then_end", "1", home=tmp_path / "script", settings=settings) as later,
    ):
        later.wait_for("ended")
        assert later.wait_until_ended() == 0, later.errors

    (values,) = verified(tmp_path / "server")["values"][run_id]
    assert values == list(range(_POINT_COUNT))


@pytest.mark.usefixtures("seed")
def test_script_whose_fold_stands_still_is_not_held_up(tmp_path: Path) -> None:
    """The tables may be any time behind the log: nobody who logs waits for them."""
    with server(tmp_path) as serving, script("log_at_leisure", home=tmp_path) as training:
        serving.stop()
        training.wait_for("ended")
        assert training.wait_until_ended() == 0, training.errors

    assert training.errors == ""
    (values,) = next(iter(verified(tmp_path)["values"].values()))
    assert values == list(range(_POINT_COUNT))
