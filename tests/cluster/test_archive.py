"""A worker that archives: everything that it folded can be read when the log has forgotten it."""

import pytest

from processors.archive import Archive
from runtide.errors import RecordsExpired, StoreUnavailable
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.port import Item, Record
from runtide.store.port import MetricStore
from tests.building import points, record
from tests.cluster.members import member
from tests.faulty import FaultyStore
from tests.topics import expire_records, fresh_settings
from tests.waiting import wait_until

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(kafka: str) -> KafkaSettings:
    return fresh_settings(kafka, partitions=2)


def append(log: KafkaLog, numbers: range) -> None:
    for number in numbers:
        items = [record(number, points("loss", 1.0), run=f"run-{i}") for i in range(4)]
        log.append([Item(one.run, one.value) for one in items])
    # What can be folded by no version is archived like everything else.
    log.append([Item("run-0", b"\xff no envelope")])


def all_records(source: KafkaLog | Archive, partition: int, start: int, end: int) -> list[Record]:
    found: list[Record] = []
    while start < end:
        found += source.read(partition, start, bytes_max=1 << 20)
        start = found[-1].offset + 1
    return found


def test_archive_has_every_record_that_the_log_had(
    settings: KafkaSettings, log: KafkaLog, store: MetricStore
) -> None:
    """Also where the store failed meanwhile, and the worker was another one later."""
    archive = Archive(store)
    away = StoreUnavailable("away")
    faulty = FaultyStore(store, [away, None, away, None, None, away])
    for numbers in (range(10), range(10, 20)):
        append(log, numbers)
        with member(settings, faulty, on_records=Archive(faulty).write):
            wait_until(
                lambda: all(archive.end(p) == log.end(p) for p in range(2)),
                what="every record is archived",
            )
    had = {p: all_records(log, p, 0, log.end(p)) for p in range(2)}

    for partition in range(2):
        expire_records(settings, partition, log.end(partition))
        assert log.start(partition) == log.end(partition)

    with pytest.raises(RecordsExpired):
        log.read(log.partition_of("run-0"), 0, bytes_max=1)
    assert {p: all_records(archive, p, 0, archive.end(p)) for p in range(2)} == had
    assert {p: archive.start(p) for p in range(2)} == {0: 0, 1: 0}
