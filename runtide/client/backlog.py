"""What one sender has not delivered, oldest first: on disk, and behind that in memory.

The numbers of a writer must arrive in order, so what is in memory moves to the end of what is on
disk, and never past it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from runtide.client.frames import Parcel, frame_bytes
from runtide.client.options import Destination
from runtide.client.outbox import Outbox
from runtide.client.spool import SPOOL_BYTES_MAX, SpoolFile, create_file, folders


class Backlog:
    """Spool files in front of an outbox.

    One thread delivers, with `oldest` and `forget`; meanwhile another may `store`.
    """

    def __init__(self, place: Destination, outbox: Outbox) -> None:
        self._folders = folders(place)
        self._url = place.url
        self._outbox = outbox
        self._files: deque[SpoolFile] = deque()
        self._stored_bytes = 0
        # Held over the disk's work, so nobody who must not wait for a disk may take it.
        self._lock = threading.Lock()

    def is_on_disk(self) -> bool:
        """Return whether something on disk is to be delivered before what is in memory."""
        return self._stored_bytes > 0

    def store(self, *, bytes_max: int) -> bool:
        """Move the oldest parcels in memory to disk, at least one; False if no disk takes them.

        They may be what is being delivered, if `bytes_max` is what that was taken with: then they
        are the first on disk.
        """
        with self._lock:
            parcels = self._outbox.head(bytes_max=bytes_max)
            if parcels and not self._is_written(parcels):
                return False
            self._outbox.remove(len(parcels))
            return True

    def oldest(self, *, bytes_max: int) -> list[Parcel]:
        """Return the parcels to deliver next; none if there are none."""
        with self._lock:
            if self.is_on_disk():
                return self._front().head()[0]
            return self._outbox.head(bytes_max=bytes_max)

    def forget(self, parcels: Sequence[Parcel]) -> None:
        """Take away the oldest `parcels`, which have been delivered, wherever they are by now."""
        with self._lock:
            if self.is_on_disk():
                self._advance(sum(map(frame_bytes, parcels)))
            else:
                self._outbox.remove(len(parcels))
        self._outbox.settle(len(parcels))

    def close(self) -> None:
        """Let go of the files; what is in them is for others to deliver."""
        while self._files:
            self._files.popleft().close()

    def _is_written(self, parcels: Sequence[Parcel]) -> bool:
        if self._stored_bytes > SPOOL_BYTES_MAX:
            return False
        if self._files and self._is_appended(self._files[-1], parcels):
            return True
        for folder in self._folders:
            try:
                spool = create_file(folder, url=self._url)
            except OSError:
                continue
            self._files.append(spool)
            if self._is_appended(spool, parcels):
                return True
        return False

    def _is_appended(self, spool: SpoolFile, parcels: Sequence[Parcel]) -> bool:
        try:
            spool.append(parcels)
        except OSError:
            return False
        self._stored_bytes += sum(map(frame_bytes, parcels))
        return True

    def _advance(self, size_bytes: int) -> None:
        self._front().advance(size_bytes)
        self._stored_bytes -= size_bytes
        if not self.is_on_disk():
            while self._files:
                self._files.popleft().remove()

    def _front(self) -> SpoolFile:
        return next(spool for spool in self._files if spool.size_bytes)
