"""What one sender has put on disk and not delivered, oldest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from runtide.client.frames import Parcel
from runtide.client.options import Destination
from runtide.client.spool import SPOOL_BYTES_MAX, SpoolFile, create_file, folders


class Backlog:
    """A queue of parcels in spool files. One thread uses it."""

    def __init__(self, place: Destination) -> None:
        self._folders = folders(place)
        self._files: deque[SpoolFile] = deque()

    def is_empty(self) -> bool:
        """Return whether everything was delivered."""
        return not any(spool.size_bytes for spool in self._files)

    def append(self, parcels: Sequence[Parcel]) -> bool:
        """Write `parcels` behind the others; False if no disk takes them."""
        if sum(spool.size_bytes for spool in self._files) > SPOOL_BYTES_MAX:
            return False
        if self._files and _appended(self._files[-1], parcels):
            return True
        for folder in self._folders:
            try:
                spool = create_file(folder)
            except OSError:
                continue
            self._files.append(spool)
            if _appended(spool, parcels):
                return True
        return False

    def head(self) -> tuple[list[Parcel], int]:
        """Return the oldest parcels and the bytes they take."""
        return self._front().head()

    def advance(self, size_bytes: int) -> None:
        """Forget the oldest `size_bytes`; an emptied file is deleted."""
        self._front().advance(size_bytes)
        if self.is_empty():
            while self._files:
                self._files.popleft().remove()

    def close(self) -> None:
        """Let go of the files; what is in them is for others to deliver."""
        while self._files:
            self._files.popleft().close()

    def _front(self) -> SpoolFile:
        return next(spool for spool in self._files if spool.size_bytes)


def _appended(spool: SpoolFile, parcels: Sequence[Parcel]) -> bool:
    try:
        spool.append(parcels)
    except OSError:
        return False
    return True
