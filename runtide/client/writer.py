"""One process's use of one run: its buffer, its id, and the numbering of its envelopes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator
from time import time_ns
from typing import TYPE_CHECKING, Any, Final

import orjson

from runtide.client.buffer import RunBuffer
from runtide.client.frames import Parcel
from runtide.client.segments import EventDocument
from runtide.client.uploaded import Uploaded
from runtide.core import limits
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import Event

if TYPE_CHECKING:
    from runtide.client.sender import Sender

HEARTBEAT_INTERVAL_S: Final = 10.0
"""How often a writer says that it is alive; after 60 s of silence a run is NotResponding."""

_WRITER_BYTES: Final = 12


def now_us() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return time_ns() // 1_000


class Writer:
    """Turns what a run's callers log into numbered envelopes.

    A forked child must call `restart` before it logs: it is another writer.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.has_heartbeat = False
        """Whether the run's life depends on this writer's."""
        self.buffer = RunBuffer()
        self.uploaded = Uploaded()
        self.lock = threading.Lock()
        """Held while envelopes are made and queued, so that their order is that of `seq`."""
        self.id = secrets.token_hex(_WRITER_BYTES)
        self.sender: Sender | None = None
        """This process's sender, while it collects from here."""
        self._seq = 0

    def restart(self) -> None:
        """Become a new writer of the same run, with nothing buffered."""
        self.has_heartbeat = False
        self.buffer.forget()
        self.lock = threading.Lock()
        self.id = secrets.token_hex(_WRITER_BYTES)
        self.sender = None
        self._seq = 0

    def add(self, event: Event) -> None:
        """Add one fact."""
        self.buffer.add(event_document(event))

    def taken(self) -> Iterator[Parcel]:
        """Take what is buffered, and yield it as envelopes. The caller holds `lock`."""
        for events in _packed(self.buffer.drained()):
            self._seq += 1
            value = encode_envelope(
                run=self.run_id,
                writer=self.id,
                seq=self._seq,
                sent_us=now_us(),
                events=events,
            )
            yield Parcel("envelope", self.run_id, value)


def _packed(events: Iterable[EventDocument]) -> Iterator[list[Any]]:
    """Yield groups of encoded events, each of about `limits.ENVELOPE_BYTES_TARGET` at most."""
    group: list[Any] = []
    size = 0
    for event in events:
        encoded = orjson.dumps(event)
        is_full = size + len(encoded) > limits.ENVELOPE_BYTES_TARGET
        if group and (is_full or len(group) == limits.EVENTS_PER_ENVELOPE_MAX):
            yield group
            group, size = [], 0
        # A fragment goes into the envelope as it is, so that each event is encoded once.
        group.append(orjson.Fragment(encoded))
        size += len(encoded) + 1
    if group:
        yield group
