"""The watch over runs whose time is over: they are purged, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

from runtide.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from processors.life.expiry import Expiry
    from processors.life.purge import Purger
    from runtide.log.port import Record

CHECK_INTERVAL_S: Final = 60.0
"""How often it is looked whose time is over."""

_SMALL_BYTES_MAX: Final = 1024
"""What says that a run is purged is no larger."""

_logger = logging.getLogger(__name__)


class LifeWatch:
    """Purges what is to be purged: every minute, and at once when the fold has heard of a purge.

    Args:
        purger: Removes what there is of purged runs.
        expiry: Says of runs whose time is over that they are purged.
    """

    def __init__(self, purger: Purger, expiry: Expiry) -> None:
        self._purger = purger
        self._expiry = expiry
        self._wanted = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="runtide-life", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the statement at hand. Stopping twice is harmless."""
        self._is_stopping = True
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def see(self, records: Sequence[Record]) -> None:
        """Take notice of records that were folded."""
        if any(len(r.value) < _SMALL_BYTES_MAX and b'"run_purged"' in r.value for r in records):
            self._wanted.set()

    def check(self, *, now_us: int) -> list[str]:
        """Purge what is to be purged now, and return the runs that are gone.

        Raises:
            UnavailableError: Something is left; the next check goes on.
        """
        self._expiry.say(now_us=now_us)
        return self._purger.purge_pending()

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self.check(now_us=time.time_ns() // 1_000)
            except UnavailableError as exc:
                _logger.warning("purged runs are removed later: %s", exc)
            self._wanted.wait(CHECK_INTERVAL_S)
            self._wanted.clear()
