"""A network between two processes that can be cut: a TCP proxy on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any

_CHUNK_BYTES = 1 << 16


class Proxy:
    """Forwards a port of its own to `target_port`, in a thread, until it is closed.

    Args:
        target_port: Where connections go, on loopback. May be set later.
    """

    def __init__(self, target_port: int = 0) -> None:
        self.target_port = target_port
        self._is_cut = False
        self._passes = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server: asyncio.Server = self._call(self._started())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every connection, and refuse new ones, as a link that is down does at once."""
        self._is_cut = True
        self._call(self._drop_all())

    def freeze(self) -> None:
        """Let nothing through, in either direction, and break nothing: what hangs is noticed late."""
        self._call(self._set(passes=False))

    def heal(self) -> None:
        """Let everything through again."""
        self._is_cut = False
        self._call(self._set(passes=True))

    def close(self) -> None:
        """End the proxy and all that goes through it."""
        self._call(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _started(self) -> asyncio.Server:
        self._passes.set()
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _set(self, *, passes: bool) -> None:
        if passes:
            self._passes.set()
        else:
            self._passes.clear()

    async def _drop_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _ended(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._drop_all()
        # Transports that were aborted close their sockets in the next round of the loop.
        await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            await self._passes.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(back)
        await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
        self._writers -= {writer, back}

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()
