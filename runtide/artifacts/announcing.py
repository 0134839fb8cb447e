"""Saving where the digest has to be known before the bytes are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from runtide.artifacts.port import Blob
from runtide.errors import DigestMismatch

CHUNK_BYTES: Final = 1 << 20

_IN_MEMORY_BYTES: Final = 1 << 20


def save_announced(source: BinaryIO, send: Callable[[BinaryIO, Blob], Blob]) -> Blob:
    """Read what is left of `source` once, and hand it to `send` with what it is.

    A source that cannot be read twice, or that somebody writes to meanwhile, is copied to a
    temporary file and sent from there.

    Raises:
        OSError: The source cannot be read, or no disk takes the copy.
        Exception: Whatever `send` raises, but for the first `DigestMismatch`.
    """
    if source.seekable():
        start = source.tell()
        blob = read_blob(source)
        source.seek(start)
        try:
            return send(source, blob)
        except DigestMismatch:
            source.seek(start)
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        copy = cast("BinaryIO", spool)
        blob = read_blob(source, copy_to=copy)
        copy.seek(0)
        return send(copy, blob)


def read_blob(source: BinaryIO, *, copy_to: BinaryIO | None = None) -> Blob:
    """Read what is left of `source`, and return what it is; nothing but a chunk is kept."""
    digest = hashlib.sha256()
    size = 0
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        if copy_to is not None:
            copy_to.write(chunk)
    return Blob(digest.hexdigest(), size)
