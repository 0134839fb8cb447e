"""The engine that everybody has: a process of this machine for each launcher."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Final

from runtide.jobs.failures import LaunchFailed
from runtide.jobs.folders import JobFolder
from runtide.jobs.process_tree import end_all, find_identity, marked

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from runtide.jobs.engine import Launch

_LEFTOVER_GRACE_S: Final = 2.0


class LocalEngine:
    """Processes in sessions of their own, so that none ends with the queue that started it.

    Args:
        jobs: The folder that holds those of the runs.
    """

    def __init__(self, jobs: Path) -> None:
        self._jobs = jobs
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, launch: Launch) -> None:
        """Start the launcher; see `Engine`."""
        folder = JobFolder(self._jobs, launch.run_id)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            with folder.log.open("ab") as log:
                child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                    launch.command,
                    cwd=folder.path,
                    env=dict(launch.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            # The launcher does the same: this process may die here, and that one not have begun.
            folder.write_launcher(pid=child.pid, identity=find_identity(child.pid))
        except OSError as exc:
            message = f"the launcher could not be started in {folder.path} ({exc}): free some space"
            raise LaunchFailed(message) from exc
        self._children[launch.run_id] = child

    def alive(self, run_ids: Collection[str]) -> set[str]:
        """Return those that live; see `Engine`."""
        return {run_id for run_id in run_ids if self._pid(run_id) is not None}

    def cancel(self, run_id: str) -> None:
        """Send SIGTERM to the launcher; see `Engine`."""
        pid = self._pid(run_id)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def end_leftovers(self, run_id: str) -> None:
        """End every process whose environment says that it is of the run; see `Engine`."""
        end_all(partial(marked, run_id), grace_s=_LEFTOVER_GRACE_S)

    def last_words(self, run_id: str) -> list[str]:
        """Return the end of the launcher's log; see `Engine`."""
        return JobFolder(self._jobs, run_id).last_words()

    def _pid(self, run_id: str) -> int | None:
        """Return the process of a launcher that lives."""
        child = self._children.get(run_id)
        if child is not None:
            if child.poll() is None:
                return child.pid
            del self._children[run_id]
            return None
        noted = JobFolder(self._jobs, run_id).find_launcher()
        if noted is None:
            return None
        pid, identity = noted
        return pid if identity is not None and find_identity(pid) == identity else None
