"""All widgets of one server, in one thread.

    server == two streams ==> queue --> feed --hear(), publish()--> followers --> views

One stream tells of points of the runs that are shown, the other of every run's own changes, which
is how a new child becomes known. Both are shared by all widgets, and closed after the last run's
end.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import Final

from runtide.widget.follower import Follower
from runtide.widget.record import RunRecord
from runtide.widget.stream import EventStream, LiveEvent

QUEUE_EVENTS_MAX: Final = 1000
"""Events that wait for the feed; while it is full the server merges what comes."""

_guard = threading.Lock()
_feed_by_place: dict[object, Feed] = {}


def follow(follower: Follower) -> None:
    """Have a run followed until it is done; returns at once."""
    place = follower.record.place
    with _guard:
        feed = _feed_by_place.get(place)
        if feed is None or not feed.add(follower):
            _feed_by_place[place] = Feed(follower)


class Feed:
    """The thread of one server's widgets. It ends with the last of them."""

    def __init__(self, first: Follower) -> None:
        self._inbox: queue.Queue[LiveEvent | None] = queue.Queue(QUEUE_EVENTS_MAX)
        self._followers: list[Follower] = []
        self._points: EventStream | None = None
        self._runs: EventStream | None = None
        self._lock = threading.Lock()
        self._new = [first]
        self._is_over = False
        self._thread = threading.Thread(target=self._follow, name="runtide-widget", daemon=True)
        self._thread.start()

    def add(self, follower: Follower) -> bool:
        """Follow a further run; False says that this feed has ended."""
        with self._lock:
            if self._is_over:
                return False
            self._new.append(follower)
        # A feed whose inbox is full is awake.
        with contextlib.suppress(queue.Full):
            self._inbox.put_nowait(None)
        return True

    def _follow(self) -> None:
        try:
            while self._take_new():
                # Before a run is read for the first time, so that nothing lies in between.
                self._open_streams()
                for follower in self._followers:
                    due_s = follower.due_s()
                    if due_s is not None and due_s <= time.monotonic():
                        follower.publish()
                self._followers = [one for one in self._followers if not one.is_done]
                self._open_streams()
                self._hear()
        finally:
            with self._lock:
                self._is_over = True
            for stream in (self._points, self._runs):
                if stream is not None:
                    stream.close()
            self._drain()

    def _take_new(self) -> bool:
        """Begin with what was added; return whether there is anything to follow."""
        with self._lock:
            self._followers += self._new
            self._new = []
            self._is_over = not self._followers
        return bool(self._followers)

    def _open_streams(self) -> None:
        """Have the streams tell of all runs, from where the first one was read on."""
        if self._points is not None:
            since = self._points.position
        else:
            since = next((one.position for one in self._followers if one.position), "")
        wanted = frozenset(one.record.run_id for one in self._followers)
        if not since or not wanted:
            return
        record = self._followers[0].record
        if self._runs is None:
            self._runs = self._stream(record, None, since)
        if self._points is None or self._points.runs != wanted:
            if self._points is not None:
                self._points.close()
            self._points = self._stream(record, wanted, since)

    def _stream(self, record: RunRecord, runs: frozenset[str] | None, since: str) -> EventStream:
        return EventStream(
            record.url,
            runs,
            since=since,
            put=self._inbox.put,
            authorization=record.authorization,
        )

    def _hear(self) -> None:
        """Wait for the next event, or until something is to be published, and take all there is."""
        dues = [due_s for one in self._followers if (due_s := one.due_s()) is not None]
        wait_s = max(0.0, min(dues) - time.monotonic()) if dues else None
        if not self._followers:
            return
        with contextlib.suppress(queue.Empty):
            event = self._inbox.get(timeout=wait_s)
            while True:
                if event is not None:
                    for follower in self._followers:
                        follower.hear(event)
                event = self._inbox.get_nowait()

    def _drain(self) -> None:
        """Let go of threads that wait for room in the inbox."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._inbox.get_nowait()
