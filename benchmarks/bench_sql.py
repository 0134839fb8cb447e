"""SQL over fifty million points, and what a statement that never ends does to live dashboards.

Live ages are compared within one run: seconds without a statement take turns with seconds in which
hostile ones run until they are stopped, so that the machine's own moods are in both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.client import HTTPConnection
from itertools import chain, islice
from pathlib import Path
from typing import Any

from benchmarks.bench_live import METRIC_COUNT, POINTS_PER_S, WARM_UP_S, events, paced_script
from benchmarks.harness import quantile, report, timed_ms
from benchmarks.serving import serving
from benchmarks.workload import run_envelopes
from runtide.log.sqlite import SqliteLog

RUN_COUNT = 50
METRICS_PER_RUN = 10
TURN_S = 5.0
TURN_COUNT = 16

HONEST = {
    "average": "SELECT name, avg(value) FROM scalars GROUP BY name",
    "average_by_experiment": "SELECT experiment, name, avg(value) FROM scalars GROUP BY ALL",
    "quantile": "SELECT name, quantile(0.9)(value) FROM scalars GROUP BY name",
    "one_run": "SELECT max(value) FROM scalars WHERE run_id = 'run-7' AND name = 'm3'",
    "metrics": "SELECT name, avg(last), min(min), sum(count) FROM metrics GROUP BY name",
}
HOSTILE = (
    "SELECT sum(sipHash64(a.value, b.number)) FROM scalars AS a CROSS JOIN numbers(10000) AS b",
    "SELECT a.number, count() FROM numbers(900000000) AS a GROUP BY ALL",
)
"""One that does not end within its time, and one that wants more memory than it may have."""


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, arguments.points)
        with serving(home) as address:
            for name, query in HONEST.items():
                durations = timed_ms(partial(ask, address, query), repeats=arguments.repeats)
                answer = ask(address, query)
                report(
                    f"sql-{name}",
                    {
                        "points": arguments.points,
                        "p50_ms": round(quantile(durations, 0.5), 1),
                        "max_ms": round(max(durations), 1),
                        "rows_read": answer["rows_read"],
                    },
                )
            report("sql-hostile", {"points": arguments.points, **measure_harm(home, address)})


def fill(home: Path, point_count: int) -> None:
    """Append the envelopes of runs that were one after the other to the log of `home`."""
    log = SqliteLog(home)
    items = chain.from_iterable(
        run_envelopes(
            f"run-{number}",
            metric_count=METRICS_PER_RUN,
            points_per_metric=point_count // RUN_COUNT // METRICS_PER_RUN,
            seed=number,
        )
        for number in range(RUN_COUNT)
    )
    while batch := list(islice(items, 50)):
        log.append(batch)
    log.close()


def ask(address: tuple[str, int], query: str) -> dict[str, Any]:
    """Return the answer to a statement, or the problem that it has."""
    connection = HTTPConnection(*address, timeout=120)
    body = json.dumps({"query": query})
    connection.request("POST", "/api/v1/sql", body, {"Content-Type": "application/json"})
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def measure_harm(home: Path, address: tuple[str, int]) -> dict[str, object]:
    """Return the ages of live points with hostile statements, and without, turn by turn."""
    duration_s = WARM_UP_S + TURN_S * TURN_COUNT
    script = subprocess.Popen(
        [
            sys.executable,
            "-c",
            paced_script(points_per_s=POINTS_PER_S, duration_s=duration_s + 2 * TURN_S),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={"RUNTIDE_HOME": str(home), "PATH": ""},
    )
    assert script.stdout is not None
    run_id = script.stdout.readline().strip()
    heard: list[tuple[float, float]] = []
    listener = threading.Thread(target=listen, args=(address, run_id, heard))
    listener.start()
    time.sleep(WARM_UP_S)
    turns: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    outcomes: list[str] = []
    for number in range(TURN_COUNT):
        began_s = time.monotonic()
        if number % 2:
            outcomes += hostile_turn(address, until_s=began_s + TURN_S)
        else:
            time.sleep(TURN_S)
        turns[bool(number % 2)].append((began_s, time.monotonic()))
    script.wait()
    listener.join(60)
    ages = {
        is_hostile: [age for at, age in heard if any(start <= at < end for start, end in spans)]
        for is_hostile, spans in turns.items()
    }
    calm, harmed = (quantile(ages[is_hostile], 0.99) for is_hostile in (False, True))
    return {
        "points_per_s": POINTS_PER_S,
        "metric_count": METRIC_COUNT,
        "calm_p50_ms": round(quantile(ages[False], 0.5), 1),
        "harmed_p50_ms": round(quantile(ages[True], 0.5), 1),
        "calm_p99_ms": round(calm, 1),
        "harmed_p99_ms": round(harmed, 1),
        "p99_ratio": round(harmed / calm, 3),
        "outcomes": sorted(set(outcomes)),
    }


def hostile_turn(address: tuple[str, int], *, until_s: float) -> list[str]:
    """Have as many hostile statements running as one caller may; return what each came to."""
    outcomes: list[str] = []

    def send(query: str) -> None:
        while time.monotonic() < until_s:
            outcomes.append(outcome(ask(address, query)))

    threads = [threading.Thread(target=send, args=(query,)) for query in HOSTILE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def outcome(answer: dict[str, Any]) -> str:
    """Return what became of a statement."""
    return f"{answer.get('code', 'answered')} {answer.get('limit', '')}".strip()


def listen(address: tuple[str, int], run_id: str, heard: list[tuple[float, float]]) -> None:
    """Collect when each point was heard, and its age then, until the run ends."""
    for name, data in events(address, f"/api/v1/live?runs={run_id}&since=0:0"):
        if name == "run" and data.get("status") == "Completed":
            return
        if name != "points":
            continue
        at_s, now_us = time.monotonic(), time.time_ns() // 1000
        for series in data["series"]:
            heard += [(at_s, (now_us - ts_us) / 1e3) for ts_us in series["ts_us"]]


if __name__ == "__main__":
    main()
