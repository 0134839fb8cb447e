"""What tells a process from all others, and how processes are ended."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from runtide.jobs.process_tree import end_all, find_identity
from tests.waiting import wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_identity_is_the_same_for_as_long_as_the_process_lives() -> None:
    with subprocess.Popen(SLEEP) as child:
        first = find_identity(child.pid)

        assert first is not None
        assert find_identity(child.pid) == first
        assert find_identity(os.getpid()) != first
        child.kill()
        # Ended, and not yet waited for: its number is taken and it is gone all the same.
        wait_until(lambda: find_identity(child.pid) is None, what="the process is gone")


def test_clock_of_the_machine_is_no_part_of_an_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may set it while a launcher lives, and its queue must know it still."""
    before = find_identity(os.getpid())
    for name in ("time", "time_ns"):
        monkeypatch.setattr(time, name, lambda: 0)
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: 0.0, raising=False)

    assert find_identity(os.getpid()) == before


def test_process_that_ignores_the_wish_is_ended_when_the_grace_is_over() -> None:
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        process = psutil.Process(child.pid)

        assert end_all(lambda: [process], grace_s=0.2) == 0
        assert child.wait() == -9
