"""Server-sent events of the query API, read by a thread and kept open through outages."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import orjson

from runtide.errors import UnavailableError

SILENCE_S_MAX: Final = 20.0
"""A stream says something every five seconds; one that is silent for this long is broken."""

RETRY_S_MIN: Final = 0.5
RETRY_S_MAX: Final = 15.0


class LiveEvent(NamedTuple):
    """One event of the stream.

    Attributes:
        kind: What the server calls it: `points`, `run`, `changed`, …; or `broken`, which the
            stream says of itself while it is being opened again.
        data: Its document.
        position: Where the stream goes on after it; None where it names no place.
    """

    kind: str
    data: dict[str, Any]
    position: str | None = None


def parse_events(lines: Iterable[bytes]) -> Iterator[LiveEvent]:
    """Yield the events that lines of `text/event-stream` hold; an unfinished one is left out."""
    kind, data, position = "message", b"", None
    for line in lines:
        name, _, value = line.rstrip(b"\r\n").partition(b":")
        value = value.removeprefix(b" ")
        if not name and not value:
            if data:
                yield LiveEvent(kind, orjson.loads(data), position)
            kind, data, position = "message", b"", None
        elif name == b"event":
            kind = value.decode()
        elif name == b"data":
            data += value
        elif name == b"id":
            position = value.decode()


class EventStream:
    """What happens to some runs from a position on, put into `put` by a thread of its own.

    Where the connection breaks it is opened again after the last event that was put.
    """

    def __init__(
        self,
        find_url: Callable[[], str],
        runs: frozenset[str] | None,
        *,
        since: str,
        put: Callable[[LiveEvent], None],
        authorization: Callable[[str], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """Open the stream of `runs`; None is every run's own changes, without points."""
        self._find_url = find_url
        self._authorization = authorization
        self.runs = runs
        self.position = since
        self._put = put
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(
            target=self._follow, name="runtide-widget-stream", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End the stream; nothing is put once this has returned, but for an event at hand."""
        self._closed.set()
        # A thread that waits for the server's next word is woken by nothing else.
        if (open_socket := self._socket) is not None:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    def _follow(self) -> None:
        retry_s = RETRY_S_MIN
        while not self._closed.is_set():
            try:
                for event in self._events():
                    if self._closed.is_set():
                        return
                    retry_s = RETRY_S_MIN
                    self._put(event)
                    # After the event was taken: one that was not is told again.
                    self.position = event.position or self.position
            except (OSError, ValueError, http.client.HTTPException, UnavailableError) as exc:
                reason = str(exc)
            else:
                reason = "the server ended it"
            if self._closed.is_set():
                return
            self._put(LiveEvent("broken", {"reason": reason}))
            self._closed.wait(retry_s * random.uniform(0.75, 1.25))  # noqa: S311  # no secret
            retry_s = min(RETRY_S_MAX, retry_s * 2)

    def _events(self) -> Iterator[LiveEvent]:
        url = self._find_url()
        place = urlsplit(url)
        is_secure = place.scheme == "https"
        kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=SILENCE_S_MAX)
        question = {"since": self.position} if self.position else {}
        if self.runs is not None:
            question["runs"] = ",".join(sorted(self.runs))
        try:
            target = f"{place.path}/api/v1/live?{urlencode(question)}"
            connection.request("GET", target, headers=dict(self._authorization(url)))
            self._socket = connection.sock
            response = connection.getresponse()
            if response.status != http.HTTPStatus.OK:
                message = f"the server answered {response.status}"
                raise http.client.HTTPException(message)
            yield from parse_events(response)
        finally:
            self._socket = None
            connection.close()
