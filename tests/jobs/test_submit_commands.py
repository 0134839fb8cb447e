"""`runtide submit` and `runtide sweep`, as processes."""

import json
import os
import subprocess
from pathlib import Path

from tests.forked import run_module
from tests.jobs.running import Site

SCRIPT = """
import argparse, runtide
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--name")
given = parser.parse_args()
print("name", given.name)
runtide.Run.get_context().log("loss", given.lr)
if given.lr > 1:
    raise SystemExit("too fast")
"""


def ran(site: Site, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text(SCRIPT)
    return run_module(
        "runtide.cli",
        *arguments,
        folder=folder,
        environment=os.environ | {"COLUMNS": "200", "RUNTIDE_HOME": str(site.home)},
    )


def test_submit_follows_a_run_and_fails_with_it(site: Site, tmp_path: Path) -> None:
    """Options of the script and of the command stand in any order."""
    done = ran(site, tmp_path, "submit", "train.py", "--lr", "2", "--follow", "--name", "x")

    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    run = site.run(lines[0])
    assert (run["status"], run["experiment"]) == ("Failed", "default")
    assert {"name x", "too fast"} <= set(lines)
    assert lines[-1] == "Failed"


def test_sweep_waits_and_answers_as_json(site: Site, tmp_path: Path) -> None:
    options = ("--grid", "lr=0.5,0.1", "--metric", "loss", "--experiment", "swept", "--wait")

    done = ran(site, tmp_path, "sweep", "train.py", *options, "--json", "--", "--name=--wait")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["best"]) == ("Completed", f"{answer['run_id']}_1")
    assert [child["value"] for child in answer["children"]] == [0.1, 0.5]
    job = site.get(f"/runs/{answer['best']}/job")
    assert job["command"] == ["python", "train.py", "--name=--wait", "--lr", "0.1"]
    assert site.run(answer["run_id"])["experiment"] == "swept"


def test_wrong_command_submits_nothing(site: Site, tmp_path: Path) -> None:
    done = ran(site, tmp_path, "sweep", "train.py", "--random", "lr=uniform(0,1)")

    assert (done.returncode, done.stdout) == (2, "")
    assert "say how many" in done.stderr
