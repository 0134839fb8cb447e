"""Clients that stand still, against a server that waits a tenth of a second, or for ever."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import uvicorn
from uvicorn.server import ServerState

from runtide.http.connection import HEAD_BYTES_MAX, ImpatientProtocol, Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Any

    from starlette.types import Receive, Scope, Send

DEADLINE_S = 30.0
FOR_EVER_S = 3_600.0
ASK = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
LARGE_BYTES = 1 << 26
LARGE = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Place:
    """A server, and what its application noticed."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._state = ServerState()
        self._config = uvicorn.Config(
            self.answer,
            interface="asgi3",
            log_config=None,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        )
        self._config.load()
        self.left = asyncio.Event()
        self.was_asked = False
        self.bytes_taken = 0
        self.port = 0

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive()).get("more_body"):
            self.bytes_taken += len(message["body"])
        if message["type"] == "http.disconnect":
            self.left.set()
            return
        self.was_asked = True
        body = bytes(LARGE_BYTES) if scope["path"] == "/large" else b"hello"
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def has_taken(self, count: int) -> None:
        """Wait until the application has so many bytes of a body."""
        while self.bytes_taken < count:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)

    async def has_connections(self, count: int) -> None:
        """Wait until there are so many."""
        while len(self._state.connections) != count:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)

    async def is_left_by_all(self) -> None:
        """Wait until a connection was there and none is any more."""
        while not self.was_asked or self._state.connections:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)

    def protocol(self) -> asyncio.Protocol:
        return ImpatientProtocol(
            self._patience, config=self._config, server_state=self._state, app_state={}
        )

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Place]:
        server = await asyncio.get_running_loop().create_server(self.protocol, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for connection in list(self._state.connections):
                connection.transport.abort()

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def patience(**changes: float) -> Patience:
    """Return one that waits for ever, but for what is changed."""
    unlimited: dict[str, Any] = {"head_s": FOR_EVER_S, "body_s": FOR_EVER_S, "write_s": FOR_EVER_S}
    return Patience(**{**unlimited, **changes})


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Run it on an event loop in a thread of its own: a browser's tests leave one in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(scenario, DEADLINE_S)).result()


async def closed(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the server closes the connection."""
    came = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(1 << 16):
            came += piece
    return came


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: loc"], ids=["nothing", "half"])
def test_connection_without_a_whole_request_is_closed(begun: bytes) -> None:
    async def scenario() -> None:
        async with (
            Place(patience(head_s=0.1)).open() as place,
            place.connect() as (reader, writer),
        ):
            writer.write(begun)

            assert await closed(reader) == b""

    run(scenario())


@pytest.mark.parametrize(
    ("limit", "begun"),
    [
        ("head_s", b"GET / HTTP/1.1\r\nX: "),
        ("body_s", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"),
    ],
    ids=["head", "body"],
)
def test_byte_now_and_then_does_not_keep_a_connection(limit: str, begun: bytes) -> None:
    """The way of a slow loris: each byte comes in time, and the request never ends."""

    async def scenario() -> None:
        async with (
            Place(patience(**{limit: 0.3})).open() as place,
            place.connect() as (reader, writer),
        ):
            writer.write(begun)
            ending = asyncio.create_task(closed(reader))

            while not ending.done():
                writer.write(b"a")
                await asyncio.wait([ending], timeout=0.05)

            assert ending.result() == b""

    run(scenario())


def test_application_learns_that_a_body_does_not_go_on() -> None:
    async def scenario() -> None:
        async with (
            Place(patience(body_s=0.1)).open() as place,
            place.connect() as (reader, writer),
        ):
            writer.write(POST + b"half")

            assert await closed(reader) == b""

            await place.left.wait()

    run(scenario())


def test_body_that_comes_slowly_and_steadily_is_taken_whole() -> None:
    """Longer than there is time for a part of it, but each part of it in time."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        clock, skipped_s = loop.time, 0.0
        loop.time = lambda: clock() + skipped_s  # type: ignore[method-assign]  # hours in no time
        async with (
            Place(patience(body_s=8.0, body_bytes=2)).open() as place,
            place.connect() as (reader, writer),
        ):
            writer.write(POST)
            for part in range(1, 5):
                writer.write(b"ab")
                await place.has_taken(2 * part)
                skipped_s += 5.0
            writer.write(b"ab")

            assert await reader.readuntil(b"hello")

    run(scenario())


def test_client_that_does_not_read_is_cut_off() -> None:
    async def scenario() -> None:
        async with (
            Place(patience(write_s=0.1)).open() as place,
            place.connect() as (reader, writer),
        ):
            assert isinstance(writer.transport, asyncio.Transport)
            writer.transport.pause_reading()
            writer.write(LARGE)

            await place.is_left_by_all()

            writer.transport.resume_reading()
            assert len(await closed(reader)) < LARGE_BYTES

    run(scenario())


def test_new_connection_takes_the_place_of_the_one_quiet_for_longest() -> None:
    async def scenario() -> None:
        async with (
            Place(patience(connections_max=2)).open() as place,
            place.connect() as (busy, busy_writer),
        ):
            busy_writer.write(POST)
            async with (
                place.connect() as (oldest, _),
                place.connect() as (newer, newer_writer),
            ):
                assert await closed(oldest) == b""
                newer_writer.write(ASK)
                assert await newer.readuntil(b"hello")
            busy_writer.write(b"0123456789")

            assert await busy.readuntil(b"hello")

    run(scenario())


def test_connections_that_come_at_once_take_the_places_of_as_many() -> None:
    """The loop takes them all before it closes any."""

    async def scenario() -> None:
        async with Place(patience(connections_max=2)).open() as place, place.connect() as (last, _):
            with contextlib.ExitStack() as stack:
                for _ in range(8):
                    at_once = socket.create_connection(("127.0.0.1", place.port), DEADLINE_S)
                    stack.enter_context(at_once)

                assert await closed(last) == b""
                await place.has_connections(2)

    run(scenario())


def test_longest_address_comes_in_whatever_pieces() -> None:
    """The network cuts it anywhere; whether it is taken must not depend on where."""

    async def scenario() -> None:
        async with Place(patience()).open() as place, place.connect() as (reader, writer):
            for piece in (b"GET /hello?", *[b"a" * 50_000] * 8, b" HTTP/1.1\r\nHost: a\r\n\r\n"):
                writer.write(piece)
                await writer.drain()

            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")

    run(scenario())
