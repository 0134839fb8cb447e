"""Request bodies, read within bounds: what a compressed one grows to counts as well."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from runtide.errors import BodyTooLarge, MalformedEnvelope, UsageError

ENCODINGS: Final = frozenset({"", "identity", "gzip", "zstd"})

_GZIP_WBITS: Final = 31
_PIECE_BYTES: Final = 1 << 20


async def read_body(
    chunks: AsyncIterator[bytes],
    *,
    bytes_max: int,
    on_growth: Callable[[int], None],
) -> bytes:
    """Return a whole body as it was sent.

    Args:
        chunks: The body.
        bytes_max: Largest body that is read.
        on_growth: Told the size after each chunk; what it raises ends the reading.

    Raises:
        BodyTooLarge: The body exceeds `bytes_max`.
    """
    parts = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > bytes_max:
            raise BodyTooLarge(limit_bytes=bytes_max)
        on_growth(size)
        parts.append(chunk)
    return b"".join(parts)


def checked_encoding(header: str) -> str:
    """Return what a `Content-Encoding` says, as `decoded` takes it.

    Raises:
        UsageError: It says something that is not read here.
    """
    encoding = header.strip().lower()
    if encoding not in ENCODINGS:
        raise UsageError(f"content-encoding is {encoding[:80]!r}: want `gzip`, `zstd` or none")
    return encoding


def decoded(body: bytes, encoding: str, *, bytes_max: int) -> bytes:
    """Return what a body holds, decompressed.

    A bomb is refused as soon as its content passes the limit; no more of it is inflated.

    Raises:
        BodyTooLarge: The content exceeds `bytes_max`.
        MalformedEnvelope: The body is not of its encoding, or ends early.
    """
    match encoding:
        case "gzip":
            content = _gunzipped(body, bytes_max + 1)
        case "zstd":
            content = _unzstded(body, bytes_max + 1)
        case _:
            content = body
    if len(content) > bytes_max:
        raise BodyTooLarge(limit_bytes=bytes_max)
    return content


def _gunzipped(body: bytes, length_max: int) -> bytes:
    inflater = zlib.decompressobj(_GZIP_WBITS)
    try:
        content = inflater.decompress(body, length_max)
    except zlib.error as exc:
        raise MalformedEnvelope(f"body is not gzip ({exc}): leave out content-encoding") from exc
    is_whole = inflater.eof and not inflater.unused_data
    if len(content) < length_max and not is_whole:
        raise MalformedEnvelope("body is not one whole gzip stream: send it again")
    return content


def _unzstded(body: bytes, length_max: int) -> bytes:
    # Here and not above: it takes a tenth of a second, and most senders use gzip.
    import pyarrow as pa  # noqa: PLC0415  # see above

    content = bytearray()
    piece = memoryview(bytearray(min(length_max, _PIECE_BYTES)))
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as stream:
            # Not `read`: where a body is damaged, that never frees the piece it was to fill.
            while (left := length_max - len(content)) and (size := stream.readinto(piece[:left])):
                content += piece[:size]
    except OSError as exc:
        message = f"body is not one whole zstd stream ({exc}): send it again"
        raise MalformedEnvelope(message) from exc
    return bytes(content)
