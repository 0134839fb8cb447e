"""Envelopes between the thread that makes them and the thread that delivers them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from runtide.client.frames import Parcel

OUTBOX_BYTES_MAX: Final = 256 * 1024 * 1024
"""What may wait in memory. It is reached only when neither the log nor any disk takes envelopes;
what comes after is dropped, counted, and shown as a gap in the writer's numbering."""

OUTBOX_WAIT_S: Final = 5.0
"""How long a full outbox holds up the making of further envelopes before they are dropped."""


class Outbox:
    """A first-in, first-out queue, bounded in bytes, that knows how far delivery has come.

    A *ticket* is the number of parcels that had been put when it was taken: everything a caller
    had handed over is settled once `settled_count` has reached its ticket.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.put_count = 0
        self.settled_count = 0
        """Parcels that are in the log, or that it refused for good."""
        self.stored_count = 0
        """Parcels that survive this process: settled, or on disk."""
        self.dropped_count = 0
        """Parcels that found no room."""
        self.refused_count = 0
        """Parcels that the log refused for good."""
        self._parcels: deque[Parcel] = deque()
        self._size_bytes = 0
        self._gave_up = False

    def put(self, parcel: Parcel) -> bool:
        """Queue `parcel`; False if there was no room and it was dropped."""
        with self.changed:
            if self._is_full() and not self._gave_up:
                self._gave_up = not self.changed.wait_for(
                    lambda: not self._is_full(), timeout=OUTBOX_WAIT_S
                )
            if self._is_full():
                self.dropped_count += 1
                return False
            self._gave_up = False
            self._parcels.append(parcel)
            self._size_bytes += len(parcel.value)
            self.put_count += 1
            self.changed.notify_all()
            return True

    def ticket(self) -> int:
        """Return the ticket of everything put so far."""
        with self.changed:
            return self.put_count

    def head(self, *, bytes_max: int) -> list[Parcel]:
        """Return the oldest parcels, at least one if there is one; they stay queued."""
        parcels: list[Parcel] = []
        size = 0
        with self.changed:
            for parcel in self._parcels:
                size += len(parcel.value)
                if parcels and size > bytes_max:
                    break
                parcels.append(parcel)
        return parcels

    def remove(self, count: int) -> None:
        """Take the `count` oldest parcels away; they are stored elsewhere now."""
        with self.changed:
            for _ in range(count):
                self._size_bytes -= len(self._parcels.popleft().value)
            self.stored_count += count
            self.changed.notify_all()

    def settle(self, count: int) -> None:
        """Note that `count` further parcels need no more delivery."""
        with self.changed:
            self.settled_count += count
            self.changed.notify_all()

    def is_empty(self) -> bool:
        """Return whether nothing waits in memory."""
        with self.changed:
            return not self._parcels

    def lost_count(self) -> int:
        """Return how many parcels would not outlive this process, or were refused for good."""
        with self.changed:
            in_memory = self.put_count - self.stored_count
            return self.dropped_count + self.refused_count + in_memory

    def _is_full(self) -> bool:
        return self._size_bytes >= OUTBOX_BYTES_MAX
