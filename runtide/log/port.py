"""The event log as every part sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

ERASED: Final = b""
"""The value of a record whose bytes were removed: its place stays, so that no offset is missing."""


class Item(NamedTuple):
    """What a writer hands to the log: an envelope's bytes under the id of its run."""

    run: str
    value: bytes


class Record(NamedTuple):
    """What the log hands back: an item at its place."""

    partition: int
    offset: int
    run: str
    value: bytes


class EventLog(Protocol):
    """An ordered, durable, append-only sequence of records per partition.

    What every implementation promises, and `tests/contracts/test_event_log.py` checks:

    1.  Offsets within a partition grow by one from `start`, which is 0 until the oldest records
        are removed.
    2.  When `append` returns, the records survive a crash of this process.
    3.  A record is there whole or not at all, and never before one that the same `append` put
        earlier in its partition.
    4.  All records of one run are in one partition, in the order in which they were appended.
    5.  `read` returns records in offset order and never blocks for new ones.
    6.  Several processes may append and read at once.

    What none of them promises: order between partitions, an `append` of many that is atomic, or
    exactly-once `append`. A caller that retries after `LogUnavailable` starts again from its
    first record and may write some twice, and readers must deduplicate. Every method may raise
    `LogDamaged`, after which nothing helps but a backup.
    """

    @property
    def partition_count(self) -> int:
        """How many partitions there are; partitions are numbered from 0."""
        ...

    def partition_of(self, run: str) -> int:
        """Return the partition that holds the records of `run`, whether or not there are any."""
        ...

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        """Write `items` in order and return, by partition touched, the offset after them.

        Raises:
            EnvelopeTooLarge: Nothing was written; do not retry.
            LogUnavailable: Nothing is known about the outcome; retry.
        """
        ...

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        """Return records from `offset` on: at least one if there is one, about `bytes_max` in all.

        Raises:
            LogUnavailable: Nothing was read; retry.
            RecordsExpired: `offset` is below `start`; the same read will never succeed.
        """
        ...

    def start(self, partition: int) -> int:
        """Return the offset of the oldest record, or the end where there is none.

        Raises:
            LogUnavailable: The start is not known; retry.
        """
        ...

    def end(self, partition: int) -> int:
        """Return the offset that the next record appended will have.

        Raises:
            LogUnavailable: The end is not known; retry.
        """
        ...

    def wait(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Block until `end(partition)` exceeds `offset`; False when `timeout_s` passed first.

        Raises:
            LogUnavailable: The end is not known; retry.
        """
        ...

    def close(self) -> None:
        """Release what the log holds open. Closing twice is harmless."""
        ...
