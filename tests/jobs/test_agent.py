"""`runtide agent`: a target on another machine, whose runs go over HTTP, and one that is Slurm."""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Process
from tests.jobs.engine_places import engine_place
from tests.jobs.running import Site, are_gone, processes_of
from tests.waiting import wait_until

AGENT = (sys.executable, "-m", "runtide.cli", "agent")
FOREVER = "import time; print('on'); time.sleep(600)"


@contextlib.contextmanager
def agent(site: Site, home: Path, *arguments: str) -> Iterator[Process]:
    """Run an agent with a data folder of its own; whom it started goes on without it."""
    process = Process([*AGENT, *arguments], home=home, settings={"RUNTIDE_URL": site.url})
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
