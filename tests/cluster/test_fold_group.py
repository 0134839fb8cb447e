"""The consumer group that folds: partitions come and go, and every record counts once."""

import secrets
from typing import Any

import pytest

from processors.core.rows import TableRows
from processors.drivers import partition
from processors.drivers.group import FoldGroup
from processors.worker_state import prometheus_text, reason_not_ready
from runtide.core.events import RunCreated
from runtide.errors import RecordsExpired, StoreUnavailable
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.port import Item
from runtide.store.port import MetricStore
from tests.building import points, record
from tests.cluster.members import member
from tests.faulty import FaultyStore
from tests.oracle import comparable, logged_points, stored_points
from tests.topics import expire_records, fresh_settings
from tests.waiting import wait_until

pytestmark = pytest.mark.kafka

RUNS = [f"run-{i}" for i in range(12)]


@pytest.fixture
def settings(kafka: str) -> KafkaSettings:
    return fresh_settings(kafka, partitions=4)


def append(log: KafkaLog, *, envelopes: int, first: int = 0) -> None:
    """Append envelopes of a few points to every run, each run's first one creating it."""
    for i in range(first, first + envelopes):
        log.append(
            [
                Item(
                    run,
                    record(
                        i,
                        *([RunCreated(experiment="ex", name=run, created_us=1)] if i == 0 else []),
                        points("loss", *(float(v) for v in range(20)), first_step=20 * i),
                        run=run,
                    ).value,
                )
                for run in RUNS
            ]
        )


def wait_until_folded(log: KafkaLog, *members: FoldGroup) -> None:
    """Wait until every partition's member has reached the end of the log."""

    def is_folded() -> bool:
        reached = {
            number: assigned.fold.next_offset
            for each in members
            for number, assigned in each.partitions.items()
            if assigned.fold is not None
        }
        return reached == {p: log.end(p) for p in range(log.partition_count)}

    wait_until(is_folded, what="everything is folded")


def points_of(log: KafkaLog) -> list[Any]:
    return sorted(
        point for p in range(log.partition_count) for point in comparable(logged_points(log, p))
    )


def stored(store: MetricStore) -> list[Any]:
    return sorted(comparable(stored_points(store)))


def test_member_folds_what_was_there_and_what_comes(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    append(log, envelopes=3)

    with member(settings, store) as fold:
        wait_until_folded(log, fold)
        append(log, envelopes=3, first=3)
        wait_until_folded(log, fold)

        assert reason_not_ready(fold) is None
        assert 'runtide_worker_lag_records{partition="0"} 0' in prometheus_text(fold)

    assert stored(store) == points_of(log)


def test_next_member_resumes_from_the_store_and_not_from_kafka(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    """A group without committed offsets, as after its deletion, must not fold from the start."""
    append(log, envelopes=2)
    with member(settings, store, group=secrets.token_hex(4)) as fold:
        wait_until_folded(log, fold)
    append(log, envelopes=1, first=2)

    with member(settings, store, group=secrets.token_hex(4)) as fold:
        wait_until_folded(log, fold)

        assert sum(a.record_count for a in fold.partitions.values()) == len(RUNS)
    assert stored(store) == points_of(log)


def test_partitions_are_shared_and_taken_over(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    append(log, envelopes=2)

    with member(settings, store) as first:
        wait_until_folded(log, first)
        with member(settings, store) as second:
            wait_until(
                lambda: len(first.partitions) == len(second.partitions) == 2,
                what="each has half of the partitions",
            )
            append(log, envelopes=2, first=2)
            wait_until_folded(log, first, second)
        append(log, envelopes=2, first=4)
        wait_until_folded(log, first)

    assert stored(store) == points_of(log)


def test_store_that_is_away_is_asked_again_with_the_same_batch(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    away = [StoreUnavailable("away for a while")] * 6
    append(log, envelopes=2)

    with member(settings, FaultyStore(store, [None, *away])) as fold:
        wait_until(
            lambda: "away for a while" in (reason_not_ready(fold) or ""),
            what="the worker says what it waits for",
        )
        wait_until_folded(log, fold)
        assert reason_not_ready(fold) is None

    assert stored(store) == points_of(log)


def test_member_that_waits_for_the_store_can_be_stopped(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    """Nothing is lost by it: who comes next reads the same checkpoint."""
    append(log, envelopes=1)

    with member(settings, FaultyStore(store, [StoreUnavailable("away")] * 1_000)) as fold:
        wait_until(lambda: reason_not_ready(fold) is not None, what="the store is missed")

    with member(settings, store) as fold:
        wait_until_folded(log, fold)
    assert stored(store) == points_of(log)


def test_unreadable_record_is_handed_over_before_it_is_passed(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    letters: list[TableRows] = []
    append(log, envelopes=1)
    log.append([Item("run-0", b"\xff garbage")])
    append(log, envelopes=1, first=1)

    with member(settings, store, on_dead_letters=letters.append) as fold:
        wait_until_folded(log, fold)

    assert [value for rows in letters for value in rows["value"]] == [b"\xff garbage"]
    assert store.query("SELECT value FROM dead_letters").num_rows == 1


def test_partition_of_garbage_stops_alone(
    settings: KafkaSettings,
    log: KafkaLog,
    store: MetricStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Foreign bytes in one partition are for a human; the others go on."""
    monkeypatch.setattr(partition, "DEAD_LETTERS_IN_A_ROW_MAX", 2)
    broken = log.partition_of("run-0")
    log.append([Item("run-0", b"garbage")] * 4)

    with member(settings, store) as fold:
        wait_until(lambda: reason_not_ready(fold) is not None, what="the partition stopped")
        append(log, envelopes=1)
        others = {p for p in range(log.partition_count) if p != broken}
        wait_until(
            lambda: all(fold.lag_count(p) == 0 for p in others), what="the others are folded"
        )

        assert f"partition {broken} stopped" in str(reason_not_ready(fold))
        assert fold.partitions[broken].failure is not None


def test_checkpoint_below_the_start_of_the_log_stops_its_partition(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    """Records that were removed before they were folded are a loss that must be seen."""
    append(log, envelopes=2)
    with member(settings, store, group=secrets.token_hex(4)) as fold:
        wait_until_folded(log, fold)
    append(log, envelopes=2, first=2)
    for p in range(log.partition_count):
        expire_records(settings, p, log.end(p))

    with member(settings, store, group=secrets.token_hex(4)) as fold:
        wait_until(
            lambda: any(a.failure is not None for a in fold.partitions.values()),
            what="a partition stopped",
        )

        failures = [a.failure for a in fold.partitions.values() if a.failure is not None]
        assert isinstance(failures[0], RecordsExpired)
