"""A server that answers by script, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Answer(NamedTuple):
    """What the server says next."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    ends_connection: bool = False
    """Without saying so, as a server does whose patience with an idle client is over."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Server

    def do_GET(self) -> None:
        """Answer the next request, whatever it is."""
        body = self._body()
        if body is None:
            self.close_connection = True
            return
        self.script.asked.append((self.command, self.path, body))
        self.script.headers.append(dict(self.headers))
        answer = self.script.answers.pop(0)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if "Content-Length" not in dict(answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.close_connection |= answer.ends_connection

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815  # names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes | None:
        """Return the whole body, or None if the client broke off."""
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        return body if len(body) == size else None


class Server:
    """A server that answers by script, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        handler = type("Handler", (_Handler,), {"script": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def answering_server() -> Iterator[Server]:
    """Yield a server without answers, and stop it."""
    server = Server()
    try:
        yield server
    finally:
        server.close()
