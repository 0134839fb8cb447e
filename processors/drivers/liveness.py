"""The watch for runs whose writers died: they are said to be not responding, as an event."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from processors.core.lifecycle import SILENT_AFTER_US, silent_run_ids
from processors.sink import read_unended_runs
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import StateChanged
from runtide.errors import UnavailableError
from runtide.log.port import Item

if TYPE_CHECKING:
    from processors.drivers.local import LocalFold
    from runtide.log.port import EventLog
    from runtide.store.port import MetricStore

CHECK_INTERVAL_S: Final = 10.0

_logger = logging.getLogger(__name__)


class LivenessWatch:
    """Looks every ten seconds which runs fell silent, in a thread of its own, until stopped.

    It decides only when the fold has caught up with the log: before that, silence may be no more
    than a heartbeat that was not folded yet.
    """

    def __init__(self, log: EventLog, store: MetricStore, fold: LocalFold) -> None:
        self._log = log
        self._store = store
        self._fold = fold
        self._writer = f"liveness-{uuid4().hex[:16]}"
        self._seq_by_run: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runtide-liveness", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread. Stopping twice is harmless."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def check(self, *, now_us: int) -> list[str]:
        """Say of every silent run that it does not respond, and return their ids.

        Raises:
            UnavailableError: Not all could be said; the next check says the rest.
        """
        if any(
            self._fold.next_offset(p) < self._log.end(p) for p in range(self._log.partition_count)
        ):
            return []
        silent = silent_run_ids(read_unended_runs(self._store), now_us=now_us)
        for run_id in silent:
            self._log.append([Item(run_id, self._verdict(run_id, now_us))])
        return silent

    def _verdict(self, run_id: str, now_us: int) -> bytes:
        self._seq_by_run[run_id] += 1
        verdict = StateChanged(
            status="NotResponding",
            ts_us=now_us,
            by="runtide",
            reason=f"not heard of for more than {SILENT_AFTER_US // 1_000_000} s",
        )
        return encode_envelope(
            run=run_id,
            writer=self._writer,
            seq=self._seq_by_run[run_id],
            sent_us=now_us,
            events=[event_document(verdict)],
        )

    def _run(self) -> None:
        while not self._stopping.wait(CHECK_INTERVAL_S):
            try:
                self.check(now_us=time.time_ns() // 1000)
            except UnavailableError as exc:
                _logger.warning("liveness is checked again in %.0f s: %s", CHECK_INTERVAL_S, exc)
