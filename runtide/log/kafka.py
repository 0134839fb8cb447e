"""The event log on Apache Kafka: one topic, any number of partitions, processes and machines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from aiokafka.partitioner import murmur2

from runtide.core import limits
from runtide.errors import EnvelopeTooLarge
from runtide.log.kafka_loop import Renewed
from runtide.log.kafka_reader import ReaderConnection
from runtide.log.kafka_topic import open_topic
from runtide.log.kafka_writer import WriterConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.log.kafka_settings import KafkaSettings
    from runtide.log.port import Item, Record

APPEND_TIMEOUT_S: Final = 10.0
"""How long one record batch, of a megabyte at most, may take to be acknowledged by its partition;
an election of another leader fits in."""

READ_TIMEOUT_S: Final = 10.0
"""How long a question to the brokers may take."""

_HASHES_KEPT: Final = 10_000


class KafkaLog:
    """An `EventLog` in one topic of Kafka. Any thread may use it, and a forked child too.

    A record's key is its run's id and its value the envelope. Kafka's own hash of the key names
    the partition, so a client in any language puts a run where this one does. Record batches are
    acknowledged by all replicas in step. What keys and values others write is read as it is.

    The log must have the topic to itself: offsets that hold no record, because a client used
    transactions, are read as records of no run and no value.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        append_timeout_s: float = APPEND_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        """Open the log in `settings.topic`, and make the topic if it is missing and may be made.

        Raises:
            LogUnavailable: The brokers do not answer.
            UsageError: They do not let us in, or the topic cannot hold the log.
        """
        count = open_topic(settings, timeout_s=read_timeout_s).partition_count
        self.partition_count: int = count
        self._writer = Renewed(lambda: WriterConnection(settings, timeout_s=append_timeout_s))
        self._reader = Renewed(
            lambda: ReaderConnection(settings, partition_count=count, timeout_s=read_timeout_s)
        )

    def partition_of(self, run: str) -> int:
        return partition_of(run, self.partition_count)

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        items_by_partition: dict[int, list[Item]] = {}
        for item in items:
            if len(item.value) > limits.ENVELOPE_BYTES_MAX:
                raise EnvelopeTooLarge(
                    size_bytes=len(item.value), limit_bytes=limits.ENVELOPE_BYTES_MAX
                )
            partition = self.partition_of(item.run)
            items_by_partition.setdefault(partition, []).append(item)
        if not items:
            return {}
        ends = self._writer.run(
            lambda own: own.append(items_by_partition, partition_count=self.partition_count)
        )
        return {p: end if end >= 0 else self.end(p) for p, end in ends.items()}

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        return self._reader.run(lambda own: own.read(partition, offset, bytes_max=bytes_max))

    def start(self, partition: int) -> int:
        return self._reader.run(lambda own: own.start(partition))

    def end(self, partition: int) -> int:
        return self._reader.run(lambda own: own.end(partition))

    def wait(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        return self._reader.run(lambda own: own.wait(partition, offset, timeout_s=timeout_s))

    def close(self) -> None:
        self._writer.close()
        self._reader.close()


def partition_of(run: str, partition_count: int) -> int:
    """Return the partition of a run, as Kafka's own clients choose it for the same key."""
    return _hash(run) % partition_count


@lru_cache(maxsize=_HASHES_KEPT)
def _hash(run: str) -> int:
    # The clients make it positive by leaving out its sign.
    return int(murmur2(run.encode())) & 0x7FFF_FFFF
