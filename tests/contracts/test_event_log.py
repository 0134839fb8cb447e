"""What `runtide.log.port.EventLog` promises, of every implementation."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtide.core import limits
from runtide.errors import EnvelopeTooLarge
from runtide.log.kafka import KafkaLog
from runtide.log.memory import MemoryLog
from runtide.log.port import EventLog, Item
from runtide.log.sqlite import SqliteLog
from tests.topics import fresh_settings

MANY = 1 << 30


@pytest.fixture(
    params=["memory", "memory of 3", "sqlite", pytest.param("kafka of 3", marks=pytest.mark.kafka)]
)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    """Return an empty log of each kind in turn."""
    opened: EventLog
    match request.param:
        case "memory":
            opened = MemoryLog()
        case "memory of 3":
            opened = MemoryLog(partition_count=3)
        case "sqlite":
            opened = SqliteLog(tmp_path)
        case "kafka of 3":
            bootstrap = request.getfixturevalue("kafka")
            opened = KafkaLog(fresh_settings(bootstrap, partitions=3))
        case other:
            pytest.fail(f"no adapter called {other!r}")
    yield opened
    opened.close()


def items(*values: bytes, run: str = "a") -> list[Item]:
    return [Item(run, value) for value in values]


def partition_of(log: EventLog, run: str) -> int:
    """Return where the log puts a run, by writing to it."""
    (partition,) = log.append(items(b"?", run=run))
    assert log.partition_of(run) == partition
    return partition


def test_offsets_grow_by_one_from_the_start(log: EventLog) -> None:
    """Promise 1."""
    ends = [log.append(items(*batch)) for batch in ([b"0"], [b"1", b"2"], [b"3"])]
    ((p, _),) = ends[0].items()

    assert ends == [{p: 1}, {p: 3}, {p: 4}]
    assert [r.offset for r in log.read(p, 0, bytes_max=MANY)] == [0, 1, 2, 3]


def test_record_is_what_was_appended(log: EventLog) -> None:
    value = bytes(range(256)) * 3
    ((p, _),) = log.append(items(value, b"", run="run_1.x-y")).items()

    records = log.read(p, 0, bytes_max=MANY)

    assert [tuple(r) for r in records] == [(p, 0, "run_1.x-y", value), (p, 1, "run_1.x-y", b"")]


def test_append_of_nothing_touches_no_partition(log: EventLog) -> None:
    assert log.append([]) == {}
    assert [log.end(p) for p in range(log.partition_count)] == [0] * log.partition_count


def test_too_large_record_leaves_its_whole_batch_unwritten(log: EventLog) -> None:
    """Half a batch would be doubled when the sender splits it and tries again."""
    with pytest.raises(EnvelopeTooLarge) as raised:
        log.append(items(b"fits", bytes(limits.ENVELOPE_BYTES_MAX + 1)))

    assert raised.value.size_bytes == limits.ENVELOPE_BYTES_MAX + 1
    assert [log.end(p) for p in range(log.partition_count)] == [0] * log.partition_count


def test_largest_record_is_taken(log: EventLog) -> None:
    ((p, _),) = log.append(items(bytes(limits.ENVELOPE_BYTES_MAX))).items()

    assert len(log.read(p, 0, bytes_max=1)[0].value) == limits.ENVELOPE_BYTES_MAX


def test_records_of_a_run_are_in_one_partition_in_order(log: EventLog) -> None:
    """Promise 4: the fold of a run needs no other partition."""
    runs = [f"run-{i}" for i in range(20)]
    for i in range(3):
        log.append([Item(run, f"{run} {i}".encode()) for run in runs])

    found: dict[str, list[tuple[int, bytes]]] = {}
    for p in range(log.partition_count):
        for record in log.read(p, 0, bytes_max=MANY):
            found.setdefault(record.run, []).append((p, record.value))

    assert found == {
        run: [(found[run][0][0], f"{run} {i}".encode()) for i in range(3)] for run in runs
    }


def test_partition_of_a_run_is_the_same_in_every_process(log: EventLog) -> None:
    """Python's own hash differs from process to process; two writers of one run must agree."""
    crc32_of_run_1, murmur2_of_run_1 = 0x2A6CA8E3, 0x25FFFB6D
    number = murmur2_of_run_1 if isinstance(log, KafkaLog) else crc32_of_run_1

    assert partition_of(log, "run-1") == number % log.partition_count


def test_read_from_the_end_gives_nothing_at_once(log: EventLog) -> None:
    """Promise 5: who wants to wait says so with `wait`."""
    assert log.read(0, 0, bytes_max=MANY) == []
    assert log.read(0, 1000, bytes_max=MANY) == []


@pytest.mark.parametrize(
    ("bytes_max", "count"), [(0, 1), (9, 1), (10, 1), (19, 1), (20, 2), (40, 4), (1000, 4)]
)
def test_read_gives_about_as_many_bytes_as_asked_and_one_record_at_least(
    log: EventLog, bytes_max: int, count: int
) -> None:
    """A record larger than the reader's budget must not block it for ever."""
    ((p, _),) = log.append(items(*[bytes(10)] * 5)).items()

    assert [r.offset for r in log.read(p, 1, bytes_max=bytes_max)] == list(range(1, 1 + count))


def test_log_that_removed_nothing_starts_at_0(log: EventLog) -> None:
    ((p, _),) = log.append(items(b"0", b"1")).items()

    assert [log.start(q) for q in range(log.partition_count)] == [0] * log.partition_count
    assert log.read(p, log.start(p), bytes_max=1)[0].value == b"0"


def test_wait_returns_at_once_when_there_is_more(log: EventLog) -> None:
    ((p, end),) = log.append(items(b"0")).items()

    assert log.wait(p, end - 1, timeout_s=0)
    assert not log.wait(p, end, timeout_s=0)


def test_wait_ends_when_another_thread_appends(log: EventLog) -> None:
    p = partition_of(log, "a")
    appender = threading.Thread(target=log.append, args=(items(b"1"),))
    appender.start()

    assert log.wait(p, 1, timeout_s=30)
    appender.join()
    assert log.end(p) == 2


def test_wait_gives_up_after_its_time(log: EventLog) -> None:
    assert not log.wait(0, 5, timeout_s=0.02)


def test_threads_may_append_and_read_at_once(log: EventLog) -> None:
    """Promise 6, within a process."""

    def append(name: str) -> None:
        for i in range(20):
            log.append([Item("a", f"{name}{i}{part}".encode()) for part in "xyz"])

    threads = [threading.Thread(target=append, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    p = partition_of(log, "a")
    values = [r.value.decode() for r in log.read(p, 0, bytes_max=MANY)[:-1]]
    triples = ["".join(v[-1] for v in values[i : i + 3]) for i in range(0, len(values), 3)]
    assert triples == ["xyz"] * 80
    assert [v for v in values if v[0] == "A"] == [
        f"A{i}{part}" for i in range(20) for part in "xyz"
    ]


def test_threads_may_read_different_places_at_once(log: EventLog) -> None:
    """A follower at the end must not be held up, nor misled, by one who looks something up."""
    ((p, end),) = log.append(items(*[b"%d" % i for i in range(200)])).items()
    found: dict[int, list[bytes]] = {}

    def follow(start: int) -> None:
        values: list[bytes] = []
        while start + len(values) < end:
            page = log.read(p, start + len(values), bytes_max=20)
            values += [record.value for record in page]
        found[start] = values

    threads = [threading.Thread(target=follow, args=(start,)) for start in range(0, 200, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {start: [b"%d" % i for i in range(start, end)] for start in range(0, 200, 20)}


def test_closed_log_may_be_closed_again(log: EventLog) -> None:
    log.close()
    log.close()


@given(
    batches=st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=30)), max_size=4), max_size=5
    ),
    bytes_max=st.integers(0, 60),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_paging_through_gives_every_record_once_in_order(
    log: EventLog, batches: list[list[tuple[str, bytes]]], bytes_max: int
) -> None:
    """Whatever the page, a reader that goes on from the last offset misses nothing."""
    starts = [log.end(p) for p in range(log.partition_count)]
    for batch in batches:
        log.append([Item(run, value) for run, value in batch])

    found: dict[str, list[bytes]] = {run: [] for run in "abc"}
    for p, start in enumerate(starts):
        offset = start
        while page := log.read(p, offset, bytes_max=bytes_max):
            for record in page:
                found[record.run].append(record.value)
            offset = page[-1].offset + 1
        assert offset == log.end(p)

    logged = [pair for batch in batches for pair in batch]
    assert found == {run: [value for r, value in logged if r == run] for run in "abc"}
