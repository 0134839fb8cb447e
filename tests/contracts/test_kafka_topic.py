"""The topic that is the log: made when it is missing, checked when it is there."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from runtide.errors import LogUnavailable, UsageError
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.kafka_topic import check_topic
from runtide.log.port import Item
from tests.loops import completed
from tests.topics import configure_topic, delete_topic, fresh_settings, make_topic

pytestmark = pytest.mark.kafka

MANY = 1 << 30
TIMEOUT_S = 10.0


@pytest.fixture
def fresh(kafka: str) -> Callable[..., KafkaSettings]:
    """Return a function that returns settings with a topic that is not there yet."""
    return lambda **changes: fresh_settings(kafka, **changes)


@pytest.fixture
def settings(fresh: Callable[..., KafkaSettings]) -> KafkaSettings:
    return fresh()


@pytest.fixture
def log(settings: KafkaSettings) -> Iterator[KafkaLog]:
    """Return an empty log that does not wait long."""
    opened = KafkaLog(settings, append_timeout_s=2, read_timeout_s=2)
    yield opened
    opened.close()


def open_and_close(settings: KafkaSettings) -> int:
    log = KafkaLog(settings)
    log.close()
    return log.partition_count


def test_missing_topic_is_made_as_the_settings_say(fresh: Callable[..., KafkaSettings]) -> None:
    """And keeps every record for ever, where nothing else is said: the log is the truth."""
    settings = fresh(partitions=5)

    assert open_and_close(settings) == 5

    topic = check_topic(settings, timeout_s=TIMEOUT_S)
    assert topic is not None
    assert (topic.partition_count, topic.replication, topic.problems) == (5, 1, ())
    forever = fresh(topic=settings.topic, partitions=5, retention_hours=-1)
    found = check_topic(forever, timeout_s=TIMEOUT_S)
    assert found is not None
    assert (found.problems, found.retention_ms) == ((), -1)


def test_topic_that_is_there_is_taken_with_its_partitions(
    fresh: Callable[..., KafkaSettings],
) -> None:
    make_topic(fresh(topic="of-three", partitions=3))

    assert open_and_close(fresh(topic="of-three", partitions=None)) == 3


def test_missing_topic_that_may_not_be_made_is_told_with_the_command(
    fresh: Callable[..., KafkaSettings],
) -> None:
    settings = fresh(creates_topics=False, partitions=7)

    with pytest.raises(UsageError, match=r"kafka-topics\.sh .*--create .*--partitions 7"):
        KafkaLog(settings)

    assert check_topic(settings, timeout_s=TIMEOUT_S) is None


def test_more_copies_than_brokers_are_refused_with_both_numbers(
    fresh: Callable[..., KafkaSettings],
) -> None:
    with pytest.raises(UsageError, match=r"RUNTIDE_KAFKA_REPLICATION is 9; want at most .*, 1"):
        KafkaLog(fresh(replication=9))


@pytest.mark.parametrize(
    ("configs", "message"),
    [
        (
            {"cleanup_policy": "compact"},
            "removes all but a run's last record: run `kafka-configs.sh .*cleanup.policy=delete`",
        ),
        (
            {"max_message_bytes": "500000"},
            "max.message.bytes=500000, want at least .*--add-config max.message.bytes=1048588`",
        ),
    ],
)
def test_topic_that_cannot_hold_the_log_is_refused_with_the_remedy(
    settings: KafkaSettings, configs: dict[str, str], message: str
) -> None:
    """Opened all the same, it would lose records, or refuse them later."""
    make_topic(settings, **configs)

    with pytest.raises(UsageError, match=message):
        KafkaLog(settings)


@pytest.mark.parametrize(
    ("configs", "changes", "told"),
    [
        ({}, {"partitions": 2}, "has 1 partitions, want 2: set RUNTIDE_KAFKA_PARTITIONS to 1"),
        ({}, {"replication": 2}, "keeps 1 copies, want 2: add replicas"),
        ({"retention_ms": "5000"}, {"retention_hours": 1}, "retention.ms=5000, want 3600000: run"),
        ({"retention_ms": "5000"}, {"retention_hours": -1}, "retention.ms=5000, want -1: run"),
        ({"retention_bytes": "10"}, {}, "a partition that grows beyond loses its oldest: run"),
        ({"compression_type": "gzip"}, {}, "so its brokers compress everything again: run"),
    ],
)
def test_topic_that_is_not_as_wanted_is_opened_with_a_warning(
    settings: KafkaSettings,
    configs: dict[str, str],
    changes: dict[str, Any],
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It works, and whoever runs it should know what it does not do."""
    make_topic(settings, **configs)

    open_and_close(replace(settings, **changes))

    (message,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert told in message


def test_nothing_of_an_append_follows_a_batch_that_is_refused(
    fresh: Callable[..., KafkaSettings],
) -> None:
    """The fold would skip the refused records when they come again: a loss, and for good."""
    settings = fresh(compression="none")
    log = KafkaLog(settings)
    configure_topic(settings, max_message_bytes="300000")
    large = [Item("a", b"%d" % i + bytes(200_000)) for i in range(4)]

    with pytest.raises(LogUnavailable, match=r"refuses record batches .* max\.message\.bytes=1048"):
        log.append([*large, *[Item("a", b"%d" % i + bytes(50_000)) for i in range(4, 9)]])

    assert log.end(0) == 0
    configure_topic(settings, max_message_bytes="1048588")
    assert log.append(large) == {0: 4}
    log.close()


def test_topic_that_vanished_is_told_and_taken_up_again_when_it_is_back(
    settings: KafkaSettings, log: KafkaLog
) -> None:
    log.append([Item("a", b"0")])
    delete_topic(settings)

    with pytest.raises(LogUnavailable):
        log.append([Item("a", b"1")])

    make_topic(settings)
    assert log.append([Item("a", b"2")]) == {0: 1}


def test_offsets_that_hold_a_mark_of_a_transaction_are_empty_records(
    settings: KafkaSettings, log: KafkaLog, kafka: str
) -> None:
    """A client that uses transactions leaves marks; a gap would stop the fold for everyone."""
    log.append([Item("a", b"0")])

    async def transact() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=settings.topic)
        async with producer:
            for _ in range(2):
                async with producer.transaction():
                    await producer.send_and_wait(settings.topic, b"1", key=b"b", partition=0)

    completed(transact())

    assert log.end(0) == 5
    assert [tuple(r) for r in log.read(0, 0, bytes_max=MANY)] == [
        (0, 0, "a", b"0"),
        (0, 1, "b", b"1"),
        (0, 2, "", b""),
        (0, 3, "b", b"1"),
        (0, 4, "", b""),
    ]
    assert log.read(0, 5, bytes_max=MANY) == []
    assert [r.value for r in log.read(0, 4, bytes_max=MANY)] == [b""]


def test_records_of_other_clients_are_read_as_they_are(
    settings: KafkaSettings, log: KafkaLog, kafka: str
) -> None:
    """What is wrong with them is for the fold to say, with the bytes in hand."""

    async def produce() -> None:
        async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
            await producer.send_and_wait(settings.topic, b"no key")
            await producer.send_and_wait(settings.topic, None, key=b"no value")
            await producer.send_and_wait(settings.topic, b"x", key=b"\xff", headers=[("h", b"1")])

    completed(produce())

    assert [(r.run, r.value) for r in log.read(0, 0, bytes_max=MANY)] == [
        ("", b"no key"),
        ("no value", b""),
        ("�", b"x"),
    ]
