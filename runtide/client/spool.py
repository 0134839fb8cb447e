"""Envelopes on disk while the log does not take them.

Each sender writes one file of frames and holds its lock for as long as its process lives, so that
a file whose lock is free belongs to a dead sender: an *orphan*, which anybody may deliver.
Delivering twice is harmless, because an envelope is known by its run, writer and number.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.port import Blob
from runtide.client.frames import Parcel, decode_frames, encode_frame
from runtide.client.options import Destination
from runtide.core import limits
from runtide.errors import ArtifactsUnavailable, RejectedError
from runtide.log.port import EventLog, Item

FOLDER_NAME: Final = "spool"
SPOOL_BYTES_MAX: Final = 16 * 1024**3
"""What one sender keeps on disk; beyond it, envelopes wait in memory."""

_SUFFIX: Final = ".spool"
_READ_BYTES: Final = 2 * limits.ENVELOPE_BYTES_MAX
_OWNER_ONLY: Final = 0o600
_STAGED: Final = "staged"
_NOTE_NAME: Final = "destination"
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
    return folder, _spare_root() / _digest(place.label)


def urls_spooled_for(home: Path) -> list[str]:
    """Return where processes with the data folder `home`, and others of this user, spooled for.

    Data folders are not among them, and nothing may be left for any of them.
    """
    found = set()
    for root in (home / FOLDER_NAME, _spare_root()):
        for note in root.glob(f"*/{_NOTE_NAME}"):
            try:
                url = note.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            # A folder is named after its URL, so a note cannot send what is in it elsewhere.
            if _digest(url) == note.parent.name:
                found.add(url)
    return sorted(found)


def create_file(folder: Path, *, url: str | None) -> SpoolFile:
    """Return a new spool file in `folder`, where a note says that all in it goes to `url`.

    The names of a process's files are in the order of their making.

    Raises:
        OSError: The folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if url is not None:
        _write_note(folder / _NOTE_NAME, url)
    while True:
        stamp = f"{time.time_ns():020}-{os.getpid()}-{secrets.token_hex(4)}"
        path = folder / f"{stamp}{_SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
        # Between its creation and its lock a file looks like an orphan, and an empty orphan is
        # deleted: then another name is tried.
        if _lock(descriptor) and _is_linked(path, descriptor):
            return SpoolFile(path, descriptor)
        os.close(descriptor)


def _write_note(note: Path, url: str) -> None:
    # Whoever has the URL from elsewhere finds what is here without the note, so that a disk that
    # does not take it is no reason to try another.
    with contextlib.suppress(OSError):
        if not note.exists():
            part = note.with_name(f"{note.name}-{secrets.token_hex(4)}")
            part.write_text(url, encoding="utf-8")
            part.replace(note)


def paths(place: Destination) -> list[Path]:
    """Return the spool files for `place`, of living and of dead senders, the oldest first."""
    found: list[Path] = []
    for folder in folders(place):
        with contextlib.suppress(OSError):
            found += folder.glob(f"*{_SUFFIX}")
    return sorted(found, key=lambda path: path.name)


def waiting_sizes(place: Destination) -> list[int]:
    """Return the bytes of each spool file for `place` that holds something."""
    sizes = []
    for path in paths(place):
        # A sender that lives may have delivered it by now.
        with contextlib.suppress(OSError):
            sizes.append(path.stat().st_size)
    return [size for size in sizes if size]


def orphans(place: Destination) -> Iterator[SpoolFile]:
    """Yield the spool files for `place` whose senders are dead, locked for this process."""
    preferred, _ = folders(place)
    for path in paths(place):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        # Anybody may write to the system's temporary folder, so there we trust our own alone.
        is_trusted = path.parent == preferred or os.fstat(descriptor).st_uid == os.getuid()
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
            parcels,
            send=log.append,
            save=lambda _run, _path, source: artifacts.save(source),
            on_refused=lambda parcel, exc: _log.warning(
                "something of run %s was left in the spool and is refused: %s", parcel.run, exc
            ),
        )

    return sum(deliver_file(spool, deliver) for spool in orphans(Destination(home=home)))


def deliver_parcels(
    parcels: Sequence[Parcel],
    *,
    send: Callable[[list[Item]], object],
    save: Callable[[str, str, BinaryIO], Blob],
    on_refused: Callable[[Parcel, RejectedError], None],
) -> None:
    """Deliver `parcels`: files' bytes before the envelopes that mention them.

    Args:
        parcels: What to deliver, in order.
        send: Appends envelopes to the log.
        save: Stores the bytes of a run's file.
        on_refused: Called for each parcel that is refused for good; the others are delivered.

    Raises:
        UnavailableError: Some may have been delivered; deliver all of them again.
    """
    try:
        _deliver_together(parcels, send, save)
    except RejectedError as exc:
        if len(parcels) == 1:
            on_refused(parcels[0], exc)
            return
        for parcel in parcels:
            deliver_parcels([parcel], send=send, save=save, on_refused=on_refused)


def _deliver_together(
    parcels: Sequence[Parcel],
    send: Callable[[list[Item]], object],
    save: Callable[[str, str, BinaryIO], Blob],
) -> None:
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


def _spare_root() -> Path:
    return Path(tempfile.gettempdir()) / f"runtide-spool-{os.getuid()}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
