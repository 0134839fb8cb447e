"""Workers, the broker and the store killed at any moment: every table equals the log."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.core.fold import State, step
from runtide.errors import LogUnavailable
from runtide.log.kafka import KafkaLog
from runtide.log.port import Item, Record
from tests.bridge import Bridge
from tests.broker import Broker
from tests.cluster.harness import Cluster, Worker
from tests.cluster.workload import Workload
from tests.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.kafka]


def tables_of(work: Workload) -> list[str]:
    """Return the tables into which a worker inserts for every batch of the workload."""
    records = [Record(0, pos, *item) for pos, item in enumerate(work.items(40))]
    _, effects = step(State(partition=0), records)
    return sorted([*effects.tables, "archive", "ingest_writers", "ingest_progress"])


def append(log: KafkaLog, items: list[Item]) -> None:
    """Append as a client does: what was not acknowledged is sent again from its first envelope."""
    while True:
        try:
            log.append(items)
        except LogUnavailable:
            continue
        return


def test_worker_killed_between_two_inserts_changes_nothing(
    cluster: Cluster, cluster_seed: int
) -> None:
    """Before or after the insert into any table: also between the facts and the checkpoint."""
    drawn = random.Random(cluster_seed)
    work = Workload(cluster_seed)
    tables = tables_of(Workload(cluster_seed))
    append(cluster.log, work.items(40))
    for _ in range(3):
        dies_at = (drawn.choice(tables), drawn.randint(1, 3))
        worker = cluster.start_worker(dies_at=dies_at, dies_after=drawn.random() < 0.5)
        assert feed_until_dead(cluster, work, worker) == -9, worker.said()

    append(cluster.log, work.ends())
    cluster.start_worker()

    cluster.assert_tables_equal_log()


def feed_until_dead(cluster: Cluster, work: Workload, worker: Worker) -> int:
    """Append until the worker has made the insert at which it dies, and return its exit code.

    How many inserts a batch takes depends on how many partitions its runs happen to live in.
    """

    def is_dead() -> bool:
        if worker.is_alive and cluster.is_folded():
            append(cluster.log, work.items(40))
        return not worker.is_alive

    append(cluster.log, work.items(40))
    wait_until(is_dead, what=f"the worker dies; it said {worker.said()[-2000:]}", deadline_s=120)
    return worker.wait_until_dead()


def test_workers_that_join_and_die_at_random_change_nothing(
    cluster: Cluster, cluster_seed: int
) -> None:
    drawn = random.Random(cluster_seed)
    work = Workload(cluster_seed)
    for _ in range(6):
        append(cluster.log, work.items(25))
        alive = [worker for worker in cluster.workers if worker.is_alive]
        if alive and drawn.random() < 0.5:
            victim = drawn.choice(alive)
            victim.kill() if drawn.random() < 0.7 else victim.stop()
        if len(alive) < 3:
            cluster.start_worker()
        append(cluster.log, work.items(25))
        wait_a_moment(cluster, drawn)
    if not any(worker.is_alive for worker in cluster.workers):
        cluster.start_worker()

    append(cluster.log, work.ends())

    cluster.assert_tables_equal_log()


def wait_a_moment(cluster: Cluster, drawn: random.Random) -> None:
    """Let the workers get somewhere, or not: a kill should come at any moment of a rebalance."""
    if drawn.random() < 0.5:
        before = cluster.folded_count()
        wait_until(lambda: cluster.folded_count() > before, what="some worker folds something")


def test_store_killed_during_inserts_changes_nothing(
    cluster: Cluster, bridge: Bridge, cluster_seed: int
) -> None:
    drawn = random.Random(cluster_seed)
    work = Workload(cluster_seed)
    append(cluster.log, work.items(60))
    cluster.start_worker()
    for _ in range(3):
        append(cluster.log, work.items(60))
        wait_a_moment(cluster, drawn)
        bridge.kill()
        append(cluster.log, work.items(20))
        bridge.start()

    append(cluster.log, work.ends())

    cluster.assert_tables_equal_log()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


def test_broker_killed_with_data_in_flight_changes_nothing(
    own_broker: Broker, bridge: Bridge, tmp_path: Path, cluster_seed: int
) -> None:
    """What was acknowledged is there, what was not is sent again, and counts once."""
    work = Workload(cluster_seed)
    cluster = Cluster(tmp_path, bootstrap=own_broker.bootstrap, store_url=bridge.url)
    try:
        append(cluster.log, work.items(60))
        cluster.start_worker()
        wait_until(cluster.folded_count, what="the worker folds")
        append(cluster.log, work.items(60))
        own_broker.kill() if cluster_seed % 2 else own_broker.stop()
        own_broker.start()
        append(cluster.log, work.items(60))
        append(cluster.log, work.ends())

        cluster.assert_tables_equal_log()
    finally:
        cluster.close()
