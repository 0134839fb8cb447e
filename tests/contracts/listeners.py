"""Something that listens where a ClickHouse server was expected, and says one thing to everybody."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


_LEAVE_S: Final = 1.0
"""How long a client may stay once it was answered."""


@contextlib.contextmanager
def listener(answer: bytes) -> Iterator[int]:
    """Yield the port of a listener that sends `answer` to each connection, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, answer), daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextlib.contextmanager
def free_port() -> Iterator[int]:
    """Yield a port at which nobody listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def _serve(server: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(answer)
            # Closed with something unread, it would be reset, and its answer might not be read.
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(_LEAVE_S)
            while connection.recv(65_536):
                pass
