"""Envelopes on disk while the log does not take them.

Each sender writes one file of frames and holds its lock for as long as its process lives, so that
a file whose lock is free belongs to a dead sender: an *orphan*, which anybody may deliver.
Delivering twice is harmless, because an envelope is known by its run, writer and number.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.port import Blob
from runtide.client.frames import Parcel, decode_frames, encode_frame
from runtide.client.options import Destination
from runtide.core import limits
from runtide.errors import ArtifactsUnavailable
from runtide.log.port import EventLog, Item

FOLDER_NAME: Final = "spool"
SPOOL_BYTES_MAX: Final = 16 * 1024**3
"""What one sender keeps on disk; beyond it, envelopes wait in memory."""

_SUFFIX: Final = ".spool"
_READ_BYTES: Final = 2 * limits.ENVELOPE_BYTES_MAX
_OWNER_ONLY: Final = 0o600
_STAGED: Final = "staged"
_CHUNK_BYTES: Final = 1 << 20

_log = logging.getLogger("runtide")


class SpoolFile:
    """One file of frames, locked by this process: appended at its end, read from its front."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._end = os.fstat(descriptor).st_size
        self._start = 0

    @property
    def size_bytes(self) -> int:
        """How much is left to deliver."""
        return self._end - self._start

    def append(self, parcels: Sequence[Parcel]) -> None:
        """Write `parcels` behind what is there; all of them or, with `OSError`, none."""
        data = memoryview(b"".join(map(encode_frame, parcels)))
        place = self._end
        try:
            while data:
                written = os.pwrite(self._descriptor, data, place)
                data, place = data[written:], place + written
        except OSError:
            os.ftruncate(self._descriptor, self._end)
            raise
        self._end = place

    def head(self) -> tuple[list[Parcel], int]:
        """Return the oldest parcels and the bytes they take; none when nothing whole is left."""
        data = os.pread(self._descriptor, min(_READ_BYTES, self.size_bytes), self._start)
        return decode_frames(data)

    def advance(self, size_bytes: int) -> None:
        """Forget the oldest `size_bytes`, which have been delivered."""
        self._start += size_bytes

    def remove(self) -> None:
        """Delete the file and let go of it."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file; what is in it is an orphan from now on."""
        os.close(self._descriptor)


def folders(place: Destination) -> tuple[Path, Path]:
    """Return the folders for envelopes that are to go to `place`, the preferred one first."""
    folder = place.home / FOLDER_NAME
    if place.url is not None:
        folder /= _digest(place.url)
    user = os.getuid()
    spare = Path(tempfile.gettempdir()) / f"runtide-spool-{user}" / _digest(place.label)
    return folder, spare


def create_file(folder: Path) -> SpoolFile:
    """Return a new spool file in `folder`.

    Raises:
        OSError: The folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        path = folder / f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
        # Between its creation and its lock a file looks like an orphan, and an empty orphan is
        # deleted: then another name is tried.
        if _lock(descriptor) and _is_linked(path, descriptor):
            return SpoolFile(path, descriptor)
        os.close(descriptor)


def orphans(place: Destination) -> Iterator[SpoolFile]:
    """Yield the spool files for `place` whose senders are dead, locked for this process."""
    preferred, spare = folders(place)
    for folder in (preferred, spare):
        try:
            paths = sorted(folder.glob(f"*{_SUFFIX}"))
        except OSError:
            continue
        for path in paths:
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            except OSError:
                continue
            # Anybody may write to the system's temporary folder, so there we trust our own alone.
            is_trusted = folder is preferred or os.fstat(descriptor).st_uid == os.getuid()
            if is_trusted and _lock(descriptor) and _is_linked(path, descriptor):
                yield SpoolFile(path, descriptor)
            else:
                os.close(descriptor)


def stage(source: BinaryIO, place: Destination) -> tuple[Blob, Path]:
    """Keep what is left in `source` beside the spool, and return what and where it is.

    Raises:
        ArtifactsUnavailable: No disk takes it.
    """
    start = source.tell()
    cause = ""
    for folder in folders(place):
        try:
            (folder / _STAGED).mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / _STAGED / secrets.token_hex(16)
            source.seek(start)
            return _copied(source, path), path
        except OSError as exc:
            cause = str(exc)
    message = f"could not keep a file for later ({cause}): check that a disk has space"
    raise ArtifactsUnavailable(message)


def file_parcel(run: str, path: str, staged: Path) -> Parcel:
    """Return the parcel of a staged file that is to be `path` of `run`."""
    return Parcel("file", run, f"{staged}\0{path}".encode())


def deliver_file(spool: SpoolFile, deliver: Callable[[list[Parcel]], object]) -> int:
    """Hand all that is in `spool` to `deliver`, delete it, and return the number of parcels.

    Raises:
        UnavailableError: `deliver` raised it; the file stays, as an orphan.
    """
    count = 0
    try:
        while spool.size_bytes:
            parcels, size = spool.head()
            if not parcels:
                break
            deliver(parcels)
            spool.advance(size)
            discard_staged(parcels)
            count += len(parcels)
    except BaseException:
        spool.close()
        raise
    spool.remove()
    return count


def drain(home: Path, log: EventLog) -> int:
    """Append to `log` what dead senders could not deliver to the data folder `home`.

    Returns:
        How many envelopes and files were delivered.

    Raises:
        UnavailableError: The log or the disk does not take them; they stay in the spool.
    """
    artifacts = LocalArtifacts(home)

    def deliver(parcels: list[Parcel]) -> None:
        deliver_parcels(
            parcels, send=log.append, save=lambda _run, _path, source: artifacts.save(source)
        )

    return sum(deliver_file(spool, deliver) for spool in orphans(Destination(home=home)))


def deliver_parcels(
    parcels: Sequence[Parcel],
    *,
    send: Callable[[list[Item]], object],
    save: Callable[[str, str, BinaryIO], Blob],
) -> None:
    """Deliver `parcels`: files' bytes before the envelopes that mention them.

    Raises:
        UnavailableError: Some may have been delivered; deliver all of them again.
        RejectedError: As `send` and `save`.
    """
    items = [Item(parcel.run, parcel.value) for parcel in parcels if parcel.kind == "envelope"]
    for parcel in parcels:
        if parcel.kind != "file":
            continue
        staged, _, path = parcel.value.decode().partition("\0")
        try:
            with Path(staged).open("rb") as source:
                save(parcel.run, path, source)
        except FileNotFoundError:
            # Either somebody cleaned up, or it was delivered before a sender died: then the
            # artifact store has the bytes under their digest.
            _log.info("the staged bytes of %r of run %s are gone: %s", path, parcel.run, staged)
        except OSError as exc:
            message = f"could not read {staged} ({exc}): check the disk"
            raise ArtifactsUnavailable(message) from exc
    if items:
        send(items)


def discard_staged(parcels: Sequence[Parcel]) -> None:
    """Delete the staged bytes of delivered files."""
    for parcel in parcels:
        if parcel.kind == "file":
            Path(parcel.value.decode().partition("\0")[0]).unlink(missing_ok=True)


def _copied(source: BinaryIO, path: Path) -> Blob:
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("wb") as target:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return Blob(digest.hexdigest(), size)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_linked(path: Path, descriptor: int) -> bool:
    try:
        there, here = path.stat(), os.fstat(descriptor)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
