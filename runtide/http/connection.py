"""Connections that must get somewhere: whoever neither asks nor listens gives way to others.

uvicorn waits for ever for the rest of a request, and for a reader of its answer. A few hundred
sockets that send a byte a minute would otherwise be all that a server has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from runtide.http.guard import URL_BYTES_MAX

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

HEAD_BYTES_MAX: Final = URL_BYTES_MAX + 64 * 1024
"""Largest request without its body: the longest address, and 64 KiB of headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a connection may stand still, in seconds, and how many there may be."""

    head_s: float = 20.0
    """From the first byte of a request, or from the connection, to the end of its headers."""

    body_s: float = 60.0
    """For the next `body_bytes` of a body that the server waits for, or its end."""

    body_bytes: int = 32 * 1024
    """One byte now and then does not keep a connection."""

    write_s: float = 60.0
    """For a client to take what is ready for it: some 50 kB, so slower readers are cut off too."""

    connections_max: int = 1_000
    """One more takes the place of the one that has been without a request for longest."""


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 on one connection, which is closed when it stands still for too long."""

    def __init__(self, patience: Patience, *args: Any, **options: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **options)
        self._patience = patience
        self._head_timer: asyncio.TimerHandle | None = None
        self._body_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._body_bytes_came = 0
        self._quiet_since_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request; if there are too many connections, close an idle one."""
        super().connection_made(transport)
        self._quiet_since_s = self.loop.time()
        self._wait_for_head()
        if len(self.connections) > self._patience.connections_max:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and everything that it was waited for."""
        for timer in (self._head_timer, self._body_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest of what it is part of."""
        super().data_received(data)
        if self.is_waiting:
            self._wait_for_head()
            return
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._body_bytes_came += len(data)
        if self.conn.their_state is not h11.SEND_BODY:
            self._end_waiting_for_body()
        elif self._body_timer is None or self._body_bytes_came >= self._patience.body_bytes:
            self._wait_for_body()

    def on_response_complete(self) -> None:
        """Note since when nothing is asked."""
        super().on_response_complete()
        self._quiet_since_s = self.loop.time()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._patience.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it has read."""
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request is being answered, and none is complete."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or (cycle.response_complete and self.conn.their_state is h11.IDLE)

    @property
    def quiet_since_s(self) -> float:
        """When it was last done with a request, by the loop's clock."""
        return self._quiet_since_s

    def give_way(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def _make_room(self) -> None:
        # Those that gave way are among the connections until the loop has seen to them.
        staying = [one for one in self.connections if not one.transport.is_closing()]
        if len(staying) > self._patience.connections_max:
            waiting = [
                one for one in staying if isinstance(one, ImpatientProtocol) and one.is_waiting
            ]
            min(waiting, key=lambda one: one.quiet_since_s, default=self).give_way()

    def _wait_for_head(self) -> None:
        # Not begun anew with every byte: that is what a slow sender would want.
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._patience.head_s, self.transport.abort)

    def _wait_for_body(self) -> None:
        self._end_waiting_for_body()
        self._body_bytes_came = 0
        self._body_timer = self.loop.call_later(self._patience.body_s, self._end_body)

    def _end_waiting_for_body(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _end_body(self) -> None:
        # Where the server itself does not read on, the client is not to blame.
        if self.flow.read_paused:
            self._wait_for_body()
        else:
            self.transport.abort()
