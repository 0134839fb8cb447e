"""How far the workers of a cluster are, read from the store that they write to."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_SQL: Final = (
    "SELECT partition, max(next_offset) AS next_offset FROM ingest_progress GROUP BY partition"
)
_FRESH_S: Final = 0.1
"""How old an answer may be: many requests a second share one question to the store."""


class StoredProgress:
    """The checkpoints of every partition. Any thread may ask.

    Unlike a fold in this process it cannot be hurried, and what stopped a worker is known to the
    worker alone: `failure` is always None.
    """

    failure: Exception | None = None

    def __init__(self, store: MetricStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read_s = float("-inf")
        self._next_offsets: dict[int, int] = {}

    def next_offset(self, partition: int) -> int:
        """Return the offset below which every record of `partition` can be queried.

        Raises:
            StoreUnavailable: It is not known; retry.
        """
        with self._lock:
            if time.monotonic() - self._read_s > _FRESH_S:
                rows = self._store.query(_SQL).to_pydict()
                self._next_offsets = dict(zip(rows["partition"], rows["next_offset"], strict=True))
                self._read_s = time.monotonic()
            return self._next_offsets.get(partition, 0)

    def wait_until(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Block until `next_offset` reaches `offset`; False when `timeout_s` passed first.

        Raises:
            StoreUnavailable: As `next_offset`.
        """
        deadline = time.monotonic() + timeout_s
        while self.next_offset(partition) < offset:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_FRESH_S)
        return True
