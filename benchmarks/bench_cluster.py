"""A whole cluster on this machine: script, Apache Kafka, one worker, the store, a query API.

Two figures: points a second that can be queried while a script logs without pause, and the age of
a point when an SSE client hears of it. The store is the engine behind ClickHouse's HTTP interface
in a Python process, which takes processor time that a server would not.

    python -m benchmarks.bench_cluster [SECONDS]
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil

from benchmarks.bench_live import METRIC_COUNT, WARM_UP_S, listen, paced_script
from benchmarks.harness import quantile, report
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings
from tests.bridge import running_bridge
from tests.broker import Broker
from tests.cluster.services import Services, running_services

if TYPE_CHECKING:
    from runtide.store.engine import ClickHouseStore

OFFERED_PER_S = 350_000
"""What the script logs, whether or not anybody keeps up."""

LIVE_PER_S = 20_000
LIVE_S = 20.0
DEFAULT_DURATION_S = 120.0
_LOOK_INTERVAL_S = 5.0


def main() -> None:
    """Start everything, and measure both."""
    duration_s = float(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_DURATION_S
    topic = f"events-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(folder / "kafka")
        broker.start()
        try:
            with (
                running_bridge(folder / "store") as bridge,
                running_services(
                    folder, bootstrap=broker.bootstrap, store_url=bridge.url, topic=topic
                ) as services,
            ):
                services.start_worker()
                url = services.start_query_api()
                measure_live(services, url)
                measure_throughput(services, bridge.url, duration_s)
        finally:
            broker.stop()


def measure_live(services: Services, url: str) -> None:
    """Report how old points are when a client hears of them."""
    place = urlsplit(url)
    script = started(services, points_per_s=LIVE_PER_S, duration_s=LIVE_S + WARM_UP_S)
    ages_ms: list[float] = []
    heard: set[tuple[str, int]] = set()
    address = (str(place.hostname), int(place.port or 80))
    run_id = line_of(script)
    listener = threading.Thread(target=listen, args=(address, run_id, ages_ms, heard))
    listener.start()
    step_count = int(line_of(script))
    script.wait()
    listener.join(60)
    report(
        "cluster-live",
        {
            "points_per_s": LIVE_PER_S,
            "events": len(ages_ms),
            "p50_ms": round(quantile(ages_ms, 0.5), 1),
            "p99_ms": round(quantile(ages_ms, 0.99), 1),
            "max_ms": round(max(ages_ms), 1),
            "heard_ratio": round(len(heard) / (step_count * METRIC_COUNT), 4),
        },
    )


def measure_throughput(services: Services, store_url: str, duration_s: float) -> None:
    """Report points a second that can be queried, and the worker's memory over that time."""
    store = open_server(ClickHouseSettings(url=store_url))
    before = point_count(store)
    script = started(services, points_per_s=OFFERED_PER_S, duration_s=duration_s)
    line_of(script)
    worker = next(
        process
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"][2:5] == ["runtide.cli", "serve", "processors"]
    )
    began = time.monotonic()
    counts: list[int] = []
    memory: list[int] = []
    while script.poll() is None:
        counts.append(point_count(store) - before)
        memory.append(worker.memory_info().rss)
        with suppress(subprocess.TimeoutExpired):
            script.wait(_LOOK_INTERVAL_S)
    logged_s = time.monotonic() - began
    logged = int(line_of(script)) * METRIC_COUNT
    while point_count(store) - before < logged:
        time.sleep(0.1)
    queryable_s = time.monotonic() - began
    rates = [(b - a) / _LOOK_INTERVAL_S for a, b in pairwise(counts)]
    store.close()
    report(
        "cluster-throughput",
        {
            "points": logged,
            "logged_points_per_s": round(logged / logged_s),
            "queryable_points_per_s": round(logged / queryable_s),
            "slowest_5_s_points_per_s": round(min(rates[1:])),
            "worker_mib_start": memory[0] >> 20,
            "worker_mib_max": max(memory) >> 20,
            "duration_s": round(queryable_s, 1),
        },
    )


def started(services: Services, *, points_per_s: int, duration_s: float) -> subprocess.Popen[str]:
    """Start a script that logs to the cluster."""
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    home = tempfile.mkdtemp()
    return subprocess.Popen(
        [sys.executable, "-c", paced_script(points_per_s=points_per_s, duration_s=duration_s)],
        stdout=subprocess.PIPE,
        text=True,
        env={**bare, **services.settings, "RUNTIDE_HOME": home},
        cwd=home,
    )


def line_of(script: subprocess.Popen[str]) -> str:
    """Return the next line that a script prints."""
    assert script.stdout is not None
    return script.stdout.readline().strip()


def point_count(store: ClickHouseStore) -> int:
    """Return how many points the tables hold; duplicates, if any, count too."""
    count: int = store.query("SELECT count() AS n FROM scalars").to_pylist()[0]["n"]
    return count


if __name__ == "__main__":
    main()
