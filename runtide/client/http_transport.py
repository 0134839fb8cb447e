"""The way to the event log through a server's ingest API."""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Sequence
from math import ceil
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from runtide.artifacts.port import Blob
from runtide.client.http_exchange import (
    DENIALS,
    REFUSALS,
    authorization,
    denied,
    exchange,
    open_connection,
)
from runtide.client.options import Destination
from runtide.client.uploads import open_uploader
from runtide.errors import LogUnavailable, QuotaExceeded, RejectedError
from runtide.log.port import Item

COMPRESSED_BYTES_MIN: Final = 1_024
"""Smallest body that is compressed: a smaller one is a packet either way."""

_RETRY_AFTER_S_MAX: Final = 60.0

_LEVEL: Final = 1
"""Envelopes shrink to 48 % (one dense metric) or 39 % (a hundred sparse ones) at 73 and 91 MB/s of
one core, outside the interpreter's lock: a million points a second cost 0.3 of a core. Level 6 takes
1.7 times as long for another 2 % (CPython 3.11, zlib, one core of a shared x86-64 machine)."""

_GZIP_WBITS: Final = 31


class HttpTransport:
    """Through a server's ingest API."""

    send_bytes_max = 2 * 1024 * 1024

    def __init__(self, place: Destination) -> None:
        self._url = urlsplit(place.url or "")
        self._is_near = _is_loopback(self._url.hostname or "")
        self._uploader = open_uploader(place)
        self._authorization = authorization(place.token)
        self._connection: http.client.HTTPConnection | None = None
        self._retry_after_s: float | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the log; see `Transport`."""
        self._retry_after_s = None
        if self._connection is None:
            self._connection = open_connection(self._url)
        body, encoding = self._encoded(b"\n".join(item.value for item in items))
        answer = exchange(
            self._connection,
            "POST",
            f"{self._url.path}/ingest/v1/envelopes",
            body=body,
            headers={"Content-Type": "application/x-ndjson"} | encoding | self._authorization,
        )
        if answer.is_good:
            return
        message = f"the server at {self._url.netloc} answered {answer.status}: {answer.text}"
        if answer.status in REFUSALS:
            raise RejectedError(message)
        if answer.status in DENIALS:
            # Kept as in an outage: with another token the same envelopes are taken.
            raise LogUnavailable(f"{denied(self._url.netloc, answer)}: what was logged is kept")
        self._retry_after_s = _seconds(answer.headers.get("Retry-After"))
        if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise QuotaExceeded(message, retry_after_s=ceil(self._retry_after_s or 1))
        raise LogUnavailable(message)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store a file's bytes; see `Transport`."""
        return self._uploader.save_file(run, path, source)

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes are there already; see `Transport`."""
        return self._uploader.is_stored(sha256)

    def _encoded(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        """Return `body` as it is sent, and the header that says how."""
        if self._is_near or len(body) < COMPRESSED_BYTES_MIN:
            return body, {}
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WBITS)
        return compressor.compress(body) + compressor.flush(), {"Content-Encoding": "gzip"}

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


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _seconds(text: str | None) -> float | None:
    if text is None or not text.strip().isdecimal():
        return None
    return min(float(text), _RETRY_AFTER_S_MAX)
