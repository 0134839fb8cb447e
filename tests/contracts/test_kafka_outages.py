"""A broker that is killed, stopped or frozen: what was acknowledged is there, and in order."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.errors import LogUnavailable
from runtide.log.kafka import KafkaLog
from runtide.log.port import Item
from tests.broker import Broker
from tests.topics import fresh_settings

pytestmark = pytest.mark.kafka

MANY = 1 << 30
SOON_S = 60.0
IMPATIENT_S = 1.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Return a broker that tests may kill; the next test finds it running."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()


@pytest.fixture
def log(broker: Broker) -> Iterator[KafkaLog]:
    """Return a log that does not wait long."""
    opened = KafkaLog(
        fresh_settings(broker.bootstrap),
        append_timeout_s=IMPATIENT_S,
        read_timeout_s=IMPATIENT_S,
    )
    yield opened
    opened.close()


def append_until_taken(log: KafkaLog, items: list[Item]) -> None:
    """Append as a sender does: again and again, from the first."""
    deadline_s = time.monotonic() + SOON_S
    while True:
        try:
            log.append(items)
        except LogUnavailable:
            assert time.monotonic() < deadline_s, "the log takes nothing"
        else:
            return


def read_all(log: KafkaLog) -> list[bytes]:
    """Read the partition from its start as a follower does, trying again when it must."""
    found: list[bytes] = []
    deadline_s = time.monotonic() + SOON_S
    while True:
        try:
            page = log.read(0, len(found), bytes_max=1 << 20)
        except LogUnavailable:
            assert time.monotonic() < deadline_s, "the log gives nothing"
            continue
        if not page:
            return found
        assert [record.offset for record in page] == list(range(len(found), len(found) + len(page)))
        found += [record.value for record in page]


def once(values: list[bytes]) -> list[int]:
    """Return the numbers as the fold takes them: those that are beyond all before."""
    mark = -1
    taken = []
    for number in (int(value[:8]) for value in values):
        if number > mark:
            taken.append(number)
            mark = number
    return taken


def numbered(start: int, count: int, *, size: int = 100) -> list[Item]:
    return [Item("a", b"%08d" % i + bytes(size)) for i in range(start, start + count)]


def test_killed_broker_has_what_it_acknowledged(broker: Broker, log: KafkaLog) -> None:
    """And the same log goes on when it is back, on both sides."""
    append_until_taken(log, numbered(0, 100))
    assert len(read_all(log)) == 100

    broker.kill()
    broker.start()

    append_until_taken(log, numbered(100, 100))
    assert once(read_all(log)) == list(range(200))


def test_dead_broker_is_told_at_once_and_by_name(broker: Broker, log: KafkaLog) -> None:
    broker.kill()
    try:
        started_s = time.monotonic()
        with pytest.raises(LogUnavailable, match=f"nothing listens at {broker.bootstrap}"):
            log.append(numbered(0, 1))
        with pytest.raises(LogUnavailable, match="start the broker"):
            log.end(0)
        assert time.monotonic() - started_s < 15
    finally:
        broker.start()

    append_until_taken(log, numbered(0, 1))
    assert once(read_all(log)) == [0]


def test_frozen_broker_costs_the_time_out_and_nothing_else(broker: Broker, log: KafkaLog) -> None:
    """Its connections stay open and say nothing: only a clock tells."""
    append_until_taken(log, numbered(0, 5))
    broker.pause()
    try:
        started_s = time.monotonic()
        with pytest.raises(LogUnavailable, match="does not answer within"):
            log.append(numbered(5, 5))
        with pytest.raises(LogUnavailable):
            log.read(0, 0, bytes_max=MANY)
        with pytest.raises(LogUnavailable):
            log.append(numbered(5, 5))
        assert time.monotonic() - started_s < 30
    finally:
        broker.resume()

    append_until_taken(log, numbered(5, 5))
    append_until_taken(log, numbered(10, 5))
    assert once(read_all(log)) == list(range(15))


@pytest.mark.slow
def test_no_later_record_overtakes_one_that_failed(broker: Broker, log: KafkaLog) -> None:
    """The fold would skip the earlier one when it comes after all: a loss, and for good."""
    count, size = 40, 90_000

    def kill_and_start() -> None:
        for _ in range(3):
            broker.kill()
            broker.start()

    killer = threading.Thread(target=kill_and_start)
    killer.start()
    sent = 0
    while killer.is_alive():
        # Some four record batches: what is killed in between stands in the topic to its middle.
        append_until_taken(log, numbered(sent, count, size=size))
        sent += count
    killer.join()

    assert once(read_all(log)) == list(range(sent))


def test_follower_goes_on_when_the_broker_is_back(broker: Broker, log: KafkaLog) -> None:
    """What waits at the end of the log waits on; nothing has to be opened anew."""
    append_until_taken(log, numbered(0, 3))
    assert len(read_all(log)) == 3
    assert not log.wait(0, 3, timeout_s=0.1)

    broker.kill()
    broker.start()
    append_until_taken(log, numbered(3, 1))

    deadline_s = time.monotonic() + SOON_S
    seen = False
    while not seen:
        assert time.monotonic() < deadline_s, "the follower is told nothing"
        try:
            seen = log.wait(0, 3, timeout_s=1)
        except LogUnavailable:
            continue
    assert [r.value[:8] for r in log.read(0, 3, bytes_max=MANY)] == [b"00000003"]


def test_log_opened_while_no_broker_answers_says_where_it_looked(tmp_path: Path) -> None:
    del tmp_path
    settings = fresh_settings("127.0.0.1:1")

    with pytest.raises(LogUnavailable, match=r"nothing listens at 127\.0\.0\.1:1: start the"):
        KafkaLog(settings, read_timeout_s=IMPATIENT_S)


def test_forked_child_appends_and_reads_beside_its_parent(log: KafkaLog) -> None:
    """It has its parent's connections, and must not touch them, nor close them when it ends."""
    append_until_taken(log, numbered(0, 1))
    assert log.end(0) == 1
    child = os.fork()
    if child == 0:
        try:
            append_until_taken(log, numbered(1, 1))
            assert once(read_all(log)) == [0, 1]
            log.close()
            status = 0
        except BaseException:  # noqa: BLE001  # the child must end here, whatever it was
            status = 1
        sys.stdout.flush()
        os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    append_until_taken(log, numbered(2, 1))
    assert once(read_all(log)) == [0, 1, 2]


def test_fork_in_the_middle_of_an_append_leaves_both_able_to_append(log: KafkaLog) -> None:
    """A lock that another thread held at the fork is never released in the child."""
    append_until_taken(log, numbered(0, 1))
    stop = threading.Event()

    def append_all_the_time() -> None:
        while not stop.is_set():
            append_until_taken(log, [Item("a", b"00000000 parent")])

    threads = [threading.Thread(target=append_all_the_time) for _ in range(3)]
    for thread in threads:
        thread.start()
    children = []
    for _ in range(10):
        child = os.fork()
        if child == 0:
            try:
                append_until_taken(log, [Item("a", b"00000000 child")])
                status = 0
            except BaseException:  # noqa: BLE001  # the child must end here, whatever it was
                status = 1
            os._exit(status)
        children.append(child)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    stop.set()
    for thread in threads:
        thread.join()

    assert statuses == [0] * 10
    assert read_all(log).count(b"00000000 child") >= 10
