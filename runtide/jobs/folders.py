"""The folder of a run that is executed, and what is in it.

<home>/jobs/<run id>/
├── handed.json      the queue has handed the run to its engine
├── launcher.json    the process of the launcher
├── launcher.lock    held by the launcher for as long as it lives
├── launcher.log     what the launcher said of itself
└── code/            the snapshot, where the script runs; ./outputs and ./logs are in it
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from runtide.jobs.core.outcome import LAST_LINES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS_NAME: Final = "jobs"
CODE_NAME: Final = "code"

_HANDED: Final = "handed.json"
_LAUNCHER: Final = "launcher.json"
_LOCK: Final = "launcher.lock"
LOG_NAME: Final = "launcher.log"

_NAME_CHARS_MAX: Final = 120
_LOG_TAIL_BYTES: Final = 16 * 1024


class JobFolder:
    """The folder of one run below `jobs`."""

    def __init__(self, jobs: Path, run_id: str) -> None:
        self.path = jobs / _folder_name(run_id)
        self.run_id = run_id

    @property
    def code(self) -> Path:
        """Where the script runs."""
        return self.path / CODE_NAME

    @property
    def log(self) -> Path:
        """What the launcher says of itself."""
        return self.path / LOG_NAME

    def mark_handed(self, *, target: str) -> None:
        """Note that the run was handed to the engine of `target`."""
        _write(self.path / _HANDED, {"run_id": self.run_id, "target": target})

    def write_launcher(self, *, pid: int, identity: str | None) -> None:
        """Note which process is the launcher."""
        _write(self.path / _LAUNCHER, {"pid": pid, "identity": identity})

    def find_launcher(self) -> tuple[int, str | None] | None:
        """Return the process of the launcher and what tells it from others, if one was noted."""
        document = _read(self.path / _LAUNCHER)
        return None if document is None else (document["pid"], document["identity"])

    def last_words(self) -> list[str]:
        """Return the last lines of the launcher's own log."""
        try:
            with self.log.open("rb") as source:
                source.seek(max(0, self.log.stat().st_size - _LOG_TAIL_BYTES))
                return source.read().decode(errors="replace").splitlines()[-LAST_LINES_MAX:]
        except OSError:
            return []


def handed_runs(jobs: Path, *, target: str) -> set[str]:
    """Return the runs that were handed to the engine of `target` and not forgotten since."""
    documents = [_read(path) for path in jobs.glob(f"*/{_HANDED}")]
    return {found["run_id"] for found in documents if found and found["target"] == target}


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock file `path`, and yield whether it was free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def launcher_lock(folder: JobFolder) -> Iterator[bool]:
    """Hold a run's folder as its launcher, and yield whether there is no other."""
    with held(folder.path / _LOCK) as is_ours:
        yield is_ours


def queue_lock_path(jobs: Path, *, target: str) -> Path:
    """Return the file that the queue of `target` holds locked."""
    return jobs / f"{_folder_name(target)}.lock"


def _folder_name(text: str) -> str:
    quoted = quote(text, safe="")
    if len(quoted) <= _NAME_CHARS_MAX and not quoted.startswith("."):
        return quoted
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, document: dict[str, Any]) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    # A reader sees the whole file or none of it, because a rename is atomic.
    part.write_text(json.dumps(document), encoding="utf-8")
    part.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document
