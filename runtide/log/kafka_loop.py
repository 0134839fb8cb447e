"""Asyncio behind a synchronous port: private loops in daemon threads, made anew when they fail.

Nothing here depends on what Python shuts down first. At the end of a process the default
executor takes no more work, and asyncio would look up host names and prove users with it; a
forked child has its parent's loop but not the thread that ran it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Final, Generic, Protocol, TypeVar

from runtide.errors import LogUnavailable, UsageError

_CANCEL_TIMEOUT_S: Final = 1.0
"""How long tasks may take to end, and connections to close, before they are left behind."""

_JOIN_TIMEOUT_S: Final = 4.0

_GIVEN_UP: Final = "the connection to Kafka was given up while it was in use: try again"

_log = logging.getLogger(__name__)

_T = TypeVar("_T")


class LoopThread:
    """An event loop that runs in a daemon thread of its own until it is closed."""

    def __init__(self, name: str) -> None:
        self._loop = _PrivateLoop(name)
        # Whatever is left over when a connection is given up is no news to a training script.
        self._loop.set_exception_handler(lambda _, context: _log.debug("left over: %s", context))
        self._guard = threading.Lock()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Run what `call` returns in the loop, and return its result.

        Raises:
            LogUnavailable: The loop was closed before there was a result.
        """
        with self._guard:
            if self._is_closing:
                raise LogUnavailable(_GIVEN_UP)
            future = self._submitted(call)
        try:
            return future.result()
        except CancelledError as exc:
            raise LogUnavailable(_GIVEN_UP) from exc
        except BaseException:
            future.cancel()
            raise

    def close(self, release: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Cancel what runs, await `release`, and end the thread; returns before that is done."""
        with self._guard:
            if not self._is_closing:
                self._is_closing = True
                self._submitted(lambda: self._shut(release))

    def join(self) -> None:
        """Wait until the thread has ended, but not for ever."""
        self._thread.join(_JOIN_TIMEOUT_S)

    def abandon(self) -> None:
        """In a forked child: see that nothing closes what the parent goes on using."""
        self._loop.is_abandoned = True

    def _submitted(self, call: Callable[[], Coroutine[Any, Any, _T]]) -> Future[_T]:
        return asyncio.run_coroutine_threadsafe(call(), self._loop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _shut(self, release: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await _cancelled(_other_tasks())
        # Nothing that anybody waits for is on its way any more. To take leave of a broker over
        # TLS would be to wait until it has answered the last question.
        self._loop.abort_connections()
        releasing = asyncio.create_task(release())
        await asyncio.wait({releasing}, timeout=_CANCEL_TIMEOUT_S)
        await _cancelled(_other_tasks())
        self._loop.abort_connections()
        await asyncio.sleep(0)  # the connections are closed in the loop's next round
        self._loop.stop()


def _other_tasks() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCEL_TIMEOUT_S)


class _PrivateLoop(asyncio.SelectorEventLoop):
    """A loop whose blocking calls, such as looking up a host, run in one daemon thread."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.is_abandoned = False
        self._connections: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # Started now: at the end of a process no thread can be started any more.
        threading.Thread(target=self._serve, name=f"{name}-calls", daemon=True).start()

    async def create_connection(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # passed on
        transport, protocol = await super().create_connection(*args, **kwargs)
        self._connections.add(transport)
        return transport, protocol

    def abort_connections(self) -> None:
        """Close what is still connected, at once."""
        for transport in list(self._connections):
            transport.abort()

    def is_closed(self) -> bool:
        # A forked child shares its parent's epoll: an object that is collected there and finds
        # the loop open would close its connection and take it out of the parent's epoll too.
        return self.is_abandoned or super().is_closed()

    def run_in_executor(  # type: ignore[override]  # a coroutine of the same result would not do
        self,
        executor: object,  # noqa: ARG002  # the loop's signature
        func: Callable[..., _T],
        *args: Any,  # noqa: ANN401  # whatever `func` takes
    ) -> asyncio.Future[_T]:
        future: asyncio.Future[_T] = self.create_future()

        def call() -> None:
            try:
                result = func(*args)
            except Exception as exc:  # noqa: BLE001  # handed over, whatever it is
                self._settle(future, exc, None)
            else:
                self._settle(future, None, result)

        self._calls.put(call)
        return future

    def close(self) -> None:
        self._calls.put(None)
        super().close()

    def _settle(
        self, future: asyncio.Future[_T], error: BaseException | None, result: _T | None
    ) -> None:
        def settle() -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)  # type: ignore[arg-type]  # there is one without an error
            else:
                future.set_exception(error)

        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            self.call_soon_threadsafe(settle)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class Connection(Protocol):
    """What a `Renewed` makes anew: clients that live in one loop."""

    loop: LoopThread

    async def release(self) -> None:
        """Close every client."""
        ...


_C = TypeVar("_C", bound=Connection)


class Renewed(Generic[_C]):
    """A connection that is made when it is used, and made anew after it has failed.

    Every thread may use it. A forked child gets one of its own.
    """

    def __init__(self, make: Callable[[], _C]) -> None:
        self._make = make
        self._guard = threading.Lock()
        self._connection: _C | None = None
        _living.add(self)

    def run(self, call: Callable[[_C], Coroutine[Any, Any, _T]]) -> _T:
        """Run what `call` returns for the connection; give the connection up if that fails.

        Raises:
            RuntideError: As the call; after `LogUnavailable` the next call connects anew.
        """
        with self._guard:
            connection = self._connection = self._connection or self._made()
        try:
            return connection.loop.run(lambda: call(connection))
        except LogUnavailable:
            self._discard(connection)
            raise

    def close(self) -> None:
        """Close the connection; the next `run` makes another."""
        with self._guard:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.loop.close(connection.release)
            connection.loop.join()

    def _made(self) -> _C:
        try:
            return self._make()
        except RuntimeError as exc:
            # Newer Pythons start no thread once a process is ending.
            message = f"no connection to Kafka can be made any more ({exc}): the process is ending"
            raise LogUnavailable(message) from exc
        except UsageError as exc:
            # It was right when the log was opened: whoever appends has nothing to correct.
            raise LogUnavailable(str(exc)) from exc

    def _discard(self, connection: _C) -> None:
        with self._guard:
            if self._connection is connection:
                self._connection = None
        connection.loop.close(connection.release)

    def abandon(self) -> None:
        """In a forked child: forget the parent's connection without touching it."""
        if self._connection is not None:
            self._connection.loop.abandon()
            _inherited.append(self._connection)
        self._connection = None
        self._guard = threading.Lock()


# The lock of one that a parent's thread was using would never be released in a child, and what
# is collected there would be closed.
_living: weakref.WeakSet[Renewed[Any]] = weakref.WeakSet()
_inherited: list[object] = []


def _abandon_all() -> None:
    for renewed in list(_living):
        renewed.abandon()


os.register_at_fork(after_in_child=_abandon_all)
