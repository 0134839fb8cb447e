"""Everything that was ever logged: an archive of what the log has removed, then the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from runtide.errors import OffsetGap, RecordsExpired

if TYPE_CHECKING:
    from runtide.log.port import EventLog, Record


class Records(Protocol):
    """Records of a log that can be read: the log's own methods, under its own promises."""

    def start(self, partition: int) -> int:
        """Return the offset of the oldest record, or the end where there is none."""
        ...

    def end(self, partition: int) -> int:
        """Return the offset after the newest record."""
        ...

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        """Return records from `offset` on: at least one if there is one."""
        ...


class History:
    """A log, and before its start the records of an archive, as one sequence in each partition.

    Args:
        log: The log. While it is read it may remove records that the archive has by then.
        archive: Copies of records under the offsets that they had in the log, if there is one.
    """

    def __init__(self, log: EventLog, archive: Records | None = None) -> None:
        self._log = log
        self._archive = archive
        self._log_starts: dict[int, int] = {}

    @property
    def partition_count(self) -> int:
        """How many partitions there are."""
        return self._log.partition_count

    def partition_of(self, run: str) -> int:
        """Return the partition that holds the records of `run`."""
        return self._log.partition_of(run)

    def start(self, partition: int) -> int:
        """Return the offset of the oldest record.

        Raises:
            OffsetGap: The archive ends before the log starts: what was between is lost.
            UnavailableError: It is not known; retry.
        """
        start = self._log_starts[partition] = self._log.start(partition)
        if self._archive is None:
            return start
        oldest, end = self._archive.start(partition), self._archive.end(partition)
        if oldest >= min(end, start):
            return start
        if end < start:
            raise OffsetGap(partition=partition, want=end, got=start)
        return oldest

    def end(self, partition: int) -> int:
        """Return the offset that the next record will have.

        Raises:
            LogUnavailable: It is not known; retry.
        """
        return self._log.end(partition)

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        """Return records from `offset` on: at least one if there is one.

        Raises:
            OffsetGap: Neither the archive nor the log has the record at `offset`.
            RecordsExpired: The log no longer has it, and there is no archive.
            UnavailableError: Nothing was read; retry.
        """
        if self._archive is None or offset >= self._log_starts.get(partition, 0):
            try:
                return self._log.read(partition, offset, bytes_max=bytes_max)
            except RecordsExpired as exc:
                if self._archive is None:
                    raise
                self._log_starts[partition] = exc.start
        records = self._archive.read(partition, offset, bytes_max=bytes_max)
        if not records or records[0].offset != offset:
            got = records[0].offset if records else self._log_starts[partition]
            raise OffsetGap(partition=partition, want=offset, got=got)
        return records
