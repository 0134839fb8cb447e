"""How the query API records what people change: as a writer of the log, like any script.

Each run, or whatever an envelope is of, has a writer of its own in this process. Its envelopes are
numbered 1, 2, 3, … however many requests come at once: one is appended at a time, and the next
number is taken once the log has the one before. Where an append fails nobody knows whether the
log has it, so neither the next number nor the same one would be right: a new writer begins.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from time import monotonic, time_ns
from typing import TYPE_CHECKING, Final

from query_api.progress import position_text
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.ids import QUERY_API_PREFIX
from runtide.errors import FoldBehind, LogUnavailable
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from query_api.progress import FoldProgress
    from runtide.core.events import Event
    from runtide.log.port import EventLog

TURN_TIMEOUT_S: Final = 10.0
"""How long a change waits for earlier ones of the same run to be appended."""

SHOWN_TIMEOUT_S: Final = 20.0
"""How long a change waits until it can be queried before it says so and gives up."""

WRITERS_MAX: Final = 10_000
"""Writers that are remembered; a run whose writer is forgotten gets another one."""

REFUSAL_INTERVAL_S: Final = 1.0
"""Least time between two records that somebody was not let in: a flood of them tells no more."""

_WRITER_BYTES: Final = 12


def now_us() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return time_ns() // 1_000


class _Writer:
    """The numbering of one writer's envelopes."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        """Held from taking a number until the log has the envelope."""
        self.begin()

    def begin(self) -> None:
        """Become a new writer."""
        self.id = f"{QUERY_API_PREFIX}{secrets.token_hex(_WRITER_BYTES)}"
        self.last_seq = 0


class Recorder:
    """Appends events and waits until they can be queried. Any thread may use it.

    Args:
        log: Where events go.
        progress: How far they are folded.
        shown_timeout_s: How long to wait for that.
    """

    def __init__(
        self, log: EventLog, progress: FoldProgress, *, shown_timeout_s: float = SHOWN_TIMEOUT_S
    ) -> None:
        self._log = log
        self._progress = progress
        self._shown_timeout_s = shown_timeout_s
        self._guard = threading.Lock()
        self._writers: OrderedDict[str, _Writer] = OrderedDict()
        self._next_refusal_s = 0.0

    def record(self, key: str, events: Sequence[Event]) -> None:
        """Append `events` to what the log has of `key`, and return when queries show them.

        Raises:
            EnvelopeTooLarge: Nothing was written.
            LogUnavailable: Nothing is known about the outcome; recording the same again is safe.
            FoldBehind: They are in the log and will be shown, but not within the time.
        """
        self.record_each([key], events)

    def record_each(self, keys: Sequence[str], events: Sequence[Event]) -> None:
        """Append the same `events` to each of `keys`, and return when queries show all of them.

        Raises:
            EnvelopeTooLarge, LogUnavailable, FoldBehind: As `record`; those before are written.
        """
        ends: dict[int, int] = {}
        for key in keys:
            ends |= self.append(key, events)
        for partition, end in ends.items():
            if not self._progress.wait_until(partition, end, timeout_s=self._shown_timeout_s):
                message = (
                    f"the change is recorded, at {position_text(ends)}, but not folded after "
                    f"{self._shown_timeout_s:.0f} s: it is shown once the fold has come there"
                )
                raise FoldBehind(message)

    def may_tell_refusal(self) -> bool:
        """Return whether the record may hold another refusal now: at most one a second."""
        with self._guard:
            now_s = monotonic()
            if now_s < self._next_refusal_s:
                return False
            self._next_refusal_s = now_s + REFUSAL_INTERVAL_S
            return True

    def append(self, key: str, events: Sequence[Event]) -> dict[int, int]:
        """Append `events` to what the log has of `key`, and return the ends of its partitions.

        Raises:
            EnvelopeTooLarge: Nothing was written.
            LogUnavailable: Nothing is known about the outcome.
        """
        writer = self._writer(key)
        if not writer.turn.acquire(timeout=TURN_TIMEOUT_S):
            message = f"earlier changes of {key} are still being appended: try again in a moment"
            raise LogUnavailable(message)
        try:
            value = encode_envelope(
                run=key,
                writer=writer.id,
                seq=writer.last_seq + 1,
                sent_us=now_us(),
                events=[event_document(event) for event in events],
            )
            ends = self._log.append([Item(key, value)])
        except BaseException:
            writer.begin()
            raise
        else:
            writer.last_seq += 1
            return ends
        finally:
            writer.turn.release()

    def _writer(self, key: str) -> _Writer:
        with self._guard:
            writer = self._writers.setdefault(key, _Writer())
            self._writers.move_to_end(key)
            if len(self._writers) > WRITERS_MAX:
                self._writers.popitem(last=False)
            return writer
