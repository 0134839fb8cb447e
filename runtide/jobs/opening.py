"""A queue put together: one for each target and data folder at a time."""

from __future__ import annotations

import hashlib
import platform
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from runtide.client.environments import launcher_environment
from runtide.client.options import Destination
from runtide.jobs.board import Board
from runtide.jobs.folders import JOBS_NAME, held, queue_lock_path
from runtide.jobs.queue import JobQueue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtide.jobs.engine import Engine

_FOLDER_CHARS: Final = 8


@contextmanager
def opened_queue(
    place: Destination,
    engine: Engine,
    *,
    target: str,
    slot_count: int,
    python: str = sys.executable,
    shares_home: bool = True,
) -> Iterator[JobQueue | None]:
    """Open the queue of `target`, and yield it; None where another process has it.

    Args:
        place: Where the record is; its data folder holds those of the runs.
        engine: What executes launchers.
        target: The compute target.
        slot_count: How many launchers may live at once.
        python: The interpreter of launchers, where they are executed.
        shares_home: Whether launchers see the data folder of this machine.
    """
    jobs = place.home / JOBS_NAME
    with held(queue_lock_path(jobs, target=target)) as is_ours:
        if not is_ours:
            yield None
            return
        # Launchers find the server of a data folder by themselves, though it be another by then.
        launchers_place = place if place.url else Destination(home=place.home, token=place.token)
        environment = launcher_environment(launchers_place)
        if not shares_home:
            del environment["RUNTIDE_HOME"]
        with closing(Board(place)) as board:
            yield JobQueue(
                board,
                engine,
                target=target,
                name=queue_name(place.home),
                slot_count=slot_count,
                jobs=jobs,
                python=python,
                environment=environment,
            )


def queue_name(home: Path) -> str:
    """Return what the queues of this machine and data folder are called in the record."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:_FOLDER_CHARS]
    return f"queue@{platform.node()}/{digest}"
