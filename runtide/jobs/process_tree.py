"""The processes of a run: all of them, wherever they went.

A process may leave its group and session, and outlive its parent. Two marks stay with it: it is a
descendant of whoever adopts orphans, which the launcher does on Linux; and its environment says
which run it is of.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RUN_VARIABLE: Final = "RUNTIDE_RUN_ID"
"""The environment variable by which a process is known to be of a run."""

KILL_TIMEOUT_S: Final = 4.0
"""How long processes that were killed may take to be gone; only a broken disk or driver holds one."""

_LOOK_INTERVAL_S: Final = 0.05
_PR_SET_CHILD_SUBREAPER: Final = 36
_STAT_START: Final = 19
"""Where, after the name, `/proc/<pid>/stat` has the time at which a process started."""

_ZOMBIES: Final = frozenset({"Z", "X"})


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def find_identity(pid: int) -> str | None:
    """Return what tells a process from all others that ever have its number; None if it is gone.

    The machine's clock plays no part in it where the system has another: the clock may be set
    while a process runs.
    """
    if sys.platform != "linux":
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                return str(process.create_time())
        return None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The name stands in parentheses and may hold anything, parentheses and spaces included.
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in _ZOMBIES else f"{boot}:{fields[_STAT_START - 1]}"


def descendants() -> list[psutil.Process]:
    """Return every process below this one that has not ended."""
    return [p for p in psutil.Process().children(recursive=True) if _is_running(p)]


def reap_orphans(child_pid: int) -> None:
    """Let ended processes go that became ours; `child_pid` is left to who waits for it."""
    with contextlib.suppress(ChildProcessError, psutil.NoSuchProcess):
        for process in psutil.Process().children():
            if process.pid != child_pid and not _is_running(process):
                os.waitpid(process.pid, os.WNOHANG)


def marked(run_id: str) -> list[psutil.Process]:
    """Return every process of this user whose environment says that it is of the run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(RUN_VARIABLE) == run_id:
                found.append(process)
    return found


def end_all(find: Callable[[], Iterable[psutil.Process]], *, grace_s: float) -> int:
    """End every process that `find` finds, gently and then firmly; return how many are left.

    Each is sent SIGTERM once, when it is first found, and SIGKILL when `grace_s` has passed.
    """
    now_s = time.monotonic()
    grace_ends_s = now_s + grace_s
    deadline_s = grace_ends_s + KILL_TIMEOUT_S
    told: set[psutil.Process] = set()
    while (left := [process for process in find() if _is_running(process)]) and now_s < deadline_s:
        for process in left:
            with contextlib.suppress(psutil.Error):
                if now_s >= grace_ends_s:
                    process.kill()
                elif process not in told:
                    process.terminate()
                    told.add(process)
        time.sleep(_LOOK_INTERVAL_S)
        now_s = time.monotonic()
    return len(left)


def _is_running(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
    return False
