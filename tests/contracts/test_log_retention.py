"""What the port promises of a log that removes its oldest records."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from runtide.errors import RecordsExpired
from runtide.log.kafka import KafkaLog
from runtide.log.memory import MemoryLog
from runtide.log.port import EventLog, Item
from tests.topics import expire_records, fresh_settings

MANY = 1 << 30


class Expiring(NamedTuple):
    """A log of five records, and how to remove those of partition 0 below an offset."""

    log: EventLog
    expire: Callable[[int], None]


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.kafka)])
def expiring(request: pytest.FixtureRequest) -> Iterator[Expiring]:
    match request.param:
        case "memory":
            log = MemoryLog()
            made = Expiring(log, lambda start: log.expire(0, start))
        case "kafka":
            topic = fresh_settings(request.getfixturevalue("kafka"))
            made = Expiring(KafkaLog(topic), lambda start: expire_records(topic, 0, start))
        case other:
            pytest.fail(f"no adapter called {other!r}")
    made.log.append([Item("a", b"%d" % i) for i in range(5)])
    yield made
    made.log.close()


def test_offsets_of_what_is_left_stay(expiring: Expiring) -> None:
    """Promise 1: a checkpoint means the same record for ever."""
    expiring.expire(3)

    left = expiring.log.read(0, 3, bytes_max=MANY)
    assert [(r.offset, r.value) for r in left] == [(3, b"3"), (4, b"4")]
    assert (expiring.log.start(0), expiring.log.end(0)) == (3, 5)
    assert expiring.log.append([Item("a", b"5")]) == {0: 6}


def test_reading_what_was_removed_says_so(expiring: Expiring) -> None:
    """Going on with what is left would leave a hole that nobody notices."""
    expiring.expire(3)

    with pytest.raises(RecordsExpired, match="starts at offset 3, want 2") as raised:
        expiring.log.read(0, 2, bytes_max=MANY)

    assert (raised.value.partition, raised.value.want, raised.value.start) == (0, 2, 3)


def test_log_without_any_record_starts_at_its_end(expiring: Expiring) -> None:
    expiring.expire(5)

    assert (expiring.log.start(0), expiring.log.end(0)) == (5, 5)
    assert expiring.log.read(0, 5, bytes_max=MANY) == []
    with pytest.raises(RecordsExpired):
        expiring.log.read(0, 4, bytes_max=MANY)
