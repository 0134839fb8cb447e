"""What ingest lets in at one time, and what it has let in so far."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from anyio import CapacityLimiter

from ingest.core.quota import Debt, Ledger, Share, Use
from ingest.histogram import Histogram
from runtide.errors import Overloaded, QuotaExceeded, RuntideError

APPEND_THREADS: Final = 32
"""Appends that wait for the log at once; each waits in a thread."""

_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much ingest takes. The defaults are those of the embedded server, which rations nobody."""

    run: Share | None = None
    client: Share | None = None
    """Of one client address: of a whole network, where clients come through a proxy."""

    body_bytes_max: int = 32 * _MIB
    """Largest body of envelopes, after decompression."""

    file_bytes_max: int = 1 << 40
    """Largest file: one tebibyte."""

    in_flight_bytes_max: int = 128 * _MIB
    """Envelopes in memory, of all clients together."""

    appends_max: int = 1_024
    """Requests whose envelopes wait for the log."""

    uploads_max: int = 12
    """Files that are received at once: each takes a thread, and three parts of 8 MiB."""


class Gate:
    """Refuses what exceeds the quotas, and counts. Any thread may use it."""

    def __init__(self, quotas: Quotas, *, now_us: Callable[[], int] | None = None) -> None:
        self.quotas = quotas
        self.append_limiter = CapacityLimiter(APPEND_THREADS)
        self.upload_limiter = CapacityLimiter(quotas.uploads_max)
        self.in_flight_bytes = 0
        self.waiting_count = 0
        self.upload_count = 0
        self.total_by_name = Counter[str]()
        self.refusal_count_by_code = Counter[str]()
        self.append_seconds = Histogram()
        self._now_us = now_us or (lambda: time.monotonic_ns() // 1_000)
        self._ledger_by_kind = {
            kind: Ledger(share)
            for kind, share in (("run", quotas.run), ("client", quotas.client))
            if share is not None
        }
        self._lock = threading.Lock()

    def check_client(self, client: str) -> None:
        """Refuse a client that owes, before its body is read.

        Raises:
            QuotaExceeded: It does; the error says how long to wait.
        """
        with self._lock:
            self._check("client", client)

    @contextmanager
    def charged(self, client: str, use_by_run: Mapping[str, Use]) -> Iterator[None]:
        """Charge a client and its runs for what is written in the block.

        If the block raises, nothing was written, and the charge is given back.

        Raises:
            QuotaExceeded: A run owes already; nothing is charged.
        """
        uses = [
            *(("run", run, use) for run, use in use_by_run.items()),
            ("client", client, _sum(use_by_run)),
        ]
        with self._lock:
            for run in use_by_run:
                self._check("run", run)
            self._charge(uses)
        try:
            yield
        except BaseException:
            back = [(kind, who, Use(-use[0], -use[1])) for kind, who, use in uses]
            with self._lock:
                self._charge(back)
            raise

    def _check(self, kind: str, sender: str) -> None:
        ledger = self._ledger_by_kind.get(kind)
        debt = ledger.find_debt(sender, self._now_us()) if ledger else None
        if debt is not None:
            raise _exceeded(kind, sender, debt)

    def _charge(self, uses: Sequence[tuple[str, str, Use]]) -> None:
        for kind, sender, use in uses:
            ledger = self._ledger_by_kind.get(kind)
            if ledger is not None:
                ledger.charge(sender, use, self._now_us())

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count an error that leaves the block as a refusal, by its code."""
        try:
            yield
        except RuntideError as exc:
            with self._lock:
                self.refusal_count_by_code[exc.code] += 1
            raise

    def count(self, **amounts: int) -> None:
        """Add to the totals."""
        with self._lock:
            self.total_by_name.update(amounts)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Take a place among those who wait for the log.

        Raises:
            Overloaded: All are taken.
        """
        with self._lock:
            if self.waiting_count >= self.quotas.appends_max:
                raise _overloaded(f"{self.quotas.appends_max:,} requests", "APPENDS_MAX")
            self.waiting_count += 1
        try:
            yield
        finally:
            with self._lock:
                self.waiting_count -= 1

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """Take a place among the files that are received.

        Raises:
            Overloaded: All are taken.
        """
        with self._lock:
            if self.upload_count >= self.quotas.uploads_max:
                raise _overloaded(f"{self.quotas.uploads_max:,} files", "UPLOADS_MAX")
            self.upload_count += 1
        try:
            yield
        finally:
            with self._lock:
                self.upload_count -= 1

    @contextmanager
    def held(self) -> Iterator[Held]:
        """Give a request a hold on memory, and take it back."""
        held = Held(self)
        try:
            yield held
        finally:
            held.resize(0)

    def resize_in_flight(self, delta_bytes: int) -> None:
        """Change how much all requests hold.

        Raises:
            Overloaded: It would grow beyond what they may; nothing changes.
        """
        with self._lock:
            limit = self.quotas.in_flight_bytes_max
            if delta_bytes > 0 and self.in_flight_bytes + delta_bytes > limit:
                raise _overloaded(f"{limit:,} bytes", "IN_FLIGHT_BYTES_MAX")
            self.in_flight_bytes += delta_bytes


class Held:
    """What one request holds in memory."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._size_bytes = 0

    def resize(self, size_bytes: int) -> None:
        """Hold so much from now on.

        Raises:
            Overloaded: All requests together hold too much; this one holds what it did.
        """
        self._gate.resize_in_flight(size_bytes - self._size_bytes)
        self._size_bytes = size_bytes


def _exceeded(kind: str, sender: str, debt: Debt) -> QuotaExceeded:
    unit = "BYTES" if "bytes" in debt.limit else "ENVELOPES"
    wait_s = -(-debt.wait_us // 1_000_000)
    message = (
        f"{kind} {sender} sends more than {debt.limit} "
        f"(RUNTIDE_INGEST_{kind.upper()}_{unit}_PER_S): send it again in {wait_s} s"
    )
    return QuotaExceeded(message, retry_after_s=wait_s)


def _overloaded(limit: str, setting: str) -> Overloaded:
    return Overloaded(
        f"{limit} are under way, and there may be no more (RUNTIDE_INGEST_{setting}): "
        f"send it again in a moment"
    )


def _sum(use_by_run: Mapping[str, Use]) -> Use:
    return Use(
        sum(use.size_bytes for use in use_by_run.values()),
        sum(use.envelope_count for use in use_by_run.values()),
    )
