"""Answers that end before their end."""

from __future__ import annotations

import socket
import struct
import threading
from io import BytesIO
from pathlib import Path

import pytest

from runtide.client.options import Destination
from runtide.client.reading import Reader
from runtide.errors import ServerUnavailable

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(
    "answer", [CHUNKED + b"4\r\nhalf\r\n", SIZED + b"half"], ids=["chunks", "length"]
)
def test_answer_that_is_cut_is_an_error(tmp_path: Path, answer: bytes, *, is_reset: bool) -> None:
    """Whoever took it for whole would work with half of a result."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(65_536)
        connection.sendall(answer)
        if is_reset:
            # A close that waits for nothing is a reset.
            lingering = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
        connection.close()

    server = threading.Thread(target=serve)
    server.start()
    place = Destination(home=tmp_path, url=f"http://127.0.0.1:{listener.getsockname()[1]}")

    with pytest.raises(ServerUnavailable, match="ask again"):
        Reader(place).download("/sql", BytesIO())

    server.join()
    listener.close()
