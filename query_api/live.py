"""The live hub: a thread a partition follows the log for any number of watchers.

    log  --tail threads-->  ring of decoded batches  --asyncio-->  one stream a watcher

The threads read only while somebody watches. A watcher takes what is new at most every tick and
merges it, so that what it has not been able to take yet costs nothing but its place in the ring.
A watcher whose place is older than the ring is caught up from the log itself, within a bound;
beyond that it is told to start again (`reset`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from query_api.core.deltas import StatusRules
from query_api.live_ring import Ring, decoded, merged
from query_api.live_wire import event_bytes, merged_bytes
from query_api.progress import lag_count, position_text
from runtide.core.access import LOCAL
from runtide.errors import CorruptionError, RecordsExpired, TooManyWatchers, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

    from query_api.core.deltas import Merged, RunDeltas
    from query_api.live_scope import LiveScope
    from query_api.progress import FoldProgress
    from runtide.core.access import Caller
    from runtide.log.port import EventLog, Record

TICK_S: Final = 0.05
"""Least time between two messages to one watcher."""

LAG_INTERVAL_S: Final = 5.0
"""How often a watcher hears how far the fold is behind; it also finds watchers that are gone."""

WATCHERS_MAX: Final = 256
"""Open streams; one more is refused."""

WATCHERS_PER_CALLER_MAX: Final = 64
"""Those of them that one token may have, so that nobody takes the streams of all others."""

CATCH_UP_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of records that are read again for one watcher that resumes."""

_READ_BYTES_MAX: Final = 4 * 1024 * 1024
_WAIT_S: Final = 0.25
_RETRY_S: Final = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Watch:
    """What one watcher is to hear of: `runs`, within `scope`, and without those in `hidden`."""

    runs: frozenset[str] | None
    scope: LiveScope | None
    hidden: set[str]

    async def merged(self, deltas: list[RunDeltas]) -> Merged:
        """Return the changes that may be told, as one."""
        if self.scope is not None:
            deltas = await asyncio.to_thread(self.scope.visible, deltas)
        return merged(deltas, self.runs, self.hidden)


class _Watcher(NamedTuple):
    """An open stream: the loop that it is sent from, and whose it is."""

    loop: asyncio.AbstractEventLoop
    caller: Caller


class LiveHub:
    """Follows the log while somebody watches."""

    def __init__(
        self,
        log: EventLog,
        progress: FoldProgress,
        *,
        watchers_max: int = WATCHERS_MAX,
        watchers_per_caller_max: int = WATCHERS_PER_CALLER_MAX,
    ) -> None:
        self._log = log
        self._progress = progress
        self._watchers_max = watchers_max
        self._watchers_per_caller_max = watchers_per_caller_max
        self._guard = threading.Lock()
        self._watchers: dict[asyncio.Event, _Watcher] = {}
        self._ring: Ring | None = None
        self._threads: list[threading.Thread] = []
        self._idle = threading.Event()
        self._closing = threading.Event()

    @property
    def watcher_count(self) -> int:
        """How many streams are open."""
        return len(self._watchers)

    def close(self) -> None:
        """End every stream and the thread. May be called from any thread, and twice."""
        self._closing.set()
        self._idle.set()
        self._wake()
        for thread in self._threads:
            thread.join(timeout=_WAIT_S * 8)

    def check_room(self, caller: Caller) -> None:
        """Return if one more stream of `caller` may open. Without tokens all are one caller.

        Raises:
            TooManyWatchers: It may not.
        """
        if self.watcher_count >= self._watchers_max:
            raise TooManyWatchers(limit=self._watchers_max)
        with self._guard:
            own_count = sum(watcher.caller == caller for watcher in self._watchers.values())
        if caller != LOCAL and own_count >= self._watchers_per_caller_max:
            raise TooManyWatchers(limit=self._watchers_per_caller_max, who=caller.name)

    async def stream(
        self,
        runs: frozenset[str] | None,
        since: Mapping[int, int] | None,
        scope: LiveScope | None = None,
        gone: Collection[str] = (),
        caller: Caller = LOCAL,
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events for a watcher of `runs`, None for all, from `since` on.

        Ends when the hub closes; whoever stops reading is forgotten. With a `scope` only what that
        lets through is sent. Of the runs in `gone`, which are deleted, nothing is told until they
        are restored.
        """
        waker = asyncio.Event()
        with self._guard:
            self._watchers[waker] = _Watcher(asyncio.get_running_loop(), caller)
        try:
            ring = await asyncio.to_thread(self._followed)
            # What is appended from here on is in the ring, so the place is taken before anything
            # is sent: whoever logs after the first event must be heard.
            reached = ring.ends
            watch = _Watch(runs, scope, set(gone))
            async for message, at in self._caught_up(ring, watch, since, ring_ends=reached):
                reached = at
                yield message
            async for message in self._live(ring, waker, watch, reached):
                yield message
        except UnavailableError as exc:
            # The browser comes back by itself and resumes; the log is the only dependency here.
            _log.warning("a live stream ended: %s", exc)
        finally:
            with self._guard:
                self._watchers.pop(waker, None)
                if not self._watchers:
                    self._idle.set()

    async def _live(
        self,
        ring: Ring,
        waker: asyncio.Event,
        watch: _Watch,
        at: dict[int, int],
    ) -> AsyncIterator[bytes]:
        next_lag_s = 0.0
        number = ring.find_number(at)
        place = position_text(at)
        while not self._closing.is_set() and self._ring is ring:
            now_s = time.monotonic()
            if now_s >= next_lag_s:
                count = await asyncio.to_thread(lag_count, self._log, self._progress)
                # With the place, whoever saw nothing change resumes from here all the same.
                yield event_bytes("lag", {"lag_count": count}, position=place)
                next_lag_s = now_s + LAG_INTERVAL_S
            waker.clear()
            batches = None if number is None else ring.after(number)
            if batches is None:
                at = ring.ends
                number, place = ring.find_number(at), position_text(at)
                yield event_bytes("reset", {}, position=place)
                continue
            if batches:
                number = batches[-1].number + 1
                place = position_text(batches[-1].ends)
                deltas = [delta for b in batches for delta in b.deltas]
                message = merged_bytes(await watch.merged(deltas), position=place)
                if message:
                    yield message
                await asyncio.sleep(TICK_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waker.wait(), max(0.0, next_lag_s - time.monotonic()))

    async def _caught_up(
        self,
        ring: Ring,
        watch: _Watch,
        since: Mapping[int, int] | None,
        *,
        ring_ends: dict[int, int],
    ) -> AsyncIterator[tuple[bytes, dict[int, int]]]:
        """Yield what lies between `since` and the ring, and up to where each message reaches."""
        if since is not None and await asyncio.to_thread(self._is_beyond, since):
            yield event_bytes("reset", {}, position=position_text(ring_ends)), ring_ends
            return
        at = {p: since.get(p, 0) if since is not None else end for p, end in ring_ends.items()}
        # An answer at once tells the watcher that the stream is open.
        yield event_bytes("open", {}, position=position_text(at)), dict(at)
        rules = StatusRules()
        size = 0
        for partition, start in ring.starts().items():
            while at[partition] < start:
                try:
                    records = await asyncio.to_thread(
                        self._records, partition, at[partition], start
                    )
                except RecordsExpired:
                    records = []
                size += sum(len(record.value) for record in records)
                if not records or size > CATCH_UP_BYTES_MAX:
                    ends = ring.ends
                    yield event_bytes("reset", {}, position=position_text(ends)), ends
                    return
                at[partition] = records[-1].offset + 1
                deltas = await asyncio.to_thread(decoded, records, rules)
                whole = await watch.merged(deltas)
                message = merged_bytes(whole, position=position_text(at))
                yield message, dict(at)

    def _is_beyond(self, since: Mapping[int, int]) -> bool:
        """Whether `since` is a place that this log has not reached: it is of another log."""
        return any(offset > self._log.end(p) for p, offset in since.items())

    def _records(self, partition: int, offset: int, end: int) -> list[Record]:
        records = self._log.read(partition, offset, bytes_max=_READ_BYTES_MAX)
        return [record for record in records if record.offset < end]

    def _followed(self) -> Ring:
        """Return the ring, and have the thread follow the log."""
        with self._guard:
            self._idle.clear()
            if self._ring is None:
                ends = {p: self._log.end(p) for p in range(self._log.partition_count)}
                self._ring = Ring(ends)
                self._threads = [
                    threading.Thread(
                        target=self._follow,
                        args=(self._ring, partition),
                        name=f"runtide-live-{partition}",
                        daemon=True,
                    )
                    for partition in ends
                ]
                for thread in self._threads:
                    thread.start()
            return self._ring

    def _follow(self, ring: Ring, partition: int) -> None:
        """Add to the ring what a partition gets, until nobody watches any more."""
        while not self._closing.is_set() and self._ring is ring:
            if self._idle.is_set():
                with self._guard:
                    if not self._watchers and self._ring is ring:
                        self._ring = None
                        return
                    self._idle.clear()
            try:
                if self._read_once(ring, partition):
                    self._wake()
            except UnavailableError as exc:
                _log.warning("the live hub waits for the log: %s", exc)
                self._closing.wait(_RETRY_S)
            except CorruptionError as exc:
                # Records are gone that nobody has seen. Whoever watches comes again, and is told.
                _log.error("the live hub begins again: %s", exc)  # it says all
                self._ring = None
                self._wake()

    def _read_once(self, ring: Ring, partition: int) -> bool:
        offset = ring.ends[partition]
        if not self._log.wait(partition, offset, timeout_s=_WAIT_S):
            return False
        records = self._log.read(partition, offset, bytes_max=_READ_BYTES_MAX)
        if records:
            ring.add(records)
        return bool(records)

    def _wake(self) -> None:
        with self._guard:
            watchers = list(self._watchers.items())
        for waker, watcher in watchers:
            # The loop may have been closed between the copy and the call.
            with contextlib.suppress(RuntimeError):
                watcher.loop.call_soon_threadsafe(waker.set)
