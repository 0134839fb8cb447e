"""What a log promises when several real processes share it, and when they die."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from runtide.log.kafka import KafkaLog
from runtide.log.port import EventLog, Item
from runtide.log.sqlite import SqliteLog
from tests.contracts.log_writers import LogWriter
from tests.topics import fresh_settings

MANY = 1 << 30


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return a log in an empty folder."""
    opened = SqliteLog(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], EventLog]:
    """Return what opens one and the same log in any process, and makes it if it is not there."""
    match request.param:
        case "sqlite":
            return partial(SqliteLog, tmp_path / "home")
        case "kafka":
            return partial(KafkaLog, fresh_settings(request.getfixturevalue("kafka")))
        case other:
            pytest.fail(f"no adapter called {other!r}")


def values(log: EventLog) -> list[bytes]:
    records = log.read(0, 0, bytes_max=MANY)
    assert [record.offset for record in records] == list(range(len(records)))
    return [record.value for record in records]


def test_processes_that_open_a_new_log_at_once_all_append(
    open_log: Callable[[], EventLog],
) -> None:
    """The first calls of a data-parallel training all meet a log that is not there yet."""
    writers = [LogWriter(open_log) for _ in range(5)]
    batches = [[f"{w} {b} {part}".encode() for part in "xyz"] for b in range(30) for w in range(5)]
    for i, batch in enumerate(batches):
        writers[i % 5].begin_append(batch)
    for i, _ in enumerate(batches):
        writers[i % 5].ack()
    for writer in writers:
        writer.stop()

    log = open_log()
    found = values(log)
    log.close()
    triples = [found[i : i + 3] for i in range(0, len(found), 3)]
    # Every batch is there once and unmixed, and each writer's are in its order.
    assert sorted(triples) == sorted(batches)
    for w in range(5):
        mark = f"{w} ".encode()
        assert [t for t in triples if t[0].startswith(mark)] == [
            b for b in batches if b[0].startswith(mark)
        ]


@pytest.mark.parametrize("acks_before_kill", [1, 7, 40])
def test_acknowledged_appends_survive_sigkill(
    open_log: Callable[[], EventLog], acks_before_kill: int
) -> None:
    """A killed writer loses nothing it acknowledged, and leaves nothing without what is before."""
    log = open_log()
    writer = LogWriter(open_log)
    for i in range(acks_before_kill):
        writer.append([b"%d" % i] * 3)
    # The next appends are under way when the process dies; how many of them happened is open.
    for i in range(acks_before_kill, acks_before_kill + 20):
        writer.begin_append([b"%d" % i] * 3)
    writer.kill()

    # What the dead process had handed over may still be written, ahead of this. And the log is
    # not locked: a lock is gone with its process.
    assert list(log.append([Item("a", b"next")])) == [0]
    *survivors, last = values(log)
    log.close()

    assert last == b"next"
    assert len(survivors) >= 3 * acks_before_kill
    assert survivors == [b"%d" % (i // 3) for i in range(len(survivors))]
    # One small append is one transaction, or one record batch.
    assert len(survivors) % 3 == 0


class SharedLog(RuleBasedStateMachine):
    """One folder, three writers that die and come back, and a model: the list of values."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.writers: dict[int, LogWriter] = {}
        self.reader = SqliteLog(Path(self.folder.name))
        self.want: list[bytes] = []

    def writer(self, number: int) -> LogWriter:
        if number not in self.writers:
            self.writers[number] = LogWriter(partial(SqliteLog, Path(self.folder.name)))
        return self.writers[number]

    numbers = st.integers(0, 2)
    batches = st.lists(st.binary(max_size=20), min_size=1, max_size=5)

    @rule(number=numbers, batch=batches)
    def append(self, number: int, batch: list[bytes]) -> None:
        self.want += batch
        assert self.writer(number).append(batch) == len(self.want)

    @rule(one=batches, other=batches)
    def append_from_two_at_once(self, one: list[bytes], other: list[bytes]) -> None:
        first, second = self.writer(0), self.writer(1)
        first.begin_append(one)
        second.begin_append(other)
        ends = {first.ack(): one, second.ack(): other}
        for _, batch in sorted(ends.items()):
            self.want += batch
        assert len(ends) == 2

    @rule(number=numbers)
    def kill_between_appends(self, number: int) -> None:
        if number in self.writers:
            self.writers.pop(number).kill()

    @rule(number=numbers, count=st.integers(1, 3000), fill=st.binary(min_size=1, max_size=1))
    def kill_during_an_append(self, number: int, count: int, fill: bytes) -> None:
        batch = [fill * 300] * count
        self.writer(number).begin_append(batch)
        self.writers.pop(number).kill()
        # All of it happened, or none.
        if self.reader.end(0) != len(self.want):
            self.want += batch

    @rule()
    def reopen_the_reader(self) -> None:
        self.reader.close()
        self.reader = SqliteLog(Path(self.folder.name))

    @invariant()
    def every_reader_sees_the_model(self) -> None:
        assert values(self.reader) == self.want

    def teardown(self) -> None:
        for writer in self.writers.values():
            writer.stop()
        self.reader.close()
        self.folder.cleanup()


TestSharedLog = SharedLog.TestCase
# Every example starts real processes.
TestSharedLog.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


def test_forked_child_appends_and_leaves_the_parents_connection_alone(log: SqliteLog) -> None:
    """SQLite's connections must not cross a fork, and closing one drops the other's locks."""
    log.append([Item("a", b"parent")])
    parents = log._connection()
    child = os.fork()
    if child == 0:
        try:
            log.append([Item("a", b"child")])
            assert log._connection() is not parents
            log.close()
            status = 0
        except BaseException:  # noqa: BLE001  # the child must end here, whatever it was
            status = 1
        sys.stdout.flush()
        os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    log.append([Item("a", b"parent again")])
    assert values(log) == [b"parent", b"child", b"parent again"]


def test_readers_never_see_part_of_an_append(log: SqliteLog, tmp_path: Path) -> None:
    """More than promise 3, and of this log alone; while another process appends."""
    writer = LogWriter(partial(SqliteLog, tmp_path))
    for i in range(40):
        writer.begin_append([b"%d" % i] * 50)

    ends = set()
    while log.end(0) < 40 * 50:
        log.wait(0, log.end(0), timeout_s=0.05)
        ends.add(len(values(log)))
    for _ in range(40):
        writer.ack()
    writer.stop()

    assert {end % 50 for end in ends} <= {0}
