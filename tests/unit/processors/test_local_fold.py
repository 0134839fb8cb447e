import logging
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest

from processors.drivers import partition
from processors.drivers.local import LocalFold
from runtide.core.events import Heartbeat, RunCreated, StateChanged
from runtide.errors import (
    CorruptionError,
    LogUnavailable,
    OffsetGap,
    RecordsExpired,
    StoreUnavailable,
)
from runtide.log.memory import MemoryLog
from runtide.log.port import EventLog, Item, Record
from runtide.store.port import MetricStore
from tests.building import points, record
from tests.engine import drop_store, empty_store
from tests.faulty import FaultyStore

CREATED = RunCreated(experiment="ex", name="olive", created_us=1)
SOON_S = 30.0


@pytest.fixture
def store() -> Iterator[MetricStore]:
    opened = empty_store()
    yield opened
    drop_store(opened)


@pytest.fixture
def start() -> Iterator[Callable[[EventLog, MetricStore], LocalFold]]:
    """Return a function that starts a fold, which the end of the test stops."""
    folds: list[LocalFold] = []

    def started(log: EventLog, store: MetricStore) -> LocalFold:
        folds.append(LocalFold(log, store))
        folds[-1].start()
        return folds[-1]

    yield started
    for fold in folds:
        fold.stop()


def append(log: EventLog, *records: Record) -> None:
    log.append([Item(r.run, r.value) for r in records])


def column(store: MetricStore, sql: str) -> list[Any]:
    table = store.query(sql)
    values: list[Any] = table.column(0).to_pylist()
    return values


def test_records_can_be_queried_once_they_are_waited_for(store: MetricStore, start: Any) -> None:
    log = MemoryLog()
    fold = start(log, store)
    append(log, record(0, CREATED, points("loss", 1.0, 2.0)))

    assert fold.wait_until(0, 1, timeout_s=SOON_S)
    assert fold.next_offset(0) == 1
    assert column(store, "SELECT value FROM scalars ORDER BY step") == [1.0, 2.0]


def test_waiting_for_what_is_not_in_the_log_ends_with_its_time(
    store: MetricStore, start: Any
) -> None:
    assert not start(MemoryLog(), store).wait_until(0, 1, timeout_s=0.02)


def test_fold_resumes_from_the_checkpoint(store: MetricStore, start: Any) -> None:
    """What was folded is not read again, or every start would take as long as the whole log."""
    log = MemoryLog()
    append(log, record(0, CREATED), record(1, points("loss", 1.0)))
    first = start(log, store)
    assert first.wait_until(0, 2, timeout_s=SOON_S)
    first.stop()

    second = LocalFold(log, store)
    second.start()

    assert second.next_offset(0) == 2
    second.stop()


def test_fold_without_a_checkpoint_begins_where_the_log_does(
    store: MetricStore, start: Any
) -> None:
    """A log whose oldest records were removed can still be folded into an empty store."""
    log = MemoryLog()
    append(log, record(0, CREATED), record(1, CREATED), record(2, points("loss", 1.0)))
    log.expire(0, 2)

    fold = start(log, store)

    assert fold.wait_until(0, 3, timeout_s=SOON_S), fold.failure
    assert column(store, "SELECT value FROM scalars") == [1.0]


def test_fold_whose_next_records_were_removed_stops_and_says_so(
    store: MetricStore, start: Any
) -> None:
    """The hole would otherwise be in the tables, and nowhere to be seen."""
    log = MemoryLog()
    append(log, record(0, CREATED))
    first = start(log, store)
    assert first.wait_until(0, 1, timeout_s=SOON_S)
    first.stop()
    append(log, record(1, CREATED), record(2, points("loss", 1.0)))
    log.expire(0, 2)

    fold = start(log, store)

    assert not fold.wait_until(0, 3, timeout_s=SOON_S)
    assert isinstance(fold.failure, RecordsExpired)


def test_store_that_does_not_answer_is_asked_again(
    store: MetricStore, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """ClickHouse away for a while: the same batch again, with the same tokens, nothing doubled."""
    faulty = FaultyStore(store, [None, StoreUnavailable("away"), None, StoreUnavailable("away")])
    log = MemoryLog()
    append(log, record(0, CREATED, points("loss", 1.0)))
    fold = start(log, faulty)

    assert fold.wait_until(0, 1, timeout_s=SOON_S)
    assert fold.failure is None
    assert column(store, "SELECT count() FROM scalars") == [1]
    assert [r.levelno for r in caplog.records] == [logging.WARNING] * 2


@pytest.mark.parametrize("inserts", range(7))
def test_crash_after_any_insert_changes_nothing(
    store: MetricStore, start: Any, inserts: int
) -> None:
    """The checkpoint comes last, so the next driver repeats what may be there already."""
    log = MemoryLog()
    append(
        log,
        record(0, CREATED, points("loss", 2.0, 1.0), seq=1),
        record(1, StateChanged(status="Running", ts_us=5), seq=2),
        Record(0, 2, "a", b"garbage"),
    )
    crashing = FaultyStore(store, [None] * inserts + [RuntimeError("crash")])
    crashed = start(log, crashing)
    crashed.wait_until(0, 3, timeout_s=SOON_S)
    assert isinstance(crashed.failure, RuntimeError)

    append(log, record(3, Heartbeat(ts_us=9), seq=3))
    assert start(log, store).wait_until(0, 4, timeout_s=SOON_S)

    assert column(store, "SELECT (step, value) FROM scalars FINAL ORDER BY ALL") == [
        {"1": 0, "2": 2.0},
        {"1": 1, "2": 1.0},
    ]
    assert column(store, "SELECT (seen_us, pos, status) FROM runs FINAL") == [
        {"1": 9, "2": 3, "3": "Running"}
    ]
    assert column(store, "SELECT seq FROM ingest_writers FINAL") == [3]
    assert column(store, "SELECT pos FROM dead_letters FINAL") == [2]


def test_checkpoint_is_written_after_the_marks_and_both_after_the_facts(
    store: MetricStore, start: Any
) -> None:
    log = MemoryLog()
    append(log, record(0, CREATED, points("loss", 1.0)))
    recording = FaultyStore(store, [])

    assert start(log, recording).wait_until(0, 1, timeout_s=SOON_S)

    assert recording.tables[-2:] == ["ingest_writers", "ingest_progress"]
    assert set(recording.tables[:-2]) == {"scalars", "metrics", "rollups", "runs"}


class LogWithAHole(MemoryLog):
    """A log whose record 1 is gone, as after a restore from half a backup."""

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        return [r for r in super().read(partition, offset, bytes_max=bytes_max) if r.offset != 1]


def test_damaged_log_stops_the_fold_and_whoever_waits_learns_at_once(
    store: MetricStore, start: Any
) -> None:
    log = LogWithAHole()
    append(log, *(record(i, CREATED) for i in range(3)))
    fold = start(log, store)
    started_s = monotonic()

    assert not fold.wait_until(0, 3, timeout_s=SOON_S)
    assert monotonic() - started_s < SOON_S / 2
    assert isinstance(fold.failure, OffsetGap)


class LogThatHidesItsEnd(MemoryLog):
    """A log that does not say where it ends for the first few times it is asked."""

    failures_left = 3

    def end(self, partition: int) -> int:
        if self.failures_left:
            self.failures_left -= 1
            raise LogUnavailable("away")
        return super().end(partition)


def test_log_that_does_not_say_where_it_ends_is_asked_again(
    store: MetricStore, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that was busy for a moment must not stop the fold until somebody restarts it."""
    log = LogThatHidesItsEnd()
    append(log, record(0, CREATED))
    fold = start(log, store)
    assert fold.wait_until(0, 1, timeout_s=SOON_S)

    append(log, record(1, points("loss", 1.0)))

    assert fold.wait_until(0, 2, timeout_s=SOON_S), fold.failure
    assert log.failures_left == 0


def test_too_many_dead_letters_in_a_row_stop_the_fold(
    store: MetricStore, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log of foreign bytes must not be folded into dead letters to its end."""
    monkeypatch.setattr(partition, "DEAD_LETTERS_IN_A_ROW_MAX", 3)
    log = MemoryLog()
    append(log, *(Record(0, i, "a", b"garbage") for i in range(4)))
    fold = start(log, store)

    assert not fold.wait_until(0, 4, timeout_s=SOON_S)
    assert isinstance(fold.failure, CorruptionError)
    assert column(store, "SELECT count() FROM dead_letters") == [0]


def test_runs_that_were_forgotten_are_read_back(
    store: MetricStore, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by forgetting; the marks come from the store when a run is touched."""
    monkeypatch.setattr(partition, "RUNS_IN_MEMORY_MAX", 0)
    log = MemoryLog()
    fold = start(log, store)
    for i, run in enumerate(["a", "a", "b", "a"]):
        append(log, record(i, CREATED, points("loss", 1.0), run=run, seq=1))
        assert fold.wait_until(0, i + 1, timeout_s=SOON_S)

    assert column(store, "SELECT count() FROM scalars") == [2]


def test_every_partition_is_folded(store: MetricStore, start: Any) -> None:
    log = MemoryLog(partition_count=3)
    fold = start(log, store)
    ends = log.append([Item(r, record(0, CREATED, run=r).value) for r in "abcdefgh"])

    assert all(fold.wait_until(p, end, timeout_s=SOON_S) for p, end in ends.items())
    assert column(store, "SELECT run_id FROM runs FINAL ORDER BY 1") == list("abcdefgh")


def test_more_values_than_one_step_takes_are_folded_all_the_same(
    store: MetricStore, start: Any
) -> None:
    log = MemoryLog()
    wide = {"type": "list", "name": "x", "n": 600_000, "ts_us": 1, "value": {"range": [0, 1]}}
    append(log, *(record(i, wide) for i in range(4)))

    assert start(log, store).wait_until(0, 4, timeout_s=SOON_S)
    assert column(store, "SELECT sum(length(numbers)) FROM vectors") == [2_400_000]


def test_fold_stops_while_the_store_is_away(store: MetricStore, start: Any) -> None:
    """Ctrl-C must not wait until ClickHouse is back."""
    away = FaultyStore(store, [StoreUnavailable("away")] * 1000)
    log = MemoryLog()
    fold = start(log, away)
    append(log, record(0, CREATED))
    assert not fold.wait_until(0, 1, timeout_s=0.05)

    fold.stop()
    fold.stop()

    assert not fold.wait_until(0, 1, timeout_s=SOON_S)


def test_fold_that_never_started_can_be_stopped(store: MetricStore) -> None:
    LocalFold(MemoryLog(), store).stop()
