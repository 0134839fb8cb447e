"""`runtide agent`: a target on another machine, whose runs go over HTTP, and one that is Slurm."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Process
from tests.jobs.engine_places import engine_place
from tests.jobs.running import Site, are_gone, processes_of
from tests.waiting import wait_until

AGENT = ("runtide.cli", "agent")
FOREVER = "import time; print('on'); time.sleep(600)"

JUMPING_CLOCK = """
import itertools, sys, time
if "runtide.jobs.launcher" in sys.orig_argv:
    real, jumps = time.time_ns, itertools.cycle([0, -3_600_000_000_000, 3_600_000_000_000])
    time.time_ns = lambda: real() + next(jumps)
    time.time = lambda: time.time_ns() / 1e9
"""


@contextlib.contextmanager
def agent(
    site: Site, home: Path, *arguments: str, settings: dict[str, str] | None = None
) -> Iterator[Process]:
    """Run an agent with a data folder of its own; whom it started goes on without it."""
    led = {"RUNTIDE_URL": site.url, **(settings or {})}
    process = Process([*AGENT, *arguments], home=home, settings=led)
    try:
        process.wait_for("ready:")
        yield process
    finally:
        process.kill()


@pytest.mark.faults
def test_agent_executes_over_http_and_finds_its_runs_again(site: Site, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "train.py").write_text("print('far'); open('outputs/model', 'w').write('m')")
    home = tmp_path / "home"
    with agent(site, home, "--target", "box", "--slots", "2") as first:
        run_id = site.submit_folder(code, "python", "train.py", target="box")
        going_on = site.python(FOREVER, target="box")
        done = site.ended(run_id)
        site.wait_for_text(going_on, "on")
        os.kill(first.pid, signal.SIGKILL)
        first.wait_until_ended()
        assert (done["status"], site.text(run_id)) == ("Completed", "far\n")
        assert site.files(run_id) == ["outputs/model"]

    pids = [process.pid for process in processes_of(going_on)]
    assert pids
    with agent(site, home, "--target", "box", "--slots", "2") as second:
        site.cancel(going_on)

        assert site.ended(going_on)["status"] == "Canceled"
        assert are_gone(pids)
        assert second.terminate() == 0, second.errors


def test_second_agent_of_a_target_and_folder_is_refused(site: Site, tmp_path: Path) -> None:
    with agent(site, tmp_path, "--target", "twice"):
        refused = Process(
            [*AGENT, "--target", "twice"], home=tmp_path, settings={"RUNTIDE_URL": site.url}
        )

        assert refused.wait_until_ended() == 2
        assert "another process has the queue" in refused.errors


def test_slurm_executes_runs_and_cancels_them(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        engine_place("slurm", Path(folder), monkeypatch),
        agent(site, tmp_path, "--target", "slurm", "--engine", "slurm", "--slots", "4"),
    ):
        done = site.python("print('far')", target="slurm")
        failed = site.python("import sys; sys.exit(3)", target="slurm")
        unwanted = site.python(FOREVER, target="slurm")
        site.wait_for_text(unwanted, "on")
        pids = [process.pid for process in processes_of(unwanted)]
        site.cancel(unwanted)

        runs = [site.ended(run_id) for run_id in (done, failed, unwanted)]

        assert [run["status"] for run in runs] == ["Completed", "Failed", "Canceled"]
        assert runs[1]["error"]["exit_code"] == 3
        assert pids
        wait_until(lambda: are_gone(pids), what="the tree is gone")


def test_launcher_whose_clock_jumps_ends_its_runs_in_time(site: Site, tmp_path: Path) -> None:
    """Its clock goes back and forth by an hour between any two looks at it."""
    (tmp_path / "sitecustomize.py").write_text(JUMPING_CLOCK)
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    arguments = ("--target", "jumping", "--slots", "2")
    with agent(site, tmp_path / "home", *arguments, settings={"PYTHONPATH": path}):
        limited = site.python("import time; time.sleep(600)", target="jumping", duration_s_max=0.5)
        ample = site.python("print('done')", target="jumping", duration_s_max=60.0)

        runs = [site.ended(run_id) for run_id in (limited, ample)]

        assert [run["status"] for run in runs] == ["Canceled", "Completed"]
        assert runs[0]["status_reason"] == "it ran for longer than its limit of 0.5 s"
        times = [state["ts_us"] for state in site.get(f"/runs/{ample}/states")["items"]]
        assert times != sorted(times), "the clock has not jumped"
