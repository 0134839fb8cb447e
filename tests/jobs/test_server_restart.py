"""A server that ends while runs are executed, and comes back."""

import os
import signal
from pathlib import Path

import pytest

from runtide.address import find_address
from runtide.jobs.opening import queue_name
from tests.faults.processes import Process, server
from tests.jobs.running import Site, are_gone, processes_of
from tests.waiting import wait_until

COUNTING = """
import pathlib, time
for i in range(10_000):
    print(i)
    if pathlib.Path("stop").exists(): break
    time.sleep(0.01)
print("end")
"""


def site_of(home: Path) -> Site:
    address = find_address(home)
    assert address is not None
    return Site(home, address.url)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty data folder."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def kill(process: Process) -> None:
    """Kill the server alone: what it started is in sessions of its own."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait_until_ended()


@pytest.mark.faults
def test_killed_server_costs_neither_a_run_nor_a_line(home: Path) -> None:
    """And the one that comes after it takes over: it cancels a run that it did not start, buries
    one whose launcher died meanwhile, and starts what waited.
    """
    with server(home) as first:
        site = site_of(home)
        counting, canceled, orphan, ended = (site.python(COUNTING) for _ in range(4))
        for run_id in (counting, canceled, orphan, ended):
            site.wait_for_text(run_id, "10\n")
        waiting = site.python("print('started')")
        kill(first)
        launcher = site.launcher_pid(orphan)
        os.kill(launcher, signal.SIGKILL)
        ended_launcher = site.launcher_pid(ended)
        (home / "jobs" / ended / "code" / "stop").touch()
        wait_until(lambda: are_gone([launcher, ended_launcher]), what="two launchers are gone")

    with server(home):
        site = site_of(home)
        site.cancel(canceled)
        (home / "jobs" / counting / "code" / "stop").touch()

        runs = {r: site.ended(r) for r in (counting, canceled, orphan, ended, waiting)}

        assert [run["status"] for run in runs.values()] == [
            *("Completed", "Canceled", "Failed", "Completed", "Completed"),
        ]
        assert runs[orphan]["status_reason"] == "the launcher died"
        for run_id in (counting, ended):
            *lines, last = site.text(run_id).splitlines()
            assert [int(line) for line in lines] == list(range(len(lines)))
            assert last == "end"
        assert not any(processes_of(run_id) for run_id in runs)


def test_run_that_was_claimed_and_never_started_is_started(home: Path) -> None:
    """The queue may die between the two."""
    site = Site(home, "not asked yet")
    run_id = site.python("print('started')")
    site.claim(run_id, by=queue_name(home))

    with server(home):
        assert site_of(home).ended(run_id)["status"] == "Completed"
        assert site_of(home).states(run_id).count("Preparing") == 1
