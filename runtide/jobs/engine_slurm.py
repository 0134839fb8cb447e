"""Launchers as batch jobs of Slurm, which finds a node for each.

A job is found again by its name, which the run's id is in.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from runtide.jobs.engine_program import ended_program
from runtide.jobs.failures import EngineUnavailable, LaunchFailed
from runtide.jobs.folders import JobFolder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from runtide.jobs.engine import Launch

_PREFIX: Final = "runtide-"
_AWAY: Final = ("unable to contact slurm", "connection refused", "timed out", "communication")
"""What Slurm's commands say, in small letters, of a controller that does not answer."""


class SlurmEngine:
    """`sbatch`, `squeue` and `scancel`.

    Args:
        jobs: The folder that holds those of the runs; what the nodes say of a launcher is seen
            where they share it.
        arguments: Further arguments of `sbatch`, such as `--partition=gpu --gres=gpu:1`.
    """

    def __init__(self, jobs: Path, *, arguments: Sequence[str] = ()) -> None:
        self._jobs = jobs
        self._arguments = list(arguments)

    def start(self, launch: Launch) -> None:
        """Submit a batch job; see `Engine`."""
        folder = JobFolder(self._jobs, launch.run_id)
        folder.path.mkdir(parents=True, exist_ok=True)
        # The shell is replaced, so that what Slurm signals is the launcher.
        script = f"#!/bin/sh\nexec {shlex.join(launch.command)}\n"
        _answer(
            [
                "sbatch",
                f"--job-name={_PREFIX}{launch.run_id}",
                f"--output={folder.log}",
                "--open-mode=append",
                "--export=ALL",
                # A launcher that is executed again would find its run half done.
                "--no-requeue",
                *self._arguments,
            ],
            script,
            environment=launch.environment,
        )

    def alive(self, run_ids: Collection[str]) -> set[str]:
        """Return those whose job waits or is executed; see `Engine`."""
        if not run_ids:
            return set()
        names = ",".join(f"{_PREFIX}{run_id}" for run_id in sorted(run_ids))
        said = _answer(["squeue", "--noheader", "--format=%j", f"--name={names}"])
        found = {line.strip().removeprefix(_PREFIX) for line in said.splitlines()}
        return found & set(run_ids)

    def cancel(self, run_id: str) -> None:
        """Withdraw a job that waits, and send SIGTERM to one that is executed; see `Engine`."""
        name = f"--name={_PREFIX}{run_id}"
        _answer(["scancel", "--state=PENDING", name])
        # Without a signal, Slurm would end the job itself, and kill it before outputs are kept.
        _answer(["scancel", "--state=RUNNING", "--signal=TERM", "--batch", name])

    def end_leftovers(self, run_id: str) -> None:
        """Do nothing: Slurm ends every process of a job with the job."""

    def last_words(self, run_id: str) -> list[str]:
        """Return the end of the launcher's log, where the nodes share it; see `Engine`."""
        return JobFolder(self._jobs, run_id).last_words()


def _answer(
    command: list[str], text: str | None = None, *, environment: Mapping[str, str] | None = None
) -> str:
    """Return what one of Slurm's commands prints.

    Raises:
        LaunchFailed: It refuses, or is not there.
        EngineUnavailable: The controller does not answer.
    """
    done = ended_program(
        command,
        text,
        environment=environment,
        install="run the agent on a machine of the Slurm cluster",
        look="sinfo",
    )
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.strip() or f"exit code {done.returncode}"
    if any(words in said.lower() for words in _AWAY):
        message = f"Slurm does not answer ({said}): see `sinfo`"
        raise EngineUnavailable(message)
    message = f"Slurm refused `{command[0]}` ({said}): see the agent's `--slurm-arguments`"
    raise LaunchFailed(message, lines=said.splitlines())
