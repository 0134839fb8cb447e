"""Slurm on this machine: its controller, one node, and the keys that they trust each other by.

Everything runs as whoever runs the tests, on ports of its own, in one folder.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import IO

import psutil

from tests.ports import free_port
from tests.waiting import wait_until

_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
_PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))

_CONFIGURATION = """
ClusterName=runtide
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=10000
NodeName=node0 NodeHostname={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=node0 Default=YES MaxTime=INFINITE State=UP
"""


def has_slurm() -> bool:
    """Return whether the machine has all of it; `tools/ensure_slurm.sh` installs it."""
    return all(shutil.which(name, path=_PLACES) for name in _PROGRAMS)


class Slurm:
    """A cluster of one node with four places for jobs, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf")}
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir(mode=0o700)
        (folder / "munge/key").write_bytes(secrets.token_bytes(128))
        (folder / "munge/key").chmod(0o400)
        (folder / "slurm.conf").write_text(
            _CONFIGURATION.format(
                host=platform.node(),
                user=getpass.getuser(),
                folder=folder,
                controller_port=free_port(),
                node_port=free_port(),
            )
        )

    def start(self) -> None:
        """Start all of it, and return when the node takes jobs."""
        munge = self._folder / "munge"
        files = [f"--{name}-file={munge / name}" for name in ("key", "pid", "log", "seed")]
        self._run("munged", "--foreground", "--force", f"--socket={munge / 'socket'}", *files)
        wait_until((munge / "socket").exists, what="munge answers")
        self._run("slurmctld", "-D")
        self._run("slurmd", "-D", "-N", "node0")
        wait_until(self._is_idle, what="the node takes jobs")

    def stop(self) -> None:
        """Stop all of it."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(30)
        # The step of a job goes on telling a controller that is gone how it ended.
        for step in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if step.environ().get("SLURM_CONF") == self.environment["SLURM_CONF"]:
                    step.kill()

    def _is_idle(self) -> bool:
        done = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"],
            env={"PATH": _PLACES, **self.environment},
            capture_output=True,
            check=False,
            text=True,
        )
        return done.stdout.strip() == "idle"

    def _run(self, name: str, *arguments: str) -> None:
        program = shutil.which(name, path=_PLACES)
        assert program is not None, name
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes.append(self._popen([program, *arguments], log))

    def _popen(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, env={"PATH": _PLACES, **self.environment}, stdout=log, stderr=log
        )
