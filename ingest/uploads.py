"""A file on its way from a request's body into the artifact store."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from io import RawIOBase
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from anyio import CapacityLimiter, to_thread

from runtide.artifacts.port import ArtifactStore, Blob
from runtide.errors import BodyTooLarge

_SPOOLED_BYTES: Final = 4 * 1024 * 1024


async def save_announced(
    artifacts: ArtifactStore,
    chunks: AsyncIterator[bytes],
    *,
    expected: Blob,
    limiter: CapacityLimiter,
) -> Blob:
    """Store a body that is announced by digest and size, as it arrives.

    Raises:
        DigestMismatch: It is something else; nothing was stored.
        ArtifactsUnavailable: Nothing was stored; retry.
    """
    source = cast("BinaryIO", _Arriving(chunks, asyncio.get_running_loop()))
    save = functools.partial(artifacts.save, source, expected=expected)
    return await to_thread.run_sync(save, limiter=limiter)


async def save_spooled(
    artifacts: ArtifactStore,
    chunks: AsyncIterator[bytes],
    *,
    sha256: str | None,
    bytes_max: int,
    limiter: CapacityLimiter,
) -> Blob:
    """Store a body of unknown size: first on this machine's disk, and then in the store.

    Raises:
        DigestMismatch: `sha256` is not its digest; nothing was stored.
        BodyTooLarge: It exceeds `bytes_max`; nothing was stored.
        ArtifactsUnavailable: Nothing was stored; retry.
    """
    size = 0
    with SpooledTemporaryFile(max_size=_SPOOLED_BYTES) as spool:
        async for chunk in chunks:
            size += len(chunk)
            if size > bytes_max:
                raise BodyTooLarge(limit_bytes=bytes_max)
            # Beyond the spool's size this writes to disk, which may wait.
            await to_thread.run_sync(spool.write, chunk, limiter=limiter)
        spool.seek(0)
        expected = None if sha256 is None else Blob(sha256, size)
        save = functools.partial(artifacts.save, cast("BinaryIO", spool), expected=expected)
        return await to_thread.run_sync(save, limiter=limiter)


class _Arriving(RawIOBase):
    """A body as a file, for a thread: each read waits until the event loop has received enough.

    The thread may be any, because an engine reads in threads of its own.
    """

    def __init__(self, chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._chunks = chunks
        self._loop = loop
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        assert size > 0, size
        return asyncio.run_coroutine_threadsafe(self._received(size), self._loop).result()

    async def _received(self, size: int) -> bytes:
        # As much as was asked for, so that there are few changes between the threads.
        parts, length = [self._rest], len(self._rest)
        while length < size and (chunk := await anext(self._chunks, None)) is not None:
            parts.append(chunk)
            length += len(chunk)
        content = b"".join(parts)
        self._rest = content[size:]
        return content[:size]
