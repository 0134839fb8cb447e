"""What stands behind each engine that is tested.

Slurm is the real one where the machine has it, which `tools/ensure_slurm.sh` sees to in CI. Ray and
Kubernetes, and Slurm elsewhere, are stand-ins: they take what the real ones take, answer as those
answered when they were tried, and execute what they are given.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runtide.jobs.engine import Engine
from runtide.jobs.engine_kubernetes import KubernetesEngine
from runtide.jobs.engine_local import LocalEngine
from runtide.jobs.engine_ray import RayEngine
from runtide.jobs.engine_slurm import SlurmEngine
from tests.slurm import Slurm, has_slurm

NAMES = ("local", "slurm", "ray", "kubernetes")

_PROGRAM = (
    f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
)


class EnginePlace:
    """Makes engines that find the same launchers, as two processes would.

    Args:
        name: Which engine.
        folder: Where its state is.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.jobs = folder / "jobs"
        self.address = ""

    def engine(self) -> Engine:
        match self.name:
            case "local":
                return LocalEngine(self.jobs)
            case "slurm":
                return SlurmEngine(self.jobs, arguments=["--time=10"])
            case "ray":
                return RayEngine(self.address)
            case _:
                return KubernetesEngine(namespace="runs", image="runtide:1", pod={})


@contextlib.contextmanager
def engine_place(name: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[EnginePlace]:
    """Yield the place of the engine `name`; what executes launchers is stopped at the end."""
    place = EnginePlace(name, folder)
    with contextlib.ExitStack() as stack:
        if name == "slurm" and has_slurm():
            # Slurm's daemons want a short path, and one that every user may enter.
            slurm = Slurm(folder)
            stack.callback(slurm.stop)
            slurm.start()
            for variable, value in slurm.environment.items():
                patch.setenv(variable, value)
        elif name in {"slurm", "kubernetes"}:
            programs = folder / "programs"
            programs.mkdir()
            for program in ("sbatch", "squeue", "scancel", "kubectl"):
                path = programs / program
                path.write_text(
                    f"{_PROGRAM}from tests.jobs.engine_programs import {program}\n"
                    f"{program}({str(folder)!r}, sys.argv[1:])\n"
                )
                path.chmod(0o755)
            patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        elif name == "ray":
            server = RayDashboard(("127.0.0.1", 0), _RayRequest)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            place.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield place


class RayDashboard(ThreadingHTTPServer):
    """The job interface of Ray's dashboard: jobs are processes of this machine."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.jobs: dict[str, subprocess.Popen[bytes]] = {}

    def server_close(self) -> None:
        super().server_close()
        for job in self.jobs.values():
            job.kill()
            job.wait()


class _RayRequest(BaseHTTPRequestHandler):
    server: RayDashboard

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/api/jobs/":
            self._submit(json.loads(body))
            return
        job = self._job(self.path.removesuffix("/stop"))
        if job is not None:
            job.terminate()
            self._answer(200, {"stopped": True})

    def do_GET(self) -> None:
        is_log = self.path.endswith("/logs")
        job = self._job(self.path.removesuffix("/logs"))
        if job is not None:
            status = {None: "RUNNING", 0: "SUCCEEDED"}.get(job.poll(), "FAILED")
            self._answer(200, {"logs": "said\n"} if is_log else {"status": status})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _submit(self, job: dict[str, Any]) -> None:
        environment = {**os.environ, **job["runtime_env"]["env_vars"]}
        self.server.jobs[job["submission_id"]] = subprocess.Popen(
            shlex.split(job["entrypoint"]), env=environment
        )
        self._answer(200, {"job_id": job["submission_id"], "submission_id": job["submission_id"]})

    def _job(self, path: str) -> subprocess.Popen[bytes] | None:
        name = path.rpartition("/")[2]
        if name not in self.server.jobs:
            self._answer(404, f"Job {name} does not exist")
        return self.server.jobs.get(name)

    def _answer(self, status: int, document: object) -> None:
        body = document if isinstance(document, str) else json.dumps(document)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
