"""A socket, and uvicorn on it: ready when it says so, and ended when it is told to."""

from __future__ import annotations

import logging
import signal
import socket
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from runtide.errors import UsageError
from runtide.http.connection import HEAD_BYTES_MAX, ImpatientProtocol, Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})

STOP_GRACE_S: Final = 1
"""How long open requests may take to end once the server stops."""

_LOOPBACK_BY_EVERY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # what is listened on

_CHECK_TICKS: Final = 10
"""uvicorn ticks ten times a second; whether it is over is asked once."""


class Server(uvicorn.Server):
    """uvicorn, which says when it is ready and ends when nobody needs it.

    Args:
        app: What answers.
        on_ready: Called once, when the socket is answered.
        on_stop: Called once, before open requests are waited for; ends those that never do.
        is_over: Asked once a second; true ends the server.
        stop_grace_s: How long open requests may take to end once the server stops.
        patience: How long connections may stand still.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None] = lambda: None,
        is_over: Callable[[], bool] = lambda: False,
        stop_grace_s: int = STOP_GRACE_S,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(_configuration(app, stop_grace_s, patience or Patience()))
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._is_over = is_over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Return whether it is time to end."""
        if counter % _CHECK_TICKS == 0 and self._is_over():
            return True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End open requests, and then the server."""
        # Streams never end by themselves, and uvicorn waits for what is open. What does not end
        # in time is cut off, and that it complains is no news.
        self._on_stop()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as the wish to end, and as no more than that."""
        # uvicorn's own raises the signal again after it has stopped, which would end the process
        # before the fold, the store and the log are closed.
        previous = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address, and not listened on yet.

    Raises:
        UsageError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; left on, it and
    # delayed acknowledgements add 40 ms to every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        message = (
            f"could not listen on {host} port {port} ({exc.strerror}): choose another with "
            f"`--port`; `--port 0` takes any that is free"
        )
        raise UsageError(message) from exc
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL at which `listener` is reached, from this machine if it is on every address."""
    host, port, *_ = listener.getsockname()
    host = _LOOPBACK_BY_EVERY.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _configuration(app: ASGIApp, stop_grace_s: int, patience: Patience) -> uvicorn.Config:
    protocol: Any = partial(ImpatientProtocol, patience)
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=stop_grace_s,
    )
