"""Taking a snapshot: the code of a run, stored file by file under its content's digest.

Small files travel in *packs* of some megabytes, because a request, or a file on a disk, for each of
many thousand of them would take minutes. Bytes that an earlier snapshot of the folder has stored
are not stored again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Protocol

from runtide.artifacts.port import Blob
from runtide.core.manifest import (
    LeftOut,
    Manifest,
    SnapshotFile,
    Stored,
    encode_manifest,
    make_manifest,
)
from runtide.errors import UsageError
from runtide.submit.stat_cache import KnownFile, StatCache
from runtide.submit.walk import FoundFile, find_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

PACK_BYTES_MAX: Final = 8 << 20
"""Where a pack is closed and the next one begun."""

PACKED_BYTES_MAX: Final = 1 << 20
"""Largest file that travels in a pack; a larger one is a blob of its own."""

_SHOWN_MAX: Final = 10
"""Paths that a warning names."""

_log = logging.getLogger("runtide")


class BlobStore(Protocol):
    """Where bytes are stored under their digest."""

    def save(self, name: str, source: BinaryIO) -> Blob:
        """Store what is left in `source`; `name` says what it is, to people.

        Raises:
            UnavailableError: Nothing was stored; retry.
        """
        ...

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes of this digest are stored.

        Raises:
            UnavailableError: It is not known; retry.
        """
        ...


class Snapshot(NamedTuple):
    """A snapshot that was taken."""

    snapshot_id: str
    manifest_sha256: str
    file_count: int
    size_bytes: int


def take_snapshot(
    source: Path, blobs: BlobStore, *, home: Path, label: str, script: str | None = None
) -> Snapshot:
    """Store the files of a folder, or one file, and return the snapshot.

    What is too large, or cannot be read, is left out with a warning that names it.

    Args:
        source: The folder; `find_files` says which of its files are taken.
        blobs: Where to store them.
        home: The data folder, which is not a part of the snapshot and holds the cache.
        label: What `blobs` is called, so that a cache of one place is not used for another.
        script: A file that the snapshot must have.

    Raises:
        UsageError: There is no such folder, or the snapshot would be without the script.
        UnavailableError: Not everything could be stored; retry.
    """
    if source.is_file():
        source, wanted = source.parent, {source.name}
    elif source.is_dir():
        wanted = None
    else:
        message = f"source folder is {str(source)!r}, which is not there: give a folder or a file"
        raise UsageError(message)
    found = find_files(source, never=[home])
    files = [file for file in found.files if wanted is None or file.path in wanted]
    if script is not None and all(file.path != script for file in files):
        message = (
            f"script {script!r} is left out of the snapshot of {str(source)!r}: take it out of the "
            f"ignore file, or out of `outputs`, `logs` or an environment's folder"
        )
        raise UsageError(message)
    taking = _Taking(source, blobs, StatCache(home, source, label))
    manifest = taking.stored(files, found.left_out if wanted is None else [])
    _warn_of(manifest.left_out, source)
    blob = blobs.save("snapshot/manifest.json", BytesIO(encode_manifest(manifest)))
    return Snapshot(manifest.snapshot_id, blob.sha256, len(manifest.files), manifest.size_bytes)


class _Taking:
    """One snapshot being taken: the pack that is filled, and what is known of each file so far."""

    def __init__(self, source: Path, blobs: BlobStore, cache: StatCache) -> None:
        self._source = source
        self._blobs = blobs
        self._cache = cache
        self._known: dict[str, KnownFile] = {}
        self._left_out: list[LeftOut] = []
        self._stored_by_digest: dict[str, Stored] = {}
        self._pack = bytearray()
        self._offset_by_digest: dict[str, int] = {}
        self._packed: list[tuple[FoundFile, str, int]] = []
        """Files whose bytes are in the open pack, with their digest and size."""

    def stored(self, files: Sequence[FoundFile], left_out: Iterable[LeftOut]) -> Manifest:
        """Store what is not stored yet, and return the manifest."""
        read_ns = time.time_ns()
        self._cache.forget({b for b in self._cache.blobs() if not self._blobs.is_stored(b)})
        self._stored_by_digest = self._cache.stored_by_digest()
        self._left_out += left_out
        for file in files:
            known = self._cache.find(file)
            if known is not None:
                self._known[file.path] = known
                continue
            try:
                self._store(file)
            except OSError as exc:
                reason = f"it cannot be read ({exc.strerror})"
                self._left_out.append(LeftOut(file.path, file.size_bytes, reason))
        self._close_pack()
        self._cache.replace(self._known, read_ns=read_ns)
        executables = {file.path for file in files if file.is_executable}
        return make_manifest(
            (
                SnapshotFile(
                    path, known.sha256, known.size_bytes, path in executables, known.stored
                )
                for path, known in self._known.items()
            ),
            self._left_out,
        )

    def _store(self, file: FoundFile) -> None:
        path = self._source / file.path
        if file.size_bytes > PACKED_BYTES_MAX:
            with path.open("rb") as source:
                blob = self._blobs.save(f"snapshot/{file.path}", source)
            # What was stored counts, should the file have changed since it was looked at.
            self._remember(file, blob.sha256, blob.size_bytes, Stored(blob.sha256))
            return
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if (stored := self._stored_by_digest.get(digest)) is not None:
            self._remember(file, digest, len(data), stored)
            return
        if digest not in self._offset_by_digest:
            if self._pack and len(self._pack) + len(data) > PACK_BYTES_MAX:
                self._close_pack()
            self._offset_by_digest[digest] = len(self._pack)
            self._pack += data
        self._packed.append((file, digest, len(data)))

    def _close_pack(self) -> None:
        if not self._packed:
            return
        blob = self._blobs.save("snapshot/pack", BytesIO(self._pack))
        for digest, offset in self._offset_by_digest.items():
            self._stored_by_digest[digest] = Stored(blob.sha256, offset)
        for file, digest, size_bytes in self._packed:
            self._remember(file, digest, size_bytes, self._stored_by_digest[digest])
        self._pack = bytearray()
        self._offset_by_digest = {}
        self._packed = []

    def _remember(self, file: FoundFile, digest: str, size_bytes: int, stored: Stored) -> None:
        self._known[file.path] = KnownFile(
            size_bytes, file.mtime_ns, file.ctime_ns, file.inode, digest, stored
        )


def _warn_of(left_out: Collection[LeftOut], source: Path) -> None:
    if not left_out:
        return
    largest = sorted(left_out, key=lambda entry: -entry.size_bytes)
    shown = ", ".join(
        f"{entry.path} ({entry.size_bytes:,} bytes: {entry.reason})"
        for entry in largest[:_SHOWN_MAX]
    )
    more = len(largest) - _SHOWN_MAX
    _log.warning(
        "the snapshot of %s is without %s%s: name what the run does not need in .runtideignore, "
        "and give it large data by a path",
        source,
        shown,
        f", and {more:,} more" if more > 0 else "",
    )
