"""What a query API knows of workers in other processes."""

from collections.abc import Iterator

import pytest

from processors.arrow import arrow_table
from runtide.store.port import MetricStore
from runtide.store.progress import StoredProgress
from tests.engine import drop_store, empty_store


@pytest.fixture
def store() -> Iterator[MetricStore]:
    opened = empty_store()
    yield opened
    drop_store(opened)


def checkpoint(store: MetricStore, partition: int, next_offset: int) -> None:
    rows = {"partition": [partition], "next_offset": [next_offset]}
    token = f"{partition}:{next_offset}"
    store.insert("ingest_progress", arrow_table("ingest_progress", rows), token=token)


def test_partition_without_a_checkpoint_is_at_its_start(store: MetricStore) -> None:
    assert StoredProgress(store).next_offset(3) == 0


def test_highest_checkpoint_of_a_partition_counts(store: MetricStore) -> None:
    """A worker that lost its partition may write its last checkpoint after the new one's first."""
    checkpoint(store, 0, 7)
    checkpoint(store, 0, 5)
    checkpoint(store, 1, 2)

    progress = StoredProgress(store)

    assert (progress.next_offset(0), progress.next_offset(1)) == (7, 2)


def test_waiting_ends_when_the_worker_is_there_or_time_is_over(store: MetricStore) -> None:
    progress = StoredProgress(store)
    assert not progress.wait_until(0, 4, timeout_s=0.05)

    checkpoint(store, 0, 4)

    assert progress.wait_until(0, 4, timeout_s=30)
