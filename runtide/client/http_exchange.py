"""One request and its answer, over a connection that the caller keeps."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import SplitResult

import orjson

from runtide.errors import Forbidden, LogUnavailable, Unauthenticated

TIMEOUT_S: Final = 5.0
"""How long a server may take before envelopes go to the spool; the end of a run waits for it."""

REFUSALS: Final = frozenset({400, 409, 413, 422})
"""Answers that the same bytes would get for ever. Anything else, such as 404 of a server that is
not ours, may be mended without changing the data."""

DENIALS: Final = frozenset({401, 403})
"""Answers that another token, or another setting of it, gets past: what was refused is kept."""

_BLOCK_BYTES: Final = 1 << 20


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    text: str
    headers: http.client.HTTPMessage

    @property
    def is_good(self) -> bool:
        """Whether the server did what was asked."""
        return self.status < http.HTTPStatus.MULTIPLE_CHOICES


def authorization(token: str | None) -> dict[str, str]:
    """Return the header that lets in with a token; without one, none."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def denial(status: int, detail: str) -> Unauthenticated | Forbidden:
    """Return the error of an answer that is one of `DENIALS`."""
    unknown = status == http.HTTPStatus.UNAUTHORIZED
    return Unauthenticated(detail) if unknown else Forbidden(detail)


def denied(place: str, answer: Answer) -> str:
    """Return what a server said that did not let in, and what to do."""
    try:
        said = str(orjson.loads(answer.text)["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        said = answer.text
    return f"{place} did not let in, {answer.status} ({said}), see RUNTIDE_TOKEN"


def open_connection(url: SplitResult) -> http.client.HTTPConnection:
    """Return a connection to a server, which is made by the first request."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname or "", url.port, timeout=TIMEOUT_S, blocksize=_BLOCK_BYTES)


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    *,
    body: bytes | BinaryIO | None = None,
    headers: Mapping[str, str],
) -> Answer:
    """Send one request and return its answer.

    A server ends connections that are idle, so a request of bytes that finds its connection ended
    is sent again over a new one.

    Raises:
        LogUnavailable: There was none; nothing is known about the outcome.
    """
    tries_left = 2 if connection.sock is not None and not hasattr(body, "read") else 1
    while True:
        tries_left -= 1
        try:
            return _exchanged(connection, method, target, body, headers)
        except (OSError, http.client.HTTPException) as exc:
            connection.close()
            if tries_left and isinstance(exc, ConnectionError):
                continue
            message = (
                f"{connection.host}:{connection.port} did not answer ({type(exc).__name__}: {exc})"
            )
            raise LogUnavailable(message) from exc


def _exchanged(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes | BinaryIO | None,
    headers: Mapping[str, str],
) -> Answer:
    try:
        connection.request(method, target, body=body, headers=dict(headers))
    except (BrokenPipeError, ConnectionResetError):
        if connection.sock is None:
            raise
        # A server that refuses a body answers before it has read all of it, and hangs up.
    response = connection.getresponse()
    return Answer(response.status, response.read().decode(errors="replace"), response.headers)
