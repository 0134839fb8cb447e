"""Appending to Kafka: what goes to one partition goes there batch by batch.

The fold skips an envelope whose number is below its writer's mark. So a later envelope must not
reach a partition while an earlier one of the same append may still fail: a partition's next
batch is sent when the one before it is acknowledged, and none after the first that fails.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer

from runtide.errors import LogUnavailable
from runtide.log.kafka_client import CLIENT_ERRORS, THREAD_NAME, client_arguments, explained
from runtide.log.kafka_loop import LoopThread
from runtide.log.kafka_topic import BATCH_BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aiokafka.producer.message_accumulator import BatchBuilder

    from runtide.log.kafka_settings import KafkaSettings
    from runtide.log.port import Item

_CODEC: Final = {"none": None, "lz4": "lz4", "zstd": "zstd"}


class WriterConnection:
    """One producer in a loop of its own. After an error it must not be used any more.

    A producer whose batch has failed has lost count of what the broker expects next, and one
    whose batch is late goes on sending it for ever. Closing the loop ends both.
    """

    def __init__(self, settings: KafkaSettings, *, timeout_s: float) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._arguments = client_arguments(settings, timeout_s=timeout_s)
        self._producer: AIOKafkaProducer | None = None
        self._starting: asyncio.Task[AIOKafkaProducer] | None = None
        self._lock_by_partition: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.loop = LoopThread(f"{THREAD_NAME}-writer")

    async def append(
        self, items_by_partition: Mapping[int, Sequence[Item]], *, partition_count: int
    ) -> dict[int, int]:
        """Write each partition's items in order; return, by partition, the offset after them.

        Raises:
            LogUnavailable: Nothing is known, but that what is missing is at each partition's end.
        """
        try:
            producer = await self._started()
            await self._check_partitions(producer, partition_count)
            ends = await asyncio.gather(
                *(self._append(producer, p, items) for p, items in items_by_partition.items())
            )
        except CLIENT_ERRORS as exc:
            raise await explained(self._settings, exc, verb="append to") from exc
        return dict(zip(items_by_partition, ends, strict=True))

    async def release(self) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def _started(self) -> AIOKafkaProducer:
        # All who come while it starts wait for the same start, and fail with it.
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        async with asyncio.timeout(self._timeout_s):
            return await asyncio.shield(self._starting)

    async def _start(self) -> AIOKafkaProducer:
        self._producer = AIOKafkaProducer(
            acks="all",
            enable_idempotence=True,
            compression_type=_CODEC[self._settings.compression],
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=BATCH_BYTES_MAX,
            **self._arguments,
        )
        await self._producer.start()
        return self._producer

    async def _check_partitions(self, producer: AIOKafkaProducer, count: int) -> None:
        async with asyncio.timeout(self._timeout_s):
            found = len(await producer.partitions_for(self._settings.topic))
        if found < count:
            message = (
                f"topic {self._settings.topic!r} has {found} partitions, had {count}: it was made "
                f"anew; restart what was started before"
            )
            raise LogUnavailable(message)

    async def _append(
        self, producer: AIOKafkaProducer, partition: int, items: Sequence[Item]
    ) -> int:
        end = 0
        async with self._lock_by_partition[partition]:
            for batch in _batches(producer, items):
                async with asyncio.timeout(self._timeout_s):
                    delivery = await producer.send_batch(
                        batch, self._settings.topic, partition=partition
                    )
                    acknowledged = await delivery
                end = acknowledged.offset + batch.record_count()
                if acknowledged.offset < 0:
                    # A broker that has the batch already may not know any more where.
                    end = -1
        return end


def _batches(producer: AIOKafkaProducer, items: Sequence[Item]) -> Iterator[BatchBuilder]:
    """Yield record batches of at most `BATCH_BYTES_MAX`, each made when it is needed."""
    batch = producer.create_batch()
    for item in items:
        key = item.run.encode()
        if batch.append(timestamp=None, key=key, value=item.value) is None:
            yield batch
            batch = producer.create_batch()
            added = batch.append(timestamp=None, key=key, value=item.value)
            assert added is not None, f"{len(item.value)} bytes do not fit an empty batch"
    batch.close()
    yield batch
