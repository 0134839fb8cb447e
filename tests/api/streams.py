"""Reading server-sent events with a deadline."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from tests.system import System

DEADLINE_S = 20.0


class Message(NamedTuple):
    """One server-sent event."""

    event: str
    data: dict[str, Any]
    id: str | None


class Stream:
    """The events of one open stream, in order."""

    def __init__(self, response: httpx.Response) -> None:
        self._messages = _messages(response.iter_lines())

    def wait_for(self, event: str, **fields: Any) -> Message:
        """Return the next event of that name whose data have these fields."""
        deadline_s = time.monotonic() + DEADLINE_S
        seen = []
        for message in self._messages:
            if message.event == event and message.data.items() >= fields.items():
                return message
            seen.append(message)
            assert time.monotonic() < deadline_s, f"no {event} within {DEADLINE_S} s: {seen}"
        raise AssertionError(f"the stream ended before {event}: {seen}")

    def rest(self) -> list[Message]:
        """Return everything up to the stream's end."""
        return list(self._messages)


@contextmanager
def watching(system: System, query: str = "", **headers: str) -> Iterator[Stream]:
    """Open a stream and wait until it follows the log."""
    path = f"/api/v1/live{query}"
    with httpx.stream("GET", system.url + path, headers=headers, timeout=DEADLINE_S) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def _messages(lines: Iterator[str]) -> Iterator[Message]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Message(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}
