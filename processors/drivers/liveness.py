"""The watch for runs whose writers died: they are said to be not responding, as an event."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from processors.core.lifecycle import SILENT_AFTER_US, silent_run_ids
from processors.sink import read_unended_runs
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import StateChanged
from runtide.core.ids import LIVENESS_PREFIX, is_outsider
from runtide.errors import UnavailableError
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from runtide.log.port import EventLog
    from runtide.store.port import MetricStore

CHECK_INTERVAL_S: Final = 10.0

_WRITER: Final = re.compile(rb'"writer":"([\w-]*)"')
_HEAD_BYTES: Final = 512
"""Where in an envelope that we encoded its writer stands."""

_logger = logging.getLogger(__name__)


def is_from_outside(value: bytes) -> bool:
    """Whether an envelope is of none of its run's own writers, and so no sign of life."""
    found = _WRITER.search(value, 0, _HEAD_BYTES)
    return found is not None and is_outsider(found[1].decode())


class Progress(Protocol):
    """How far the log is folded."""

    def next_offset(self, partition: int) -> int:
        """Return the offset below which every record of `partition` can be queried."""
        ...


class SilenceCheck:
    """Decides which runs fell silent, and says so of each in the log.

    A log in use is never folded to its end, so a check remembers where the log ended at some
    time, and judges by that time once the fold has come as far: before, silence may be no more
    than a heartbeat that was not folded yet.
    """

    def __init__(self, log: EventLog, store: MetricStore, progress: Progress) -> None:
        self._log = log
        self._store = store
        self._progress = progress
        self._writer = f"{LIVENESS_PREFIX}{uuid4().hex[:16]}"
        self._seq_by_run: Counter[str] = Counter()
        self._asked: tuple[int, dict[int, int]] | None = None

    def check(
        self, *, now_us: int, partitions: Collection[int], heard_us_by_run: Mapping[str, int]
    ) -> list[str]:
        """Say of every silent run that it does not respond, and return their ids.

        Args:
            now_us: The time.
            partitions: Those whose runs are judged: of several that check, each has its own.
            heard_us_by_run: When runs were heard of, beyond what the store knows.

        Raises:
            UnavailableError: Not all could be said; the next check says the rest.
        """
        judged_us = self._folded_until_us(now_us, partitions)
        if judged_us is None:
            return []
        silent = [
            run_id
            for run_id in silent_run_ids(read_unended_runs(self._store), now_us=judged_us)
            if self._log.partition_of(run_id) in partitions
            and judged_us - heard_us_by_run.get(run_id, 0) > SILENT_AFTER_US
        ]
        for run_id in silent:
            self._log.append([Item(run_id, self._verdict(run_id, now_us))])
        return silent

    def _folded_until_us(self, now_us: int, partitions: Collection[int]) -> int | None:
        """Return a time until which everything in the log is folded, or None for none known."""
        ends = {p: self._log.end(p) for p in partitions}
        if self._is_folded(ends):
            self._asked = None
            return now_us
        if self._asked is not None and self._asked[1].keys() == ends.keys():
            asked_us, asked_ends = self._asked
            if not self._is_folded(asked_ends):
                return None
            self._asked = (now_us, ends)
            return asked_us
        self._asked = (now_us, ends)
        return None

    def _is_folded(self, ends: Mapping[int, int]) -> bool:
        return all(self._progress.next_offset(p) >= end for p, end in ends.items())

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


class LivenessWatch:
    """Looks every ten seconds which runs fell silent, in a thread of its own, until stopped."""

    def __init__(self, log: EventLog, store: MetricStore, progress: Progress) -> None:
        self._silence = SilenceCheck(log, store, progress)
        self._partitions = range(log.partition_count)
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
        return self._silence.check(now_us=now_us, partitions=self._partitions, heard_us_by_run={})

    def _run(self) -> None:
        while not self._stopping.wait(CHECK_INTERVAL_S):
            try:
                self.check(now_us=time.time_ns() // 1000)
            except UnavailableError as exc:
                _logger.warning("liveness is checked again in %.0f s: %s", CHECK_INTERVAL_S, exc)
