"""Recent changes, decoded once and kept in a ring that is bounded in bytes."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from query_api.core.deltas import Merged, RunDeltas, StatusRules, deltas_of
from runtide.core.envelope import parse_envelope
from runtide.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtide.log.port import Record

RING_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of records whose changes are kept for watchers that are a little behind."""


class Batch(NamedTuple):
    """What consecutive records of one partition changed.

    Attributes:
        number: Counts the batches of one ring from 0.
        first_offset: Offset of the first record.
        ends: By partition, the offset up to which this and all batches before reach.
    """

    number: int
    partition: int
    first_offset: int
    ends: dict[int, int]
    size_bytes: int
    deltas: list[RunDeltas]


class Ring:
    """The latest batches. One thread a partition adds, any number read."""

    def __init__(self, starts: Mapping[int, int], *, bytes_max: int = RING_BYTES_MAX) -> None:
        """Begin an empty ring at the offsets `starts` by partition."""
        self._lock = threading.Lock()
        self._batches: deque[Batch] = deque()
        self._starts = dict(starts)
        self._ends = dict(starts)
        self._next_number = 0
        self._size_bytes = 0
        self._bytes_max = bytes_max
        self._rules_by_partition = {partition: StatusRules() for partition in starts}

    @property
    def ends(self) -> dict[int, int]:
        """By partition, the offset of the next record to add."""
        with self._lock:
            return dict(self._ends)

    def add(self, records: Sequence[Record]) -> None:
        """Decode consecutive records of one partition and keep what they change."""
        partition, first_offset = records[0].partition, records[0].offset
        deltas = decoded(records, self._rules_by_partition[partition])
        size = sum(len(record.value) for record in records)
        with self._lock:
            self._ends[partition] = records[-1].offset + 1
            batch = Batch(
                self._next_number, partition, first_offset, dict(self._ends), size, deltas
            )
            self._batches.append(batch)
            self._next_number += 1
            self._size_bytes += size
            while self._size_bytes > self._bytes_max and len(self._batches) > 1:
                oldest = self._batches.popleft()
                self._size_bytes -= oldest.size_bytes
                self._starts[oldest.partition] = oldest.ends[oldest.partition]

    def find_number(self, since: Mapping[int, int]) -> int | None:
        """Return the number of the first batch that may hold something at or after `since`.

        None says that some of it is older than the ring.
        """
        with self._lock:
            if any(since.get(p, 0) < start for p, start in self._starts.items()):
                return None
            for batch in self._batches:
                if batch.ends[batch.partition] > since.get(batch.partition, 0):
                    return batch.number
            return self._next_number

    def starts(self) -> dict[int, int]:
        """Return, by partition, the first offset that the ring still holds."""
        with self._lock:
            return dict(self._starts)

    def after(self, number: int) -> list[Batch] | None:
        """Return the batches from `number` on; None says that some are gone."""
        with self._lock:
            if not self._batches or number >= self._next_number:
                return []
            first = self._batches[0].number
            if number < first:
                return None
            return [self._batches[i] for i in range(number - first, len(self._batches))]


def decoded(records: Iterable[Record], rules: StatusRules) -> list[RunDeltas]:
    """Return what each record changes; one that cannot be read changes nothing here."""
    deltas = []
    for record in records:
        try:
            deltas.append(deltas_of(parse_envelope(record.value), rules))
        except (RejectedError, ValueError, TypeError, OverflowError):
            # The fold keeps it as a dead letter with its reason; nothing is lost by silence.
            continue
    return deltas


def merged(deltas: Iterable[RunDeltas], runs: frozenset[str] | None, gone: set[str]) -> Merged:
    """Merge what somebody who watches `runs` is to see; None watches all runs' fields.

    Of the runs in `gone` nothing is seen. Those that are deleted or restored meanwhile are added
    to it and taken out of it.
    """
    whole = Merged()
    for delta in deltas:
        is_shown = delta.run not in gone
        for fields in (one.fields for one in delta.fields if "deleted_us" in one.fields):
            is_shown = True
            (gone.discard if fields["deleted_us"] is None else gone.add)(delta.run)
        if is_shown and (runs is None or delta.run in runs):
            whole.add(delta, fields_only=runs is None)
    return whole
