"""A store and a log for tests of a worker's parts; a file says how many partitions it wants."""

from collections.abc import Iterator

import pytest

from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.store.port import MetricStore
from tests.cluster.fixtures import bridge, cluster
from tests.engine import drop_store, empty_store

__all__ = ["bridge", "cluster"]


@pytest.fixture
def store() -> Iterator[MetricStore]:
    """Return an empty store in this process."""
    opened = empty_store()
    yield opened
    drop_store(opened)


@pytest.fixture
def log(settings: KafkaSettings) -> Iterator[KafkaLog]:
    """Return the log that the test's `settings` name."""
    opened = KafkaLog(settings)
    yield opened
    opened.close()
