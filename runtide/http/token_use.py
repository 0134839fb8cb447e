"""When tokens were last used, told to the log: seldom, and in a thread of its own."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from typing import TYPE_CHECKING, Final

from runtide.core.access_events import TokenUsed
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.names import access_key
from runtide.errors import RuntideError
from runtide.log.port import Item

if TYPE_CHECKING:
    from runtide.log.port import EventLog

INTERVAL_S: Final = 60.0
"""Least time between two records of one token's use, in one process."""

_WAITING_MAX: Final = 1_000
_WRITER_BYTES: Final = 12

_log = logging.getLogger(__name__)


class TokenUse:
    """Tells the log of each token that it was used. Any thread may note one, and none waits."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._noted_at_s: dict[str, float] = {}
        self._waiting: queue.Queue[str | None] = queue.Queue(_WAITING_MAX)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def note(self, token_id: str) -> None:
        """Note that a token let somebody in."""
        now_s = time.monotonic()
        if now_s - self._noted_at_s.get(token_id, float("-inf")) < INTERVAL_S:
            return
        with self._lock:
            self._noted_at_s[token_id] = now_s
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="runtide-token-use", daemon=True
                )
                self._thread.start()
            if not self._waiting.full():
                self._waiting.put(token_id)

    def stop(self) -> None:
        """End the thread, after what was noted is told."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        while (token_id := self._waiting.get()) is not None:
            key = access_key(token_id)
            value = encode_envelope(
                run=key,
                # Of an append that fails nobody knows whether the log has it: each is a writer's
                # first and last envelope.
                writer=secrets.token_hex(_WRITER_BYTES),
                seq=1,
                sent_us=(now_us := time.time_ns() // 1_000),
                events=[event_document(TokenUsed(ts_us=now_us))],
            )
            try:
                self._log.append([Item(key, value)])
            except RuntideError as exc:
                _log.warning("the use of a token is not recorded: %s", exc)
