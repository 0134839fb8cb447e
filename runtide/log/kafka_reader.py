"""Reading from Kafka without a consumer group: cursors, each a consumer at one place.

A reader that goes on where it stopped finds the cursor it left there, with what the consumer has
fetched meanwhile. One that goes elsewhere gets a new cursor: to move one would be to wait until
the broker has answered its last question, which at the end of the log is held back until there
is something new.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, OffsetOutOfRangeError

from runtide.errors import LogDamaged, RecordsExpired
from runtide.log.kafka_client import CLIENT_ERRORS, THREAD_NAME, client_arguments, explained
from runtide.log.kafka_loop import LoopThread
from runtide.log.port import Record

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from runtide.log.kafka_settings import KafkaSettings

_FETCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""What a consumer asks for at once, compressed; it holds one answer that nobody has read."""

_FETCH_WAIT_MS: Final = 1_000
"""How long a broker holds back an empty answer: an idle cursor asks once in this time."""

_STEP_S: Final = 0.1

_RECORDS_PER_FILL: Final = 16
"""Records unpacked at once, so that a cursor holds little beyond what is asked for."""

_IDLE_CURSORS_MIN: Final = 8
_IDLE_CURSORS_PER_PARTITION: Final = 2

_T = TypeVar("_T")


class ReaderConnection:
    """The cursors of one log, and a consumer that is asked for starts and ends.

    The latter has connections of its own: a broker answers one question of a connection after
    the other, and a cursor's may take a second.
    """

    def __init__(self, settings: KafkaSettings, *, partition_count: int, timeout_s: float) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._arguments = client_arguments(settings, timeout_s=timeout_s)
        self._idle_max = max(_IDLE_CURSORS_MIN, _IDLE_CURSORS_PER_PARTITION * partition_count)
        self._idle: deque[_Cursor] = deque()
        self._consumers: set[AIOKafkaConsumer] = set()
        self._starting: asyncio.Task[AIOKafkaConsumer] | None = None
        self._stopping: set[asyncio.Task[None]] = set()
        self.loop = LoopThread(f"{THREAD_NAME}-reader")

    async def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        """Return records from `offset` on, as `EventLog.read` promises."""
        return await self._translated(self._read(partition, offset, bytes_max), partition, offset)

    async def wait(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Return whether the end exceeds `offset`, or does within `timeout_s`."""
        return await self._translated(self._wait(partition, offset, timeout_s), partition, offset)

    async def start(self, partition: int) -> int:
        """Return the offset of the oldest record."""
        return await self._translated(self._edge(partition, is_end=False), partition, 0)

    async def end(self, partition: int) -> int:
        """Return the offset after the newest record."""
        return await self._translated(self._edge(partition, is_end=True), partition, 0)

    async def release(self) -> None:
        await asyncio.gather(*(c.stop() for c in self._consumers), return_exceptions=True)

    async def _translated(self, answer: Coroutine[Any, Any, _T], partition: int, offset: int) -> _T:
        try:
            try:
                return await answer
            except OffsetOutOfRangeError:
                # Records are removed at any time; otherwise it is an end that went back.
                start = await self._edge(partition, is_end=False)
                if offset >= start:
                    raise
                raise RecordsExpired(partition=partition, want=offset, start=start) from None
        except CorruptRecordException as exc:
            message = (
                f"partition {partition} of topic {self._settings.topic!r} has records behind "
                f"offset {offset} whose checksum is wrong ({exc}): see the brokers' disks, and "
                f"restore the partition from another replica or a backup"
            )
            raise LogDamaged(message) from exc
        except CLIENT_ERRORS as exc:
            raise await explained(self._settings, exc, verb="read") from exc

    async def _read(self, partition: int, offset: int, bytes_max: int) -> list[Record]:
        async with asyncio.timeout(self._timeout_s):
            cursor = self._taken(partition, offset)
            if cursor is None:
                if offset >= await self._edge(partition, is_end=True):
                    return []
                cursor = await self._opened(partition, offset)
            try:
                while cursor.size_bytes < bytes_max or not cursor.records:
                    if await cursor.fill(0) or await self._has_more(cursor):
                        continue
                    break
                records = cursor.pop(bytes_max)
            except BaseException:
                self._drop(cursor)
                raise
        self._put_back(cursor)
        return records

    async def _has_more(self, cursor: _Cursor) -> bool:
        """Fetch more if there is more to fetch; False at the end of the log."""
        end = cursor.known_end
        if not cursor.records and end <= cursor.end:
            end = await self._edge(cursor.partition, is_end=True)
        if end <= cursor.end:
            return False
        # What is fetched next may hold marks of transactions alone, of which the consumer tells
        # nothing: whoever waited for records would wait on.
        while not await cursor.fill(_STEP_S):
            pass
        return True

    async def _wait(self, partition: int, offset: int, timeout_s: float) -> bool:
        deadline_s = asyncio.get_running_loop().time() + timeout_s
        cursor = self._taken(partition, offset)
        try:
            if cursor is not None and cursor.records:
                return True
            async with asyncio.timeout(self._timeout_s):
                end = await self._edge(partition, is_end=True)
                if end > offset:
                    return True
                if timeout_s > 0 and cursor is None:
                    cursor = self._taken(partition, end) or await self._opened(partition, end)
            while cursor is not None and cursor.end <= offset:
                left_s = deadline_s - asyncio.get_running_loop().time()
                if left_s <= 0:
                    return False
                await cursor.fill(left_s)
                cursor.skip_to(offset)
            return cursor is not None
        except BaseException:
            if cursor is not None:
                self._drop(cursor)
                cursor = None
            raise
        finally:
            if cursor is not None:
                self._put_back(cursor)

    # ── cursors ──────────────────────────────────────────────────────────────────────────────

    def _taken(self, partition: int, offset: int) -> _Cursor | None:
        for cursor in self._idle:
            if (cursor.partition, cursor.offset) == (partition, offset):
                self._idle.remove(cursor)
                return cursor
        return None

    async def _opened(self, partition: int, offset: int) -> _Cursor:
        consumer = await self._consumer()
        place = TopicPartition(self._settings.topic, partition)
        consumer.assign([place])
        consumer.seek(place, offset)
        return _Cursor(consumer, place, offset)

    def _put_back(self, cursor: _Cursor) -> None:
        self._idle.append(cursor)
        if len(self._idle) > self._idle_max:
            self._drop(self._idle.popleft())

    def _drop(self, cursor: _Cursor) -> None:
        self._consumers.discard(cursor.consumer)
        stopping = asyncio.create_task(cursor.consumer.stop())
        self._stopping.add(stopping)
        stopping.add_done_callback(self._stopping.discard)

    async def _consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            check_crcs=True,
            consumer_timeout_ms=_FETCH_WAIT_MS,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            fetch_max_bytes=_FETCH_BYTES_MAX,
            max_partition_fetch_bytes=_FETCH_BYTES_MAX,
            **self._arguments,
        )
        self._consumers.add(consumer)
        await consumer.start()
        return consumer

    # ── the edges of the log ─────────────────────────────────────────────────────────────────

    async def _edge(self, partition: int, *, is_end: bool) -> int:
        if self._starting is None:
            self._starting = asyncio.create_task(self._consumer())
        place = TopicPartition(self._settings.topic, partition)
        async with asyncio.timeout(self._timeout_s):
            consumer = await asyncio.shield(self._starting)
            ask = consumer.end_offsets if is_end else consumer.beginning_offsets
            offset: int = (await ask([place]))[place]
        return offset


class _Cursor:
    """A consumer of one partition, and what was unpacked of it and not yet read."""

    def __init__(self, consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
        self.consumer = consumer
        self.partition: int = place.partition
        self.records: deque[Record] = deque()
        self.size_bytes = 0
        self.end = offset
        """The offset after the last record."""
        self._place = place

    @property
    def offset(self) -> int:
        """The offset of the next record to read."""
        return self.records[0].offset if self.records else self.end

    @property
    def known_end(self) -> int:
        """The end of the log as the last answer to the consumer told it."""
        return self.consumer.highwater(self._place) or 0

    async def fill(self, timeout_s: float) -> bool:
        """Unpack some records, and wait for them if there are none; False if none came."""
        before = self.end
        found = await self.consumer.getmany(
            self._place, timeout_ms=round(timeout_s * 1_000), max_records=_RECORDS_PER_FILL
        )
        for record in found.get(self._place, ()):
            self._fill_up_to(record.offset)
            run = (record.key or b"").decode(errors="replace")
            self._add(Record(self.partition, record.offset, run, record.value or b""))
        self._fill_up_to(await self.consumer.position(self._place))
        return self.end > before

    def pop(self, bytes_max: int) -> list[Record]:
        """Take records off the front: one if there is one, and about `bytes_max` in all."""
        taken: list[Record] = []
        left = bytes_max
        while self.records and (not taken or len(self.records[0].value) <= left):
            record = self.records.popleft()
            self.size_bytes -= len(record.value)
            left -= len(record.value)
            taken.append(record)
        return taken

    def skip_to(self, offset: int) -> None:
        """Take off what is below `offset`."""
        while self.records and self.records[0].offset < offset:
            self.size_bytes -= len(self.records.popleft().value)

    def _fill_up_to(self, offset: int) -> None:
        """Stand in for offsets that have no record: transactions of other clients leave marks.

        The port promises offsets without gaps, and an empty record is a dead letter that costs
        only itself.
        """
        while self.end < offset:
            self._add(Record(self.partition, self.end, "", b""))

    def _add(self, record: Record) -> None:
        self.records.append(record)
        self.size_bytes += len(record.value)
        self.end = record.offset + 1
