"""Submitted runs for pictures: compute targets at work, a pipeline, a sweep, and their code."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Final

import runtide
from runtide.core.columns import encode_f64, encode_range
from runtide.core.events import (
    ConfigSet,
    Event,
    Heartbeat,
    JobSubmitted,
    PropertiesAdded,
    RunCreated,
    Scalars,
    StateChanged,
    Status,
    TextLogged,
)
from tools.recording import now_us, record

JOBS: Final = "digits-jobs"
PIPELINE: Final = "jobs-pipeline"
SWEEP: Final = "jobs-sweep"
FAILED: Final = "jobs-failed"

_GOING_ON: Final = ("jobs-active-0", "jobs-active-1", "jobs-step-train-deep", PIPELINE, SWEEP)
_MINUTE_US: Final = 60_000_000
_AFTER: Final = {
    "fetch": [],
    "clean": ["fetch"],
    "split": ["clean"],
    "train wide": ["split"],
    "train deep": ["split"],
    "train linear": ["split"],
    "evaluate": ["train wide", "train deep", "train linear", "split"],
    "report": ["evaluate", "clean"],
}
_TRAIN: Final = """import argparse

import runtide

arguments = argparse.ArgumentParser()
arguments.add_argument("--lr", type=float, default=0.1)
rate = arguments.parse_args().lr
run = runtide.Run.get_context()
for step in range(100):
    run.log("loss", (1 - rate) ** step)
"""


def keep_alive(home: Path) -> None:
    """Let the runs that go on be heard of."""
    for run in _GOING_ON:
        record(home, run, Heartbeat(ts_us=now_us()))


def log_jobs(home: Path) -> list[str]:
    """Log all of it, and return the ids of the two runs whose code is kept."""
    _log_targets(home)
    _log_pipeline(home)
    _log_sweep(home)
    return _log_code(home)


def _submit(
    home: Path,
    run: str,
    job: JobSubmitted,
    *events: Event,
    name: str,
    user: str = "ada",
    parent: str | None = None,
) -> None:
    created = RunCreated(
        experiment=JOBS,
        name=name,
        created_us=job.ts_us,
        run_type="script",
        target=job.target,
        user=user,
        parent=parent,
    )
    queued = StateChanged(status="Queued", ts_us=job.ts_us, by=user)
    record(home, run, created, job, queued, *events)


def _job(minutes_ago: float, *, target: str = "laptop", priority: int = 0) -> JobSubmitted:
    command = ["python", "train.py"]
    return JobSubmitted(
        command=command, ts_us=_at_us(minutes_ago), target=target, priority=priority
    )


def _at_us(minutes_ago: float) -> int:
    return now_us() - int(minutes_ago * _MINUTE_US)


def _started(minutes_ago: float) -> list[Event]:
    statuses: tuple[Status, ...] = ("Preparing", "Starting", "Running")
    return [
        StateChanged(status=status, ts_us=_at_us(minutes_ago) + i * 2_000_000, by="launcher")
        for i, status in enumerate(statuses)
    ]


def _log_targets(home: Path) -> None:
    for i, name in enumerate(("wide-net seed 1", "wide-net seed 2")):
        job = _job(9, target="gpu-box")
        _submit(home, f"jobs-active-{i}", job, *_started(7 - 5 * i), name=name)
    waiting = (
        ("ablation without dropout", 5, "grace"),
        ("wide-net seed 3", 0, "ada"),
        ("nightly evaluation", -5, "cron"),
    )
    for i, (name, priority, user) in enumerate(waiting):
        job = _job(6 - i, target="gpu-box", priority=priority)
        _submit(home, f"jobs-waiting-{i}", job, name=name, user=user)
    job = JobSubmitted(
        ts_us=_at_us(41),
        target="laptop",
        command=["python", "train.py", "--lr", "5.0", "--note", "too hot"],
        environment={
            "kind": "venv",
            "name": "digits",
            "python": "3.11",
            "requirements": ["numpy==2.3.5", "scikit-learn==1.7.2"],
        },
        variables={"OMP_NUM_THREADS": "2"},
        source="digits",
        duration_s_max=3600.0,
    )
    output = "epoch 1: loss 2.31\nepoch 2: loss nan\nValueError: loss is not finite"
    reason = "the script ended with exit code 1"
    error = {"code": "UserError", "message": reason, "exit_code": 1, "output": output}
    _submit(
        home,
        FAILED,
        job,
        *_started(40),
        TextLogged(file="user_logs/std_log.txt", text=output, ts_us=_at_us(38)),
        StateChanged(status="Failed", ts_us=_at_us(38), by="launcher", reason=reason, error=error),
        name="too-hot",
    )


def _curve(name: str, rate: float, count: int = 120) -> Scalars:
    values = [math.exp(-rate * i) + 0.05 * math.sin(i * (1 + rate)) ** 2 for i in range(count)]
    first_us = now_us() - count * 1_000_000
    return Scalars(
        name=name,
        n=count,
        value=encode_f64(values),
        step=encode_range(0),
        ts_us=encode_range(first_us, 1_000_000),
    )


def _parent(home: Path, run: str, kind: str, properties: dict[str, str]) -> None:
    at_us = _at_us(30)
    record(
        home,
        run,
        RunCreated(experiment=JOBS, name=kind, created_us=at_us, run_type=kind, user="ada"),
        PropertiesAdded(ts_us=at_us, set=properties),
        StateChanged(status="Running", ts_us=at_us),
    )


def _log_pipeline(home: Path) -> None:
    plan = json.dumps([{"name": name, "after": after} for name, after in _AFTER.items()])
    _parent(home, PIPELINE, "pipeline", {"runtide.pipeline.steps": plan})
    statuses: dict[str, Status] = {"train deep": "Running", "train linear": "Failed"}
    for i, name in enumerate(list(_AFTER)[:6]):
        status = statuses.get(name, "Completed")
        step = {"runtide.step": name, "runtide.step.after": ",".join(_AFTER[name])}
        end = StateChanged(status=status, ts_us=_at_us(18 - 2 * i))
        _submit(
            home,
            f"jobs-step-{name.replace(' ', '-')}",
            _job(29 - i),
            PropertiesAdded(ts_us=now_us(), set=step),
            *_started(19 - 2 * i),
            _curve("loss", 0.02 * (i + 1)),
            _curve("train/accuracy", 0.01),
            *([] if status == "Running" else [end]),
            parent=PIPELINE,
            name=f"pipeline>{name}",
        )


def _log_sweep(home: Path) -> None:
    sought = {"runtide.sweep.metric": "val/loss", "runtide.sweep.goal": "minimize"}
    _parent(home, SWEEP, "sweep", sought)
    for i in range(12):
        drawn = {"lr": 0.01 * (i + 1), "batch_size": 32 * (1 + i % 3), "optimizer": "sgd"}
        config = ConfigSet(ts_us=now_us(), set={"runtide.sweep.parameters": drawn})
        rate = 0.02 + 0.002 * i * (11 - i)
        _submit(
            home,
            f"jobs-child-{i}",
            _job(26),
            config,
            *_started(25 - i),
            *([] if i == 0 else [_curve("val/loss", rate, 60)]),
            StateChanged(status="Canceled" if i == 0 else "Completed", ts_us=now_us()),
            parent=SWEEP,
            name=f"sweep>{i}",
        )


def _log_code(home: Path) -> list[str]:
    """Keep the code of two runs, between which something was changed."""
    experiment = runtide.Experiment(runtide.Workspace(home=home), JOBS)
    files = {
        "train.py": _TRAIN,
        "README.md": "# Digits\n\nSubmit `train.py`.\n",
        "digits/__init__.py": "",
        "digits/model.py": "class Model:\n    width = 64\n",
        "digits/data/load.py": "def load():\n    return []\n",
        "old_plots.py": "print('plots')\n",
    }
    changed = files | {
        "train.py": _TRAIN.replace("range(100)", "range(200)").replace('"loss"', '"train/loss"'),
        "digits/augment.py": "def flip(image):\n    return image[:, ::-1]\n",
        "digits/model.py": "class Model:\n    width = 128\n    dropout = 0.1\n",
    }
    del changed["old_plots.py"]
    return [
        _kept(experiment, name, code)
        for name, code in {"before-the-flip": files, "with-the-flip": changed}.items()
    ]


def _kept(experiment: runtide.Experiment, name: str, files: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        run = experiment.start_logging(name, outputs=False, snapshot_directory=folder)
        run.complete()
    return run.id
