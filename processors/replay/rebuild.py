"""Folding a history into tables of their own, as far as the log goes, and on when it has grown."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from processors.drivers.partition import PartitionFold
from processors.sink import read_next_offset
from runtide.errors import LogUnavailable, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from processors.core.fold import Effects
    from processors.replay.history import History
    from runtide.log.port import Record
    from runtide.store.port import MetricStore

BATCH_BYTES_MAX: Final = 8 << 20
"""Log bytes folded at once: some 250,000 points."""

FOLDS_AT_ONCE: Final = 2
"""Partitions folded side by side: one is folded while the store takes another's rows. More would
wait for one interpreter."""

LAG_COUNT_MAX: Final = 200
"""Records behind the end at which a rebuild has caught up with a log that goes on growing."""

PATIENCE_S: Final = 300.0
"""How long the log or the store may be away before the replay ends, to be gone on with later."""

_BACKOFF_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class Patience:
    """Makes a call again while a dependency is away, but not for ever."""

    def __init__(self, limit_s: float = PATIENCE_S) -> None:
        self._limit_s = limit_s

    def __call__(self, call: Callable[[], _T], /) -> _T:
        """Return what `call` returns.

        Raises:
            UnavailableError: It was raised each time, for as long as the limit says.
        """
        deadline_s = time.monotonic() + self._limit_s
        attempt = 0
        while True:
            try:
                return call()
            except UnavailableError as exc:
                pause_s = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
                if time.monotonic() + pause_s > deadline_s:
                    raise
                _log.warning("the replay tries again in %.1f s: %s", pause_s, exc)
                attempt += 1
                time.sleep(pause_s)


@dataclass(frozen=True, slots=True)
class Folded:
    """How far a rebuild is.

    Attributes:
        done_count: Records folded, also by those who worked on it before.
        total_count: Records that there were at the last look.
        new_count: Records folded by this process.
        point_count: Points among these.
    """

    done_count: int
    total_count: int
    new_count: int
    point_count: int


NOTHING_FOLDED: Final = Folded(0, 0, 0, 0)


class _Stopped(Exception):  # no error: another partition has failed, or nobody waits any more
    """The partition is left where it is."""


class Rebuild:
    """Folds every partition of a history into a store, resuming from the store's checkpoints.

    Args:
        history: What is folded.
        store: The rebuilt tables. Threads use it at the same time.
        retried: Makes the calls that may find the log or the store away.
        on_folded: Told after each batch how far the rebuild is, by one thread at a time. What it
            raises ends the rebuild after the batches at hand.
    """

    def __init__(
        self,
        history: History,
        store: MetricStore,
        *,
        retried: Patience,
        on_folded: Callable[[Folded], None],
    ) -> None:
        self._history = history
        self._retried = retried
        self._on_folded = on_folded
        self._new_count = 0
        self._point_count = 0
        self._counting = threading.Lock()
        self._stopped = threading.Event()
        self._starts: list[int] = []
        self._folds: list[PartitionFold] = []
        for partition in range(history.partition_count):
            start = retried(partial(history.start, partition))
            checkpoint = retried(partial(read_next_offset, store, partition))
            self._starts.append(start)
            self._folds.append(
                PartitionFold(store, partition, next_offset=checkpoint or start, retried=self._made)
            )
        self._ends = self._log_ends()

    def catch_up(self) -> None:
        """Fold until no partition is far behind the log's end.

        Raises:
            UnavailableError: The log or the store is away for long; go on later.
            CorruptionError: Records are missing, or too many in a row cannot be read.
        """
        while self._lag_count() > LAG_COUNT_MAX:
            self.reach_end()

    def reach_end(self) -> None:
        """Fold every record that the log has now.

        Raises:
            UnavailableError, CorruptionError: As `catch_up`.
        """
        self._ends = self._log_ends()
        self._stopped.clear()
        with ThreadPoolExecutor(FOLDS_AT_ONCE, thread_name_prefix="runtide-replay") as pool:
            try:
                folds = [pool.submit(self._fold, *place) for place in enumerate(self._ends)]
                for fold in as_completed(folds):
                    fold.result()
            finally:
                # Whatever ended the wait, no thread goes on behind it.
                self._stopped.set()
        self._on_folded(self._folded())

    def _fold(self, partition: int, end: int) -> None:
        """Fold one partition up to `end`, or until the others are to stop."""
        fold = self._folds[partition]
        try:
            while fold.next_offset < end:
                records = self._made(partial(self._read, partition, fold.next_offset, end))
                self._count(fold.fold(records))
        except _Stopped:
            return

    def _made(self, call: Callable[[], _T]) -> _T:
        """Make a call of a thread: with patience, and not when all are to stop."""

        def unless_stopped() -> _T:
            if self._stopped.is_set():
                raise _Stopped
            return call()

        return self._retried(unless_stopped)

    def _read(self, partition: int, offset: int, end: int) -> Sequence[Record]:
        records = self._history.read(partition, offset, bytes_max=BATCH_BYTES_MAX)
        if not records:
            message = (
                f"partition {partition} of the log ends at offset {end} and gave no record from "
                f"{offset} on: see that its brokers are up"
            )
            raise LogUnavailable(message)
        return records

    def _count(self, effects: Effects) -> None:
        with self._counting:
            self._new_count += effects.next_offset - effects.first_offset
            self._point_count += len(effects.tables.get("scalars", {}).get("step", ()))
            self._on_folded(self._folded())

    def _folded(self) -> Folded:
        done = [f.next_offset - s for f, s in zip(self._folds, self._starts, strict=True)]
        total = [max(e - s, 0) for e, s in zip(self._ends, self._starts, strict=True)]
        # The log may have grown beyond the last look, and may have lost records that were folded.
        return Folded(sum(done), max(sum(total), sum(done)), self._new_count, self._point_count)

    def _lag_count(self) -> int:
        ends = self._log_ends()
        return sum(max(e - f.next_offset, 0) for e, f in zip(ends, self._folds, strict=True))

    def _log_ends(self) -> list[int]:
        partitions = range(self._history.partition_count)
        return [self._retried(partial(self._history.end, p)) for p in partitions]
