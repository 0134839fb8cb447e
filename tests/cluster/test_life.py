"""Purged runs on a cluster: workers remove what there is of those in their partitions."""

import secrets

import pytest

from runtide.core.envelope import encode_envelope, event_document
from runtide.core.life_events import RunPurged
from runtide.log.port import Item
from runtide.store.run_rows import count_rows
from tests.cluster.harness import Cluster
from tests.cluster.workload import Workload
from tests.waiting import wait_until

pytestmark = pytest.mark.kafka

GOES = [f"run-1-{number}" for number in range(4)]
STAYS = ["run-1-4", "run-1-5"]


def purge(run: str) -> Item:
    events = [event_document(RunPurged(ts_us=1, by="ada"))]
    value = encode_envelope(run=run, writer=secrets.token_hex(12), seq=1, sent_us=1, events=events)
    return Item(run, value)


def rows(cluster: Cluster, runs: list[str]) -> dict[str, int]:
    """Return how many rows each table has of `runs`; the archive is of the log, which keeps them."""
    counted = count_rows(cluster.store, runs).items()
    return {table: count for table, count in counted if count and table != "archive"}


def test_workers_remove_what_there_is_of_purged_runs(cluster: Cluster) -> None:
    """Each worker has two of the four partitions, and the runs are in more than two."""
    work = Workload(1)
    cluster.log.append([*work.items(80), *work.ends()])
    cluster.start_worker()
    cluster.start_worker()
    cluster.wait_until_folded()
    before = rows(cluster, STAYS)
    assert len({cluster.log.partition_of(run) for run in GOES}) > 2

    cluster.log.append([purge(run) for run in GOES])

    wait_until(lambda: rows(cluster, GOES) == {}, what="the rows are gone", deadline_s=120)
    assert rows(cluster, STAYS) == before
    assert all(worker.is_alive for worker in cluster.workers)
