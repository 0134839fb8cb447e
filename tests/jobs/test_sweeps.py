"""Sweeps of real processes: each draw once, never too many at a time, and the best one found."""

import os
import signal
from pathlib import Path

import pytest

import runtide
from runtide.core.parents import STOPPED_PROPERTY
from runtide.errors import NotFound
from tests.jobs.running import Site, are_gone, processes_of, script
from tests.waiting import wait_until

TRAINING = """
import argparse, runtide
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
lr = parser.parse_args().lr
run = runtide.Run.get_context()
for step in range(3):
    run.log("loss", (lr - 0.2) ** 2 + 1 / (step + 1))
if lr == 0.4:
    raise SystemExit("too fast")
"""

# Says where it was, and waits to be let go.
GATED = """
import pathlib, sys, time
folder, index = pathlib.Path(sys.argv[1]), sys.argv[-1]
with (folder / "began").open("a") as began: began.write(index + "\\n")
while not (folder / f"go-{index}").exists(): time.sleep(0.02)
"""

FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""

STALLING = """
import sys, time, runtide
run = runtide.Run.get_context()
for _ in range(3): run.log("loss", float(sys.argv[-1]))
while sys.argv[-1] != "0.5": time.sleep(0.05)
"""


def test_grid_is_run_two_at_a_time_and_its_best_child_found(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    sweep = runtide.Sweep(
        script(tmp_path, TRAINING),
        {"lr": [0.1, 0.2, 0.3, 0.4]},
        metric="loss",
        concurrency=2,
    )

    run = experiment.submit(sweep, tags={"try": 1})
    parent = site.ended(run.id)

    assert (parent["status"], parent["run_type"]) == ("Completed", "sweep")
    assert parent["status_reason"] == "4 children: 3 completed, 1 failed"
    assert parent["tags"] == {"try": "1"}
    assert parent["properties"]["runtide.sweep.metric"] == "loss"
    assert parent["properties"]["runtide.sweep.goal"] == "minimize"
    children = site.get(f"/runs/{run.id}/children")["items"]
    draws = [child["config"]["runtide.sweep.parameters"] for child in children]
    assert draws == [{"lr": lr} for lr in (0.1, 0.2, 0.3, 0.4)]
    question = f"/runs?parent={run.id}&filter=config.runtide.sweep.parameters.lr%20%3D%200.2"
    found = site.get(question)["items"]
    assert [child["run_id"] for child in found] == [f"{run.id}_1"]
    assert [child["run_id"] for child in children] == [f"{run.id}_{i}" for i in range(4)]
    job = site.get(f"/runs/{run.id}_0/job")
    assert job["command"] == ["python", "train.py", "--lr", "0.1"]
    times = [(child["started_us"], child["ended_us"]) for child in children]
    assert max(sum(start <= at < end for start, end in times) for at, _ in times) <= 2
    best = run.get_best_run_by_primary_metric()
    assert best is not None
    assert best.id == f"{run.id}_1"
    assert run.get_metrics()[best.id] == best.get_metrics()
    results = run.results()
    assert [result.parameters["lr"] for result in results[:1]] == [0.2]
    assert {result.status for result in results} == {"Completed", "Failed"}
    assert "0: submitted lr=0.1" in site.text(run.id)


def test_canceled_sweep_ends_every_process_and_submits_no_more(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    sweep = runtide.Sweep(script(tmp_path, FAMILY), {"i": [0, 1, 2]}, concurrency=2)
    run = experiment.submit(sweep)
    children = [f"{run.id}_0", f"{run.id}_1"]
    wait_until(
        lambda: all(len(processes_of(child)) > 1 for child in children),
        what="two children and what they started run",
    )
    pids = [process.pid for child in [*children, run.id] for process in processes_of(child)]

    run.cancel()
    parent = site.ended(run.id)

    assert (parent["status"], parent["status_reason"]) == (
        "Canceled",
        "the sweep was canceled; 2 children: 2 canceled, 1 not submitted",
    )
    assert [site.status(child) for child in children] == ["Canceled", "Canceled"]
    assert are_gone(pid for pid in pids if pid not in {p.pid for p in processes_of(run.id)})
    with pytest.raises(NotFound):
        runtide.Run.get(experiment.workspace, f"{run.id}_2")


def test_controller_that_is_killed_again_and_again_submits_each_draw_once(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    sweep = runtide.Sweep(
        script(tmp_path, GATED, tmp_path),
        [{"i": i} for i in range(3)],
        concurrency=1,
    )
    began = tmp_path / "began"

    def begun() -> list[str]:
        return began.read_text().split() if began.exists() else []

    run = experiment.submit(sweep)
    wait_until(lambda: begun() == ["0"], what="the first child has begun")
    (controller,) = processes_of(run.id)
    controller.kill()
    (tmp_path / "go-0").touch()
    wait_until(lambda: begun() == ["0", "1"], what="the second child has begun")
    os.kill(site.launcher_pid(run.id), signal.SIGKILL)
    for index in (1, 2):
        (tmp_path / f"go-{index}").touch()

    parent = site.ended(run.id)

    assert (parent["status"], parent["status_reason"]) == ("Completed", "3 children: 3 completed")
    assert begun() == ["0", "1", "2"]
    assert site.states(run.id).count("Running") == 3, "it was driven by three controllers"
    assert len(site.get(f"/runs/{run.id}/children")["items"]) == 3


def test_child_that_falls_behind_is_stopped_early(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    sweep = runtide.Sweep(
        script(tmp_path, STALLING),
        {"first": [0.5, 9.0]},
        metric="loss",
        early_stop=runtide.Bandit(slack_factor=0.5, delay=3),
        template=["{value}"],
    )

    run = experiment.submit(sweep)
    parent = site.ended(run.id)

    assert (parent["status"], parent["status_reason"]) == (
        "Completed",
        "2 children: 1 completed, 1 canceled",
    )
    stopped = site.run(f"{run.id}_1")
    assert stopped["status"] == "Canceled"
    assert "its best value after 3 is 9" in stopped["properties"][STOPPED_PROPERTY]
