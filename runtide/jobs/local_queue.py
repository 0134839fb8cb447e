"""The queues that the server of a data folder has, each in a thread: runs, and controllers."""

from __future__ import annotations

import logging
import re
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from runtide.client.options import Destination
from runtide.jobs.engine_local import LocalEngine
from runtide.jobs.folders import JOBS_NAME
from runtide.jobs.opening import opened_queue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runtide.jobs.queue import JobQueue
    from runtide.log.port import Record

TARGET: Final = "local"

CONTROLLERS_MAX: Final = 100
"""Sweeps and pipelines of a data folder that are driven at once."""

_NEWS: Final = re.compile(rb'"type"\s*:\s*"(?:job|state)"')
"""What an envelope holds that changes what a queue has to do."""

_log = logging.getLogger(__name__)


class LocalQueue:
    """Executes what is submitted to one target on this machine, for as long as the server lives.

    Args:
        home: The data folder.
        target: The compute target.
        slot_count: How many runs are executed at once.
    """

    def __init__(self, home: Path, *, target: str, slot_count: int) -> None:
        self._home = home
        self._target = target
        self._slot_count = slot_count
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._queue: JobQueue | None = None
        self._resources = ExitStack()
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a run waits or is executed."""
        return self._queue is not None and self._queue.is_busy

    def see(self, records: Sequence[Record]) -> None:
        """Take note of records that can be queried by now."""
        if not self._news.is_set() and any(_NEWS.search(record.value) for record in records):
            self._news.set()

    def start(self, url: str) -> None:
        """Begin to take runs, asking the server at `url`, which answers."""
        place = Destination(home=self._home, query_url=url)
        self._queue = self._resources.enter_context(
            opened_queue(
                place,
                LocalEngine(self._home / JOBS_NAME),
                target=self._target,
                slot_count=self._slot_count,
            )
        )
        if self._queue is None:
            _log.warning(
                "an agent has the queue of target `%s`: this server takes no runs", self._target
            )
            return
        self._thread = threading.Thread(
            target=self._queue.run,
            kwargs={"news": self._news, "stopping": self._stopping},
            name=f"runtide-queue-{self._target}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """End the thread; launchers go on. Stopping twice is harmless."""
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
        self._resources.close()
