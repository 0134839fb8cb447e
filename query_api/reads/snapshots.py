"""Snapshots of runs: their manifests, files and archives."""

from __future__ import annotations

import hashlib
import mimetypes
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.reads.artifacts import StoredFile
from query_api.wire import rows_of
from runtide.core.manifest import parse_manifest
from runtide.errors import BlobDamaged, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.artifacts.port import ArtifactStore
    from runtide.core.manifest import Manifest, SnapshotFile
    from runtide.store.port import MetricStore

_SNAPSHOT: Final = (
    "SELECT snapshot_id, manifest_sha256, toInt64(file_count) AS file_count, "
    "toInt64(size_bytes) AS size_bytes, toUnixTimestamp64Micro(ts) AS taken_us "
    "FROM snapshots FINAL WHERE run_id = {run:String}"
)
_ORDER: Final = "path"
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""A snapshot keeps no times, so that the same files are the same archive."""

_COMPRESSED_BYTES_MAX: Final = 1 << 20
"""Larger files are seldom code, and would take longer to compress than to send."""

_MODE_SHIFT: Final = 16
_PIECE_BYTES: Final = 1 << 18


class Taken(NamedTuple):
    """A run's snapshot: what the record says of it, and its manifest."""

    facts: dict[str, Any]
    manifest: Manifest


def get_snapshot(store: MetricStore, artifacts: ArtifactStore, run_id: str) -> Taken:
    """Return a run's snapshot.

    Raises:
        NotFound: None was taken of its code, or the manifest is not stored.
        MalformedManifest: What is stored is no manifest.
        ArtifactsUnavailable: The manifest could not be read; retry.
    """
    rows = rows_of(store.query(_SNAPSHOT, {"run": run_id}))
    if not rows:
        message = f"run {run_id!r} has no snapshot: none was taken of its code"
        raise NotFound(message)
    facts = rows[0]
    manifest = parse_manifest(b"".join(artifacts.read(facts["manifest_sha256"])))
    return Taken(facts, manifest)


def list_files(
    manifest: Manifest, *, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of a snapshot's files by path, and the next cursor.

    Raises:
        UsageError: The cursor is not one.
    """
    after = "" if cursor is None else decode_cursor(cursor, sort=_ORDER, of=(str,)).item_id
    left = [file for file in manifest.files if file.path > after]
    items = [
        {
            "path": file.path,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "executable": file.is_executable,
        }
        for file in left[:limit]
    ]
    more = len(left) > limit
    return items, encode_cursor(Cursor(None, left[limit - 1].path), sort=_ORDER) if more else None


def get_file(manifest: Manifest, run_id: str, path: str) -> StoredFile:
    """Return where the bytes of one file are.

    Raises:
        NotFound: The snapshot has no such file.
    """
    for file in manifest.files:
        if file.path == path:
            media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
            stored = file.stored
            return StoredFile(file.sha256, file.size_bytes, media_type, stored.blob, stored.offset)
    message = f"the snapshot of run {run_id!r} has no file {path!r}: GET …/snapshot lists them"
    raise NotFound(message)


def stream_archive(manifest: Manifest, artifacts: ArtifactStore) -> Iterator[bytes]:
    """Yield a ZIP archive of a snapshot, a piece at a time.

    Raises:
        BlobDamaged: A file's bytes are not those that were stored; the archive breaks off.
        NotFound: They are not stored.
        ArtifactsUnavailable: They could not be read.
    """
    pieces = _Pieces()
    with zipfile.ZipFile(cast("BinaryIO", pieces), "w", zipfile.ZIP_DEFLATED) as archive:
        for file in manifest.files:
            entry = zipfile.ZipInfo(file.path, _ZIP_EPOCH)
            entry.external_attr = (0o755 if file.is_executable else 0o644) << _MODE_SHIFT
            is_small = file.size_bytes <= _COMPRESSED_BYTES_MAX
            entry.compress_type = zipfile.ZIP_DEFLATED if is_small else zipfile.ZIP_STORED
            with archive.open(
                entry, "w", force_zip64=file.size_bytes >= zipfile.ZIP64_LIMIT
            ) as out:
                for chunk in _checked(file, artifacts):
                    out.write(chunk)
                    yield from pieces.taken(at_least=_PIECE_BYTES)
    yield from pieces.taken(at_least=1)


class _Pieces:
    """A file that is written to its end once, and taken away meanwhile."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def taken(self, *, at_least: int) -> Iterator[bytes]:
        """Yield what has been written, if it is worth a piece."""
        if len(self._buffer) >= at_least:
            piece, self._buffer = bytes(self._buffer), bytearray()
            yield piece


def _checked(file: SnapshotFile, artifacts: ArtifactStore) -> Iterator[bytes]:
    digest = hashlib.sha256()
    blob, offset = file.stored
    for chunk in artifacts.read(blob, start=offset, end=offset + file.size_bytes):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != file.sha256:
        message = f"{file.path!r} in blob {blob} is not what was stored: restore it from a backup"
        raise BlobDamaged(message)
