"""A store or a network that fails in every way it can, for longer than every time-out."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from runtide.errors import LogUnavailable
from tests.bridge import Bridge, FaultKind
from tests.broker import Broker
from tests.cluster.harness import Cluster
from tests.cluster.workload import Workload
from tests.proxy import Proxy
from tests.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.kafka]

TOO_MANY_PARTS, MEMORY_LIMIT = 252, 241


@pytest.mark.parametrize(
    ("kind", "code"),
    [("error", TOO_MANY_PARTS), ("error", MEMORY_LIMIT), ("hang", 0), ("mute", 0), ("drop", 0)],
    ids=["too many parts", "memory", "hang", "no answer", "cut off"],
)
def test_inserts_that_fail_are_made_once(
    cluster: Cluster, bridge: Bridge, cluster_seed: int, kind: FaultKind, code: int
) -> None:
    """Also those that were made and not answered, until after the worker had given up."""
    work = Workload(cluster_seed)
    cluster.log.append(work.items(40))
    worker = cluster.start_worker()
    wait_until(cluster.folded_count, what="the worker folds")

    bridge.fault(kind, code=code, matching="INSERT INTO")
    cluster.log.append(work.items(60))
    wait_until(lambda: bridge.fault_count() >= 3, what="the worker tries again")
    bridge.heal()
    cluster.log.append(work.ends())

    cluster.assert_tables_equal_log()
    assert worker.is_alive, worker.said()


def test_insert_that_is_made_after_the_worker_gave_up_counts_once(
    cluster: Cluster, bridge: Bridge, cluster_seed: int
) -> None:
    """It arrives between its repetitions, or after them."""
    work = Workload(cluster_seed)
    cluster.log.append(work.items(40))
    cluster.start_worker()
    wait_until(cluster.folded_count, what="the worker folds")

    bridge.fault("late", times=random.Random(cluster_seed).randint(1, 3), matching="INSERT INTO")
    cluster.log.append(work.items(60))
    wait_until(bridge.fault_count, what="an insert is late")
    cluster.log.append(work.ends())
    cluster.wait_until_folded()
    bridge.heal()

    cluster.assert_tables_equal_log()


def test_store_that_is_away_is_waited_for(
    cluster: Cluster, bridge: Bridge, cluster_seed: int
) -> None:
    work = Workload(cluster_seed)
    cluster.log.append(work.items(40))
    worker = cluster.start_worker()
    wait_until(cluster.folded_count, what="the worker folds")

    bridge.fault("refuse")
    cluster.log.append(work.items(60))
    wait_until(lambda: worker.said().count("tries again") >= 4, what="the worker says so")
    bridge.heal()
    cluster.log.append(work.ends())

    cluster.assert_tables_equal_log()
    assert worker.is_alive, worker.said()


@pytest.mark.parametrize("harm", [Proxy.cut, Proxy.freeze], ids=["cut", "frozen"])
def test_network_between_worker_and_store_comes_back(
    kafka: str, bridge: Bridge, tmp_path: Path, cluster_seed: int, harm: Callable[[Proxy], None]
) -> None:
    work = Workload(cluster_seed)
    proxy = Proxy(bridge.port)
    cluster = Cluster(tmp_path, bootstrap=kafka, store_url=bridge.url)
    try:
        cluster.log.append(work.items(40))
        worker = cluster.start_worker(store_url=f"http://127.0.0.1:{proxy.port}")
        wait_until(cluster.folded_count, what="the worker folds")

        harm(proxy)
        cluster.log.append(work.items(60))
        wait_until(lambda: worker.said().count("tries again") >= 2, what="the worker says so")
        proxy.heal()
        cluster.log.append(work.ends())

        cluster.assert_tables_equal_log()
    finally:
        cluster.close()
        proxy.close()


@pytest.mark.parametrize("harm", [Proxy.cut, Proxy.freeze], ids=["cut", "frozen"])
def test_network_to_the_broker_comes_back(
    bridge: Bridge, tmp_path: Path, cluster_seed: int, harm: Callable[[Proxy], None]
) -> None:
    """For clients and workers at once: all of them reach the broker through what is cut."""
    work = Workload(cluster_seed)
    proxy = Proxy()
    broker = Broker(tmp_path / "broker", advertised_port=proxy.port)
    proxy.target_port = broker.port
    cluster: Cluster | None = None
    try:
        broker.start()
        through = f"127.0.0.1:{proxy.port}"
        cluster = Cluster(tmp_path, bootstrap=through, store_url=bridge.url)
        cluster.log.append(work.items(40))
        cluster.start_worker()
        wait_until(cluster.folded_count, what="the worker folds")

        harm(proxy)
        batch = work.items(60)
        with pytest.raises(LogUnavailable):
            cluster.log.append(batch)
        proxy.heal()
        cluster.log.append(batch)
        cluster.log.append(work.ends())

        cluster.assert_tables_equal_log()
    finally:
        if cluster is not None:
            cluster.close()
        broker.stop()
        proxy.close()
