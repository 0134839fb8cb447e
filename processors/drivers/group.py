"""The cluster's driver: a member of a Kafka consumer group that folds the partitions it is given.

    Kafka  --getmany-->  one batch a partition  --thread-->  fold, insert, checkpoint  --> commit

Where to resume a partition is read from the store, on assignment, and never from the group's
committed offsets: those are told to Kafka for those who look at lag. Members may overlap for a
moment when partitions move; rows have the identity of what they hold as their key, and marks and
checkpoints keep the highest, so that both write the same.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from processors.drivers.partition import PartitionFold, kept_in_the_log_alone
from processors.sink import read_next_offset
from runtide.errors import RecordsExpired, UnavailableError
from runtide.log.port import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aiokafka import ConsumerRecord

    from processors.core.rows import TableRows
    from runtide.store.port import MetricStore

BATCH_BYTES_MAX: Final = 8 << 20
"""Log bytes of one partition folded at once: some 250,000 points."""

BATCH_WAIT_MS: Final = 400
"""How long a broker waits for a fuller batch: small inserts cost merges later."""

_BATCH_BYTES_MIN: Final = 1 << 20
_FOLDS_AT_ONCE: Final = 2
_POLL_MS: Final = 200
_REVOKE_TIMEOUT_S: Final = 20.0
"""How long a partition that moves away waits for the batch at hand."""

_BACKOFF_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_KAFKA_RETRY_S: Final = 1.0

_NEVER_MS: Final = 2**31 - 1
# A store that is away for hours is no reason to give partitions to members that have the same one.

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class _Abandoned(Exception):  # no error: the partition is somebody else's now
    """The partition was given to another member, or the member stops."""


class AssignedPartition:
    """One partition as long as it is this member's.

    Attributes:
        partition: Its number.
        fold: Where it stands, once the store has said where to resume.
        task: The batch that is folded now, if any.
        failure: What stopped the partition for good, if anything did.
        point_count: Points folded by this member.
        record_count: Records folded by this member.
        dead_letter_count: Records among these that could not be read.
        retry_count: Calls that found the store or the log away.
        retrying: What is away now, if anything is.
    """

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.fold: PartitionFold | None = None
        self.task: asyncio.Future[None] | None = None
        self.failure: Exception | None = None
        self.point_count = 0
        self.record_count = 0
        self.dead_letter_count = 0
        self.retry_count = 0
        self.retrying: UnavailableError | None = None
        self._abandoned = threading.Event()

    @property
    def is_idle(self) -> bool:
        """Whether a batch may be handed to it."""
        return self.fold is not None and self.task is None and self.failure is None

    @property
    def is_abandoned(self) -> bool:
        """Whether it is no longer this member's."""
        return self._abandoned.is_set()

    def abandon(self) -> None:
        """Let no call be tried again."""
        self._abandoned.set()

    def retried(self, call: Callable[[], _T], /) -> _T:
        """Make a call until it finds everything there, or the partition is abandoned."""
        attempt = 0
        while True:
            if self._abandoned.is_set():
                raise _Abandoned
            try:
                answer = call()
            except UnavailableError as exc:
                pause_s = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
                attempt += 1
                self.retry_count += 1
                self.retrying = exc
                _log.warning("partition %d tries again in %.1f s: %s", self.partition, pause_s, exc)
                self._abandoned.wait(pause_s)
            else:
                self.retrying = None
                return answer


class FoldGroup(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """A member of the consumer group that folds a topic into a store.

    Args:
        client: What every client of Kafka is made with.
        topic: The topic of envelopes.
        group: The consumer group.
        store: Where the rows go.
        on_dead_letters: See `PartitionFold`.
        on_records: See `PartitionFold`.
    """

    def __init__(
        self,
        client: dict[str, Any],
        *,
        topic: str,
        group: str,
        store: MetricStore,
        on_dead_letters: Callable[[TableRows], None],
        on_records: Callable[[Sequence[Record]], None] = kept_in_the_log_alone,
    ) -> None:
        self._client = client
        self._topic = topic
        self._group = group
        self._store = store
        self._on_dead_letters = on_dead_letters
        self._on_records = on_records
        self._assigned: dict[int, AssignedPartition] = {}
        self._consumer: Any = None
        self._pool = ThreadPoolExecutor(_FOLDS_AT_ONCE, thread_name_prefix="runtide-fold")
        self._is_stopping = False
        self._ended = asyncio.Event()
        self._polled_s = time.monotonic()

    @property
    def partitions(self) -> dict[int, AssignedPartition]:
        """What is this member's now, by number."""
        return self._assigned

    @property
    def idle_s(self) -> float:
        """Seconds since the broker was last asked for records."""
        return time.monotonic() - self._polled_s

    def lag_count(self, partition: int) -> int | None:
        """Return how many records of a partition are not folded; None while that is unknown."""
        assigned = self._assigned.get(partition)
        if assigned is None or assigned.fold is None or self._consumer is None:
            return None
        end = self._consumer.highwater(TopicPartition(self._topic, partition))
        return None if end is None else max(0, end - assigned.fold.next_offset)

    async def run(self) -> None:
        """Join the group and fold until `stop`.

        Raises:
            KafkaError: No broker was reached at the start; later ones are waited for.
        """
        self._consumer = AIOKafkaConsumer(
            **self._client,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_min_bytes=_BATCH_BYTES_MIN,
            fetch_max_wait_ms=BATCH_WAIT_MS,
            max_partition_fetch_bytes=BATCH_BYTES_MAX,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=int(2 * _REVOKE_TIMEOUT_S * 1_000),
            max_poll_interval_ms=_NEVER_MS,
        )
        self._consumer.subscribe([self._topic], listener=self)
        await self._consumer.start()
        try:
            while not self._is_stopping:
                await self._once()
        finally:
            await self._release(self._assigned.values())
            await self._consumer.stop()
            self._pool.shutdown(wait=False)
            self._ended.set()

    async def stop(self) -> None:
        """Have `run` end after the batches at hand, and return when it has."""
        self._is_stopping = True
        await self._ended.wait()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish what is at hand of partitions that move away; Kafka waits for it, for a while."""
        numbers = {tp.partition for tp in revoked}
        await self._release([self._assigned.pop(n) for n in numbers & self._assigned.keys()])

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take partitions over; nothing is read before the store has said where to resume."""
        partitions = list(assigned)
        self._consumer.pause(*partitions)
        for tp in partitions:
            self._assigned[tp.partition] = found = AssignedPartition(tp.partition)
            found.task = asyncio.ensure_future(self._resumed(found, tp))
        _log.info("folding partitions %s", sorted(self._assigned))

    async def _once(self) -> None:
        idle = [
            TopicPartition(self._topic, a.partition) for a in self._assigned.values() if a.is_idle
        ]
        self._polled_s = time.monotonic()
        try:
            # Asked for no partition, the consumer would answer with all of them.
            batches = await self._consumer.getmany(*idle, timeout_ms=_POLL_MS) if idle else {}
        except KafkaError as exc:
            _log.warning("the fold waits for Kafka: %s", exc)
            await asyncio.sleep(_KAFKA_RETRY_S)
            return
        for tp, messages in batches.items():
            assigned = self._assigned.get(tp.partition)
            if assigned is not None and assigned.is_idle:
                assigned.task = asyncio.ensure_future(self._folded(assigned, tp, messages))
        if not idle:
            await asyncio.sleep(_POLL_MS / 1_000)

    async def _resumed(self, assigned: AssignedPartition, tp: TopicPartition) -> None:
        """Ask the store where to resume, and let records come from there on."""
        try:
            checkpoint = await self._in_thread(
                assigned.retried, partial(read_next_offset, self._store, tp.partition)
            )
            start = await self._start_of(assigned, tp)
            if checkpoint and checkpoint < start:
                expired = RecordsExpired(partition=tp.partition, want=checkpoint, start=start)
                self._failed(assigned, expired)
            if assigned.is_abandoned or assigned.failure is not None:
                return
            assigned.fold = PartitionFold(
                self._store,
                tp.partition,
                next_offset=checkpoint or start,
                retried=assigned.retried,
                on_dead_letters=self._on_dead_letters,
                on_records=self._on_records,
            )
            self._consumer.seek(tp, checkpoint or start)
            self._consumer.resume(tp)
        except _Abandoned:
            pass
        except Exception as exc:  # noqa: BLE001  # whatever it is, whoever looks must see it
            self._failed(assigned, exc)
        finally:
            assigned.task = None

    async def _start_of(self, assigned: AssignedPartition, tp: TopicPartition) -> int:
        while not assigned.is_abandoned:
            try:
                return int((await self._consumer.beginning_offsets([tp]))[tp])
            except KafkaError as exc:
                _log.warning("partition %d asks Kafka where it starts: %s", tp.partition, exc)
                await asyncio.sleep(_KAFKA_RETRY_S)
        raise _Abandoned

    async def _folded(
        self, assigned: AssignedPartition, tp: TopicPartition, messages: Sequence[ConsumerRecord]
    ) -> None:
        """Fold a batch to its end, and tell Kafka how far."""
        assert assigned.fold is not None
        try:
            await self._in_thread(_fold_all, assigned, [_record(m) for m in messages])
            await self._consumer.commit({tp: assigned.fold.next_offset})
        except _Abandoned:
            pass
        except KafkaError as exc:
            # The group was rebalanced or the broker is away; the checkpoint is in the store.
            _log.info("partition %d: the offset is not committed: %s", tp.partition, exc)
        except Exception as exc:  # noqa: BLE001  # whatever it is, whoever looks must see it
            self._failed(assigned, exc)
        finally:
            assigned.task = None

    def _failed(self, assigned: AssignedPartition, exc: Exception) -> None:
        _log.error("partition %d stopped: %s", assigned.partition, exc, exc_info=exc)
        assigned.failure = exc

    async def _release(self, partitions: Iterable[AssignedPartition]) -> None:
        partitions = list(partitions)
        for assigned in partitions:
            assigned.abandon()
        tasks = [assigned.task for assigned in partitions if assigned.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=_REVOKE_TIMEOUT_S)

    async def _in_thread(self, call: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *arguments)


def _fold_all(assigned: AssignedPartition, records: list[Record]) -> None:
    fold = assigned.fold
    assert fold is not None
    end = records[-1].offset + 1
    while fold.next_offset < end:
        effects = fold.fold(records)
        assigned.record_count += effects.next_offset - effects.first_offset
        assigned.point_count += len(effects.tables.get("scalars", {}).get("step", ()))
        assigned.dead_letter_count += len(effects.tables.get("dead_letters", {}).get("pos", ()))


def _record(message: ConsumerRecord) -> Record:
    return Record(
        message.partition,
        message.offset,
        (message.key or b"").decode(errors="replace"),
        message.value or b"",
    )
