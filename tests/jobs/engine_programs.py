"""Stand-ins of `sbatch`, `squeue`, `scancel` and `kubectl`; a job is a process, in a file of its name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil


def sbatch(folder: str, arguments: list[str]) -> None:
    options = _options(arguments)
    assert options.keys() >= {"job-name", "output", "open-mode", "export", "no-requeue"}, options
    script = Path(folder) / f"{options['job-name']}.sh"
    script.write_text(sys.stdin.read())
    _start(Path(folder), options["job-name"], ["/bin/sh", str(script)])
    sys.stdout.write("Submitted batch job 1\n")


def squeue(folder: str, arguments: list[str]) -> None:
    options = _options(arguments)
    assert options["format"] == "%j"
    for name in options["name"].split(","):
        if _pid(Path(folder), name) is not None:
            sys.stdout.write(f"{name}\n")


def scancel(folder: str, arguments: list[str]) -> None:
    options = _options(arguments)
    pid = _pid(Path(folder), options["name"])
    # Nothing ever waits here.
    if options["state"] == "RUNNING" and pid is not None:
        assert (options["signal"], "batch" in options) == ("TERM", True)
        os.kill(pid, signal.SIGTERM)


def kubectl(folder: str, arguments: list[str]) -> None:
    place = Path(folder)
    assert arguments[:2] == ["--namespace", "runs"]
    match arguments[2:]:
        case ["create", "-f", "-"]:
            job = json.load(sys.stdin)
            (container,) = job["spec"]["template"]["spec"]["containers"]
            for variable in container["env"]:
                os.environ[variable["name"]] = variable["value"]
            _start(place, job["metadata"]["name"], container["command"])
        case ["get", "jobs", "-l", "app.kubernetes.io/managed-by=runtide", "-o", "json"]:
            names = [path.stem for path in place.glob("*.pid")]
            print(json.dumps({"items": [_job(place, name) for name in names]}))
        case ["delete", "job", name, "--ignore-not-found", "--wait=false"]:
            pid = _pid(place, name)
            if pid is not None:
                os.kill(pid, signal.SIGTERM)
        case ["logs", _, _]:
            print("said")
        case other:
            sys.exit(f"error: unknown command {other}")


def _job(folder: Path, name: str) -> dict[str, object]:
    is_alive = _pid(folder, name) is not None
    ended = [{"type": "Complete", "status": "True"}]
    return {"metadata": {"name": name}, "status": {} if is_alive else {"conditions": ended}}


def _start(folder: Path, name: str, command: list[str]) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    (folder / f"{name}.pid").write_text(str(process.pid))


def _pid(folder: Path, name: str) -> int | None:
    path = folder / f"{name}.pid"
    if not path.exists():
        return None
    pid = int(path.read_text())
    is_there = psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return pid if is_there else None


def _options(arguments: list[str]) -> dict[str, str]:
    pairs = (argument.removeprefix("--").partition("=") for argument in arguments)
    return {name: value for name, _, value in pairs}
