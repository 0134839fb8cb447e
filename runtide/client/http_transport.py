"""The way to the event log through a server's ingest API."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from typing import BinaryIO, Final
from urllib.parse import SplitResult, quote, urlsplit

import orjson

from runtide.artifacts.port import Blob
from runtide.client.options import Destination
from runtide.errors import ArtifactsUnavailable, LogUnavailable, RejectedError
from runtide.log.port import Item

_HTTP_TIMEOUT_S: Final = 5.0
"""How long a server may take before envelopes go to the spool; the end of a run waits for it."""

_RETRY_AFTER_S_MAX: Final = 60.0

# Anything else, such as 404 of a server that is not ours, may be mended without changing the data.
_REFUSALS: Final = frozenset({400, 409, 413, 422})


class HttpTransport:
    """Through a server's ingest API."""

    send_bytes_max = 2 * 1024 * 1024

    def __init__(self, place: Destination) -> None:
        self._url = urlsplit(place.url or "")
        self._connection: http.client.HTTPConnection | None = None
        self._retry_after_s: float | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the log; see `Transport`."""
        self._retry_after_s = None
        if self._connection is None:
            self._connection = _connection(self._url)
        body = b"\n".join(item.value for item in items)
        status, text, headers = _exchange(
            self._connection, "POST", f"{self._url.path}/ingest/v1/envelopes", body
        )
        if status < http.HTTPStatus.MULTIPLE_CHOICES:
            return
        message = f"the server at {self._url.netloc} answered {status}: {text}"
        if status in _REFUSALS:
            raise RejectedError(message)
        self._retry_after_s = _seconds(headers.get("Retry-After"))
        raise LogUnavailable(message)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store a file's bytes; see `Transport`."""
        # A connection of its own: files are saved on callers' threads.
        connection = _connection(self._url)
        target = f"{self._url.path}/ingest/v1/runs/{quote(run, safe='')}/files/{quote(path)}"
        try:
            status, text, _ = _exchange(connection, "PUT", target, source)
        finally:
            connection.close()
        if status >= http.HTTPStatus.MULTIPLE_CHOICES:
            message = f"the server at {self._url.netloc} answered {status} to {path!r}: {text}"
            raise RejectedError(message) if status in _REFUSALS else ArtifactsUnavailable(message)
        document = orjson.loads(text)
        return Blob(document["sha256"], document["size_bytes"])

    def retry_after_s(self) -> float | None:
        """Return what the server's last refusal asked for."""
        return self._retry_after_s

    def before_fork(self) -> None:
        """Do nothing: a child opens connections of its own."""

    def after_fork(self) -> None:
        """Do nothing; see `before_fork`."""

    def close(self) -> None:
        """Close the connection; the next `send` opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname or "", url.port, timeout=_HTTP_TIMEOUT_S)


def _exchange(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes | BinaryIO
) -> tuple[int, str, http.client.HTTPMessage]:
    kind = "application/x-ndjson" if isinstance(body, bytes) else "application/octet-stream"
    try:
        connection.request(method, target, body=body, headers={"Content-Type": kind})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace"), response.headers
    except (OSError, http.client.HTTPException) as exc:
        connection.close()
        message = (
            f"{connection.host}:{connection.port} did not answer ({type(exc).__name__}: {exc})"
        )
        raise LogUnavailable(message) from exc


def _seconds(text: str | None) -> float | None:
    if text is None or not text.strip().isdecimal():
        return None
    return min(float(text), _RETRY_AFTER_S_MAX)
