"""An event log in this process's memory: for tests, and for the contract to be checked twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from zlib import crc32

from runtide.core import limits
from runtide.errors import EnvelopeTooLarge, RecordsExpired
from runtide.log.port import Item, Record

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryLog:
    """An `EventLog` of any number of partitions that lives as long as the object.

    More than the port asks for: readers see all of an `append`, or nothing of it.
    """

    def __init__(self, *, partition_count: int = 1) -> None:
        self._partitions: list[list[Item]] = [[] for _ in range(partition_count)]
        self._starts = [0] * partition_count
        self._changed = threading.Condition()

    @property
    def partition_count(self) -> int:
        return len(self._partitions)

    def partition_of(self, run: str) -> int:
        return crc32(run.encode()) % len(self._partitions)

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        for item in items:
            if len(item.value) > limits.ENVELOPE_BYTES_MAX:
                raise EnvelopeTooLarge(
                    size_bytes=len(item.value), limit_bytes=limits.ENVELOPE_BYTES_MAX
                )
        ends: dict[int, int] = {}
        with self._changed:
            for item in items:
                partition = self.partition_of(item.run)
                self._partitions[partition].append(item)
                ends[partition] = self._end(partition)
            self._changed.notify_all()
        return ends

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        records: list[Record] = []
        size = 0
        with self._changed:
            start = self._starts[partition]
            if offset < start:
                raise RecordsExpired(partition=partition, want=offset, start=start)
            for place, item in enumerate(self._partitions[partition][offset - start :], offset):
                if records and size + len(item.value) > bytes_max:
                    break
                size += len(item.value)
                records.append(Record(partition, place, item.run, item.value))
        return records

    def start(self, partition: int) -> int:
        with self._changed:
            return self._starts[partition]

    def end(self, partition: int) -> int:
        with self._changed:
            return self._end(partition)

    def wait(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._end(partition) > offset, timeout=timeout_s)

    def expire(self, partition: int, start: int) -> None:
        """Remove the records of `partition` below `start`, as a log's retention does."""
        with self._changed:
            del self._partitions[partition][: start - self._starts[partition]]
            self._starts[partition] = start

    def close(self) -> None:
        """Keep everything: the records live as long as the object."""

    def _end(self, partition: int) -> int:
        return self._starts[partition] + len(self._partitions[partition])
