"""Request bodies, read within bounds: what a compressed one grows to counts as well."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

from runtide.errors import BodyTooLarge, MalformedEnvelope, UsageError

BODY_BYTES_MAX: Final = 32 * 1024 * 1024
"""Largest body of envelopes, after decompression."""

_GZIP_WBITS: Final = 31
_ENCODINGS: Final = frozenset({"", "identity", "gzip"})


async def read_body(
    chunks: AsyncIterator[bytes], *, encoding: str, bytes_max: int = BODY_BYTES_MAX
) -> bytes:
    """Return a whole body, decompressed.

    A gzip bomb is refused as soon as its content passes the limit; no more of it is inflated.

    Raises:
        BodyTooLarge: The content exceeds `bytes_max`.
        MalformedEnvelope: The body is not gzip, or ends early.
        UsageError: The encoding is neither gzip nor none.
    """
    encoding = encoding.strip().lower()
    if encoding not in _ENCODINGS:
        raise UsageError(f"content-encoding is {encoding[:80]!r}: want `gzip` or none")
    inflater = zlib.decompressobj(_GZIP_WBITS) if encoding == "gzip" else None
    parts = []
    size = 0
    async for chunk in chunks:
        part = chunk if inflater is None else _inflated(inflater, chunk, bytes_max - size + 1)
        size += len(part)
        if size > bytes_max:
            raise BodyTooLarge(limit_bytes=bytes_max)
        parts.append(part)
    if inflater is not None and (not inflater.eof or inflater.unused_data):
        raise MalformedEnvelope("body is not one whole gzip stream: send it again")
    return b"".join(parts)


def _inflated(inflater: zlib._Decompress, chunk: bytes, length_max: int) -> bytes:
    try:
        return inflater.decompress(chunk, length_max)
    except zlib.error as exc:
        raise MalformedEnvelope(f"body is not gzip ({exc}): leave out content-encoding") from exc
