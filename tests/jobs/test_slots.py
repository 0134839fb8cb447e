"""Which of several runs is next, which waits, and which is never started."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import runtide
from runtide.address import find_address, is_answering
from runtide.client import lifecycle
from tests.faults.processes import server
from tests.jobs.running import Site, script
from tests.waiting import wait_until

WAITING = """
import pathlib, time
while not pathlib.Path("go").exists(): time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a data folder whose server executes one run at a time."""
    home = tmp_path_factory.mktemp("home")
    with server(home, settings={"RUNTIDE_UP_SLOTS": "1"}):
        address = find_address(home)
        assert address is not None
        yield Site(home, address.url)


def let_go(site: Site, run_id: str) -> None:
    (site.home / "jobs" / run_id / "code" / "go").touch()


def test_runs_are_executed_one_after_the_other_by_priority(narrow: Site) -> None:
    first = narrow.python(WAITING)
    wait_until(lambda: narrow.status(first) == "Running", what="the first runs")
    late = narrow.python("1")
    urgent = narrow.python("1", priority=5)
    unwanted = narrow.python("1", priority=9)
    target = narrow.get("/targets/local")
    narrow.cancel(unwanted)
    withdrawn = narrow.ended(unwanted)
    assert narrow.status(urgent) == "Queued"
    let_go(narrow, first)

    runs = [narrow.ended(run_id) for run_id in (first, urgent, late)]

    assert [run["run_id"] for run in target["queued"]] == [unwanted, urgent, late]
    assert narrow.states(unwanted) == ["Queued", "CancelRequested", "Canceled"]
    assert withdrawn["status_reason"] == "canceled while no launcher executed it"
    assert [run["status"] for run in runs] == ["Completed"] * 3
    assert runs[0]["ended_us"] < runs[1]["started_us"]
    assert runs[1]["ended_us"] < runs[2]["started_us"]


def test_run_that_another_queue_took_first_is_left_to_it(narrow: Site) -> None:
    """The claims of both are in the log, and the first one counts for both."""
    blocking = narrow.python(WAITING)
    wait_until(lambda: narrow.status(blocking) == "Running", what="the first runs")
    run_id = narrow.python("1")
    narrow.claim(run_id, by="queue@elsewhere/1")
    let_go(narrow, blocking)
    narrow.ended(blocking)
    narrow.ended(narrow.python("1"))

    states = narrow.get(f"/runs/{run_id}/states")["items"]

    assert [state["by"] for state in states if state["accepted"]] == ["ada", "queue@elsewhere/1"]
    assert not (narrow.home / "jobs" / run_id).exists()


def test_sweep_holds_no_slot_that_its_children_need(narrow: Site, tmp_path: Path) -> None:
    experiment = runtide.Experiment(runtide.Workspace(home=narrow.home), "exp")
    run = experiment.submit(runtide.Sweep(script(tmp_path, "1"), {"i": [0, 1]}))

    parent = narrow.ended(run.id)

    assert parent["status"] == "Completed"
    lifecycle._at_exit()


def test_server_is_not_idle_while_a_run_is_executed(tmp_path: Path) -> None:
    """A server that a script started in the background executes what the script submitted."""
    home = tmp_path / "home"
    home.mkdir()
    with server(home, settings={"RUNTIDE_UP_IDLE_EXIT_S": "0.5"}) as process:
        address = find_address(home)
        assert address is not None
        site = Site(home, address.url)
        over = tmp_path / "over"
        # Nobody asks meanwhile: asking would keep the server as well.
        run_id = site.python(
            f"import pathlib, time; time.sleep(3); pathlib.Path({str(over)!r}).touch()"
        )
        wait_until(over.exists, what="the script has slept")

        assert is_answering(address)
        assert site.ended(run_id)["status"] == "Completed"
        started_s = time.monotonic()
        process.wait_until_ended()
        assert time.monotonic() - started_s < 20
