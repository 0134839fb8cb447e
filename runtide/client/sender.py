"""From buffers to the log: the three threads that a process runs for each destination.

    callers ── Run.log ──> buffers ── collector ──> outbox ── courier ──> log
                                      CPU only         │    all I/O  └──> spool
                                                       └─── keeper ─────> spool

The collector turns buffers into envelopes every flush interval and never touches a disk or a
socket, so buffers stay small however the log behaves. The courier does nothing but I/O: it sends
in the order of the outbox, and what the log does not take it writes to the spool, behind which
everything later queues, because the numbers of a writer must arrive in order. The keeper sleeps
while that goes well. When the courier waits for a log that does not answer, the keeper writes to
the spool what waits for the courier, so that it does not die with the process.
"""

from __future__ import annotations

import logging
import math
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Final

from runtide.client.backlog import Backlog
from runtide.client.frames import Parcel
from runtide.client.options import Destination
from runtide.client.outage import Outage
from runtide.client.outbox import Outbox
from runtide.client.spool import deliver_file, deliver_parcels, discard_staged, orphans
from runtide.client.transport import Transport
from runtide.client.writer import HEARTBEAT_INTERVAL_S, Writer, now_us
from runtide.core.events import Heartbeat
from runtide.errors import (
    CorruptionError,
    NotDelivered,
    QuotaExceeded,
    RejectedError,
    UnavailableError,
    UsageError,
)

_IDLE_WAIT_S: Final = 60.0
_PAUSE_S_MAX: Final = 0.05
_ORPHANS_RETRY_S: Final = 30.0
"""How long what dead processes have left is left alone when the log does not take it."""

LATE_S: Final = 1.0
"""How long one delivery may take before what waits for it is written to the spool. A batch of the
largest size takes a tenth of it, so a log that is well costs no disk."""

_KEEP_TIMEOUT_S: Final = 2.0
"""How long a flush whose time is over waits for a disk to take what the log has not."""

_log = logging.getLogger("runtide")


class Sender:
    """Delivers everything that a process's writers log to one destination."""

    def __init__(
        self, place: Destination, transport: Transport, *, flush_interval_s: float
    ) -> None:
        self.place = place
        self.transport = transport
        self.outbox = Outbox()
        self._backlog = Backlog(place, self.outbox)
        self._flush_interval_s = flush_interval_s
        self._guard = threading.Lock()
        self._writers: list[Writer] = []
        # Only flushes look at these, and only while somebody can still log to them.
        self._parked: weakref.WeakSet[Writer] = weakref.WeakSet()
        self._wake = threading.Event()
        self._keep = threading.Event()
        self._busy_since_s = math.inf
        """Since when the courier waits for an answer of the log."""
        self._is_closing = False
        self._threads: list[threading.Thread] = []
        self._orphans_at_s = 0.0
        """When to deliver what dead processes have left; never, once that is done."""
        # The rest is guarded by `outbox.changed`.
        self._outage = Outage()
        self._is_holding = False
        self._warned: set[str] = set()

    # ── what callers do ──────────────────────────────────────────────────────────────────────

    def enlist(self, writer: Writer) -> None:
        """Collect from `writer` from now on, and start the threads if this is the first."""
        with self._guard:
            self._parked.discard(writer)
            if writer not in self._writers:
                self._writers.append(writer)
            writer.sender = self
            if not self._threads:
                self._threads = [
                    threading.Thread(target=self._collect_all_the_time, name="runtide-collector"),
                    threading.Thread(target=self._carry_all_the_time, name="runtide-courier"),
                    threading.Thread(target=self._keep_all_the_time, name="runtide-keeper"),
                ]
                for thread in self._threads:
                    thread.daemon = True
                    thread.start()

    def park(self, writer: Writer) -> None:
        """Stop looking at `writer` until it is enlisted again, or until a flush."""
        with self._guard:
            if writer in self._writers:
                self._writers.remove(writer)
                self._parked.add(writer)
        writer.sender = None
        writer.buffer.close_quick_path()

    def wake(self) -> None:
        """Collect now and not at the end of the interval."""
        if not self._wake.is_set():
            self._wake.set()

    def postpone_file(self, parcel: Parcel, cause: UnavailableError) -> None:
        """Queue a staged file in front of the envelope that will mention it."""
        self._warn_once(
            "files", f"runtide cannot store files now and keeps them for later: {cause}"
        )
        self._put(parcel)

    def flush(self, *, timeout_s: float, gives_up_early: bool = False) -> None:
        """Wait until the log has everything that was logged before the call.

        What it does not have when the time is over is on disk, if any disk takes it.

        Args:
            timeout_s: Longest wait.
            gives_up_early: Whether to stop waiting once the log has refused to answer since the
                call, or just before, and everything is safe on disk.

        Raises:
            NotDelivered: Something is not in the log yet.
        """
        self._collect(everything=True)
        ticket = self.outbox.ticket()
        with self.outbox.changed:
            latest_s = self._outage.latest_s(now_s=time.monotonic(), is_safe=not self._is_holding)
            self.outbox.changed.notify_all()

            def is_over() -> bool:
                if self.outbox.settled_count >= ticket:
                    return True
                has_failed = gives_up_early and self._outage.failed_at_s >= latest_s
                return has_failed and (self.outbox.stored_count >= ticket or self._is_holding)

            self.outbox.changed.wait_for(is_over, timeout=timeout_s)
            if self.outbox.stored_count < ticket:
                self._keep.set()
                self.outbox.changed.wait_for(
                    lambda: self.outbox.stored_count >= ticket or self._is_holding,
                    timeout=_KEEP_TIMEOUT_S,
                )
            missing = ticket - self.outbox.settled_count
            cause = self._outage.cause
        if missing > 0:
            raise NotDelivered(envelope_count=missing, cause=cause)

    def deliver(self, *, timeout_s: float) -> None:
        """Flush as the end of a run does: early to give up, and with a warning for an exception."""
        try:
            self.flush(timeout_s=timeout_s, gives_up_early=True)
        except NotDelivered as exc:
            # The first failure has been told already; this is for a log that is only slow.
            if not self._warned:
                self._warn_once("slow", f"runtide: {exc}")

    def close(self, *, timeout_s: float) -> None:
        """Deliver what can be delivered, stop the threads, and leave the rest in the spool."""
        self.deliver(timeout_s=timeout_s)
        self._is_closing = True
        self._wake.set()
        self._keep.set()
        with self.outbox.changed:
            self.outbox.changed.notify_all()
        deadline_s = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        lost_count = self.outbox.lost_count()
        if lost_count:
            self._warn_once(
                "lost",
                f"runtide lost {lost_count:,} envelopes of what was logged: "
                f"neither {self.place.label} nor a spool folder took them",
            )

    def abandon(self) -> None:
        """In a forked child: let go of what the parent goes on using."""
        self._backlog.close()

    # ── collector ────────────────────────────────────────────────────────────────────────────

    def _collect_all_the_time(self) -> None:
        beat_at_s = time.monotonic() + HEARTBEAT_INTERVAL_S
        while not self._is_closing:
            self._wake.wait(self._flush_interval_s)
            self._wake.clear()
            if time.monotonic() >= beat_at_s:
                beat_at_s += HEARTBEAT_INTERVAL_S
                self._beat()
            try:
                self._collect()
            except Exception:  # noqa: BLE001  # explained below
                # A bug of ours must not end the thread, or everything later would be lost.
                _log.exception("runtide could not encode what was logged: this is a bug in it")
            if time.monotonic() - self._busy_since_s > LATE_S and not self.outbox.is_empty():
                self._keep.set()

    def _beat(self) -> None:
        with self._guard:
            writers = [writer for writer in self._writers if writer.has_heartbeat]
        for writer in writers:
            writer.add(Heartbeat(ts_us=now_us()))

    def _collect(self, *, everything: bool = False) -> None:
        with self._guard:
            writers = [*self._writers, *(self._parked if everything else ())]
        for writer in writers:
            with writer.lock:
                for parcel in writer.taken():
                    self._put(parcel)

    def _put(self, parcel: Parcel) -> None:
        if not self.outbox.put(parcel):
            self._warn_once(
                "dropped",
                f"runtide is dropping what is logged: neither {self.place.label} nor a spool "
                f"folder takes it, and memory is full; free some space",
            )

    # ── courier ──────────────────────────────────────────────────────────────────────────────

    def _carry_all_the_time(self) -> None:
        while not self._is_closing:
            with self.outbox.changed:
                self.outbox.changed.wait_for(
                    lambda: self._is_closing or self._has_work(),
                    timeout=self._wait_s(),
                )
            try:
                if self._has_work():
                    started_s = time.monotonic()
                    self._carry()
                    # SQLite is not fair: whoever waits for its lock looks again only now and
                    # then, so a process that appends without a pause would keep all others out.
                    time.sleep(min(time.monotonic() - started_s, _PAUSE_S_MAX))
                elif self._are_orphans_due():
                    self._deliver_orphans()
            except Exception as exc:  # noqa: BLE001  # explained below
                # A bug of ours must not end the thread; what it was carrying stays queued.
                _log.exception("runtide could not deliver what was logged: this is a bug in it")
                self._failed(exc)
        self._store_all()
        if self._is_idle() and self._are_orphans_due():
            # There was always something else to do until now.
            self._deliver_orphans()
        self._backlog.close()
        self.transport.close()

    def _has_work(self) -> bool:
        if self.outbox.is_empty():
            return self._is_due() and self._backlog.is_on_disk()
        return self._is_due() or not self._is_holding

    def _is_due(self) -> bool:
        return time.monotonic() >= self._outage.retry_at_s

    def _are_orphans_due(self) -> bool:
        return time.monotonic() >= self._orphans_at_s

    def _is_idle(self) -> bool:
        return self.outbox.is_empty() and not self._backlog.is_on_disk()

    def _wait_s(self) -> float:
        at_s = math.inf if self._is_idle() else self._outage.retry_at_s
        until_s = min(at_s, self._orphans_at_s) - time.monotonic()
        return min(max(0.0, until_s), _IDLE_WAIT_S)

    def _carry(self) -> None:
        """Do one piece of I/O that is worth doing."""
        if not self.outbox.is_empty() and (self._backlog.is_on_disk() or not self._is_due()):
            self._store()
        if not self._is_due():
            return
        parcels = self._backlog.oldest(bytes_max=self.transport.send_bytes_max)
        if parcels and self._is_delivered(parcels):
            self._backlog.forget(parcels)
        elif not self.outbox.is_empty():
            self._store()

    def _store(self) -> bool:
        """Write to the spool as much of what waits in memory as is sent at once."""
        is_stored = self._backlog.store(bytes_max=self.transport.send_bytes_max)
        with self.outbox.changed:
            self._is_holding = not is_stored
            self.outbox.changed.notify_all()
        if not is_stored:
            self._warn_once(
                "memory",
                "runtide cannot write a spool file either: what is logged stays in memory",
            )
        return is_stored

    def _store_all(self) -> None:
        while not self.outbox.is_empty() and self._store():
            pass

    def _is_delivered(self, parcels: Sequence[Parcel]) -> bool:
        """Send `parcels`; False if they must be sent again."""
        try:
            self._deliver(parcels)
        # A damaged log or a wrong setting is for its owner to mend; what was logged is kept until
        # it is.
        except (UnavailableError, CorruptionError, UsageError) as exc:
            self._failed(exc)
            return False
        discard_staged(parcels)
        with self.outbox.changed:
            if self._outage.is_on:
                # Others have ended meanwhile, and their machine may start no more of them.
                self._orphans_at_s = 0.0
            self._outage.end()
            self._is_holding = False
        return True

    def _deliver(self, parcels: Sequence[Parcel]) -> None:
        """Send `parcels`, leaving out those that the log refuses for good."""
        self._busy_since_s = time.monotonic()
        try:
            deliver_parcels(
                parcels,
                send=self.transport.send,
                save=self.transport.save_file,
                on_refused=self._refused,
            )
        finally:
            self._busy_since_s = math.inf

    def _refused(self, parcel: Parcel, exc: RejectedError) -> None:
        with self.outbox.changed:
            self.outbox.refused_count += 1
        self._warn_once(
            "refused",
            f"runtide lost something of run {parcel.run}, because the log refused it: {exc}",
        )

    def _failed(self, exc: Exception) -> None:
        is_rationed = isinstance(exc, QuotaExceeded)
        with self.outbox.changed:
            self._outage.begin(exc, asked_s=self.transport.retry_after_s(), now_s=time.monotonic())
            self.outbox.changed.notify_all()
        what = "is asked to send less at once" if is_rationed else "cannot deliver now"
        self._warn_once(
            type(exc).__name__, f"runtide {what} and keeps what is logged on disk for later: {exc}"
        )

    def _deliver_orphans(self) -> None:
        self._orphans_at_s = math.inf

        def deliver(parcels: list[Parcel]) -> None:
            self._deliver(parcels)
            # What this process logs does not wait for all that others have left behind.
            if self._has_work():
                self._carry()

        try:
            for spool in orphans(self.place):
                deliver_file(spool, deliver)
        except (UnavailableError, CorruptionError, UsageError) as exc:
            _log.info("what an earlier process left in the spool stays there: %s", exc)
            if isinstance(exc, UnavailableError):
                self._orphans_at_s = time.monotonic() + _ORPHANS_RETRY_S

    # ── keeper ───────────────────────────────────────────────────────────────────────────────

    def _keep_all_the_time(self) -> None:
        while not self._is_closing:
            self._keep.wait()
            self._keep.clear()
            if not self._is_closing:
                self._store_all()

    def _warn_once(self, cause: str, message: str) -> None:
        if cause not in self._warned:
            self._warned.add(cause)
            _log.warning(message)
