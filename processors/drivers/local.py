"""The embedded driver: one thread that folds a log into a store as it grows."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from processors.drivers.partition import PartitionFold
from processors.sink import read_next_offset
from runtide.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runtide.log.port import EventLog, Record
    from runtide.store.port import MetricStore

BATCH_BYTES_MAX: Final = 8 << 20
"""Log bytes folded at once: some 250,000 points, which ClickHouse takes in one insert."""

BATCH_INTERVAL_S: Final = 0.25
"""Least time between two batches that nobody waits for: small inserts cost merges later."""

IDLE_WAIT_S: Final = 0.5
"""How long one wait for new records lasts before the thread looks whether it should stop."""

_RECORDS_WORTH_A_BATCH: Final = 40

_BACKOFF_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)

_T = TypeVar("_T")

_logger = logging.getLogger(__name__)


class LocalFold:
    """Folds every partition of `log` into `store`, in a thread of its own, until stopped.

    A store that does not answer is asked again for ever, with the same batch. Records that
    cannot be read go to the dead letters. Anything else that goes wrong stops the fold and is
    its `failure`.

    Args:
        log: What is folded.
        store: Where to.
        on_folded: Told of every batch, by the fold's thread, once it can be queried.
    """

    def __init__(
        self,
        log: EventLog,
        store: MetricStore,
        *,
        on_folded: Callable[[Sequence[Record]], None] = lambda _records: None,
    ) -> None:
        self._log = log
        self._store = store
        self._on_folded = on_folded
        self._folds: list[PartitionFold] = []
        self._next_offsets = [0] * log.partition_count
        self._changed = threading.Condition()
        self._wanted = [0] * log.partition_count
        self._is_stopping = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="runtide-fold", daemon=True)

    @property
    def failure(self) -> Exception | None:
        """What stopped the fold, or None."""
        return self._failure

    def start(self) -> None:
        """Resume from the store's checkpoint; without one, begin where the log does.

        Raises:
            StoreUnavailable: The checkpoint is not known; nothing was started.
            LogUnavailable: The start of the log is not known; nothing was started.
        """
        for partition in range(self._log.partition_count):
            checkpoint = read_next_offset(self._store, partition)
            next_offset = checkpoint or self._log.start(partition)
            self._folds.append(
                PartitionFold(
                    self._store, partition, next_offset=next_offset, retried=self._retried
                )
            )
            self._next_offsets[partition] = next_offset
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand and end the thread. Stopping twice is harmless."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def next_offset(self, partition: int) -> int:
        """Return the offset below which every record of `partition` can be queried."""
        return self._next_offsets[partition]

    def wait_until(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Block until the records below `offset` can be queried; False when time ran out.

        The fold is hurried meanwhile: it does not wait for a fuller batch.
        """
        with self._changed:
            self._wanted[partition] = max(self._wanted[partition], offset)
            self._changed.notify_all()
            return (
                self._changed.wait_for(
                    lambda: (
                        self._next_offsets[partition] >= offset
                        or self._failure is not None
                        or self._is_stopping
                    ),
                    timeout=timeout_s,
                )
                and self._next_offsets[partition] >= offset
            )

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                started_s = time.monotonic()
                if self._fold_available():
                    self._pause_until(started_s + BATCH_INTERVAL_S)
                else:
                    self._wait_for_records()
        # A thread that dies in silence would leave readers waiting: whatever it is, they see it.
        except Exception as exc:
            _logger.exception("the fold stopped")
            with self._changed:
                self._failure = exc
                self._changed.notify_all()

    def _fold_available(self) -> bool:
        """Fold one batch of each partition that has one; whether any had."""
        found = False
        for partition in range(self._log.partition_count):
            next_offset = self._folds[partition].next_offset
            records = self._retried(
                partial(self._log.read, partition, next_offset, bytes_max=BATCH_BYTES_MAX)
            )
            if records:
                found = True
                self._fold(partition, records)
        return found

    def _fold(self, partition: int, records: Sequence[Record]) -> None:
        self._folds[partition].fold(records)
        with self._changed:
            self._next_offsets[partition] = self._folds[partition].next_offset
            self._changed.notify_all()
        self._on_folded(records)

    def _pause_until(self, deadline_s: float) -> None:
        """Let a fuller batch gather, unless someone waits for it or there is plenty already."""
        if self._is_behind():
            return
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopping or self._is_hurried(),
                timeout=max(0.0, deadline_s - time.monotonic()),
            )

    def _wait_for_records(self) -> None:
        if self._log.partition_count == 1:
            self._retried(
                lambda: self._log.wait(0, self._folds[0].next_offset, timeout_s=IDLE_WAIT_S)
            )
            return
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopping or self._is_hurried(), timeout=BATCH_INTERVAL_S
            )

    def _is_hurried(self) -> bool:
        return any(n < w for n, w in zip(self._next_offsets, self._wanted, strict=True))

    def _is_behind(self) -> bool:
        return any(
            self._retried(partial(self._log.end, p)) - n > _RECORDS_WORTH_A_BATCH
            for p, n in enumerate(self._next_offsets)
        )

    def _retried(self, call: Callable[[], _T]) -> _T:
        attempt = 0
        while True:
            try:
                return call()
            except UnavailableError as exc:
                pause_s = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
                _logger.warning("the fold tries again in %.1f s: %s", pause_s, exc)
                attempt += 1
                with self._changed:
                    if self._changed.wait_for(lambda: self._is_stopping, timeout=pause_s):
                        raise
