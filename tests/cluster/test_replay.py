"""`runtide replay` over Kafka and a server, while workers fold and scripts log."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.bridge import Bridge
from tests.cluster.harness import Cluster
from tests.cluster.workload import Workload

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


class Command:
    """`runtide replay` as a process that reads the settings of a cluster."""

    def __init__(self, cluster: Cluster, bridge: Bridge, *options: str) -> None:
        bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runtide.cli", "replay", *options, "--json"],
            env={
                **bare,
                "RUNTIDE_KAFKA_BOOTSTRAP": cluster.settings.bootstrap[0],
                "RUNTIDE_KAFKA_TOPIC": cluster.settings.topic,
                "RUNTIDE_CLICKHOUSE_URL": bridge.url,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def result(self, code: int = 0) -> dict[str, Any]:
        """Wait until it has ended, and return what it printed."""
        try:
            output, errors = self._process.communicate(timeout=120)
        finally:
            self._process.kill()
        assert self._process.returncode == code, errors
        document: dict[str, Any] = json.loads(output)
        return document


def test_cluster_is_replayed_while_workers_fold_and_scripts_log(
    cluster: Cluster, bridge: Bridge
) -> None:
    work = Workload(1)
    cluster.log.append(work.items(80))
    cluster.start_worker()
    cluster.start_worker()
    cluster.wait_until_folded()

    command = Command(cluster, bridge, "--into", "v2")
    while command.is_running:
        cluster.log.append(work.items(1))
        cluster.folded_count()
    done = command.result()
    cluster.log.append(work.items(20))
    cluster.log.append(work.ends())

    assert (done["swapped"], done["comparison"]["equal"]) == (True, True)
    cluster.assert_tables_equal_log()
    assert all(worker.is_alive for worker in cluster.workers)
    assert Command(cluster, bridge, "--drop", "v2").result() == {"dropped": "v2"}


def test_ended_runs_are_compared_while_others_go_on(cluster: Cluster, bridge: Bridge) -> None:
    ended, going_on = Workload(1), Workload(2)
    cluster.log.append([*ended.items(60), *ended.ends(), *going_on.items(60)])
    cluster.start_worker()
    cluster.wait_until_folded()

    done = Command(cluster, bridge, "--into", "v2", "--no-swap").result()

    comparison = done["comparison"]
    assert (comparison["runs"], comparison["runs_left_out"], comparison["equal"]) == (6, 6, True)
    assert comparison["tables"]["scalars"]["equal"] == 6
