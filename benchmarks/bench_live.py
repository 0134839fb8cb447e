"""How old a point is when a dashboard hears of it: from `log()` to the SSE event, at 50,000 a second.

The script runs in a process of its own at a fixed rate, whether or not anybody keeps up, so that
a stall shows as age and not as silence.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import quantile, report
from benchmarks.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

DURATION_S = 20.0
WARM_UP_S = 3.0
METRIC_COUNT = 100
POINTS_PER_S = 50_000


def paced_script(*, points_per_s: int, duration_s: float) -> str:
    """Return a script that logs at a fixed rate; it prints its run's id, then its last step."""
    return f"""
import time, runtide
run = runtide.init(experiment="paced")
print(run.id, flush=True)
names = [f"m{{i}}" for i in range({METRIC_COUNT})]
period_s = {METRIC_COUNT} / {points_per_s}
due = time.monotonic()
end = due + {duration_s}
step = 0
while due < end:
    for name in names:
        run.log(name, step * 0.5, step=step)
    step += 1
    due += period_s
    time.sleep(max(0.0, due - time.monotonic()))
run.complete()
print(step, flush=True)
"""


def main() -> None:
    """Serve, log and listen."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        script = subprocess.Popen(
            [
                sys.executable,
                "-c",
                paced_script(points_per_s=POINTS_PER_S, duration_s=DURATION_S + WARM_UP_S),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={"RUNTIDE_HOME": folder, "PATH": ""},
        )
        assert script.stdout is not None
        run_id = script.stdout.readline().strip()
        ages_ms: list[float] = []
        heard: set[tuple[str, int]] = set()
        listener = threading.Thread(target=listen, args=(address, run_id, ages_ms, heard))
        listener.start()
        step_count = int(script.stdout.readline())
        script.wait()
        listener.join(30)
    report(
        "live",
        {
            "points_per_s": POINTS_PER_S,
            "step_count": step_count,
            "events": len(ages_ms),
            "p50_ms": round(quantile(ages_ms, 0.5), 1),
            "p99_ms": round(quantile(ages_ms, 0.99), 1),
            "max_ms": round(max(ages_ms), 1),
            "heard_ratio": round(len(heard) / (step_count * METRIC_COUNT), 4),
        },
    )


def listen(
    address: tuple[str, int], run_id: str, ages_ms: list[float], heard: set[tuple[str, int]]
) -> None:
    """Collect the age of every point when it is heard, until the run ends."""
    started = time.monotonic()
    for name, data in events(address, f"/api/v1/live?runs={run_id}&since=0:0"):
        if name == "run" and data.get("status") == "Completed":
            return
        if name != "points":
            continue
        now_us = time.time_ns() // 1000
        for series in data["series"]:
            heard.update((series["metric"], step) for step in series["step"])
            if time.monotonic() - started > WARM_UP_S:
                ages_ms += [(now_us - ts_us) / 1e3 for ts_us in series["ts_us"]]


def events(address: tuple[str, int], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and data of each server-sent event."""
    connection = HTTPConnection(*address, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    name = ""
    for raw in answer:
        line = raw.decode().rstrip("\n")
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])


if __name__ == "__main__":
    main()
