"""The way to the event log through a server's ingest API."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from math import ceil
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from runtide.artifacts.port import Blob
from runtide.client.http_exchange import REFUSALS, exchange, open_connection
from runtide.client.options import Destination
from runtide.client.uploads import open_uploader
from runtide.errors import LogUnavailable, QuotaExceeded, RejectedError
from runtide.log.port import Item

_RETRY_AFTER_S_MAX: Final = 60.0


class HttpTransport:
    """Through a server's ingest API."""

    send_bytes_max = 2 * 1024 * 1024

    def __init__(self, place: Destination) -> None:
        self._url = urlsplit(place.url or "")
        self._uploader = open_uploader(place)
        self._connection: http.client.HTTPConnection | None = None
        self._retry_after_s: float | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the log; see `Transport`."""
        self._retry_after_s = None
        if self._connection is None:
            self._connection = open_connection(self._url)
        answer = exchange(
            self._connection,
            "POST",
            f"{self._url.path}/ingest/v1/envelopes",
            body=b"\n".join(item.value for item in items),
            headers={"Content-Type": "application/x-ndjson"},
        )
        if answer.is_good:
            return
        message = f"the server at {self._url.netloc} answered {answer.status}: {answer.text}"
        if answer.status in REFUSALS:
            raise RejectedError(message)
        self._retry_after_s = _seconds(answer.headers.get("Retry-After"))
        if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise QuotaExceeded(message, retry_after_s=ceil(self._retry_after_s or 1))
        raise LogUnavailable(message)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store a file's bytes; see `Transport`."""
        return self._uploader.save_file(run, path, source)

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


def _seconds(text: str | None) -> float | None:
    if text is None or not text.strip().isdecimal():
        return None
    return min(float(text), _RETRY_AFTER_S_MAX)
