"""How long a submitted run waits for its first line, and a canceled one for its last process.

A run is submitted as `Experiment.submit` records it, to a server that has nothing else to do. Its
script prints a line and sleeps, below a process that ignores SIGTERM; then it is canceled.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

from benchmarks.harness import quantile, report
from benchmarks.serving import serving
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import JobSubmitted, RunCreated, StateChanged
from runtide.jobs.process_tree import marked
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog

REPEATS = 10
LOOK_INTERVAL_S = 0.005
DEADLINE_S = 60.0

SCRIPT = """
import subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
print("first", flush=True)
time.sleep(600)
"""


def submit(log: SqliteLog) -> str:
    """Submit a run and return its id."""
    run_id = f"bench_{secrets.token_hex(4)}"
    now_us = time.time_ns() // 1_000
    events = (
        RunCreated(experiment="bench", name=run_id, created_us=now_us, run_type="script"),
        JobSubmitted(command=["python", "-c", SCRIPT], ts_us=now_us),
        StateChanged(status="Queued", ts_us=now_us, by="bench"),
    )
    documents = [event_document(event) for event in events]
    value = encode_envelope(
        run=run_id, writer=secrets.token_hex(8), seq=1, sent_us=now_us, events=documents
    )
    log.append([Item(run_id, value)])
    return run_id


def ask(address: tuple[str, int], method: str, path: str) -> dict[str, Any]:
    """Return the answer to one request, an empty one where there is nothing yet."""
    connection = HTTPConnection(*address, timeout=DEADLINE_S)
    try:
        connection.request(method, f"/api/v1{path}")
        response = connection.getresponse()
        body = response.read()
        return dict(json.loads(body)) if response.status == 200 else {}
    finally:
        connection.close()


def waited_s(is_over: Any, started_s: float) -> float:  # noqa: ANN401  # any question
    """Return how long after `started_s` it was over."""
    while not is_over():
        if time.monotonic() - started_s > DEADLINE_S:
            raise TimeoutError("it is not over")
        time.sleep(LOOK_INTERVAL_S)
    return time.monotonic() - started_s


def is_running(process: psutil.Process) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def measured(address: tuple[str, int], log: SqliteLog) -> tuple[float, float]:
    """Return how long the first line and the end of the tree took, in seconds."""
    started_s = time.monotonic()
    run_id = submit(log)
    path = f"/runs/{run_id}/logs/user_logs/std_log.txt"
    first_s = waited_s(lambda: "first" in ask(address, "GET", path).get("text", ""), started_s)
    tree = marked(run_id)
    canceled_s = time.monotonic()
    ask(address, "POST", f"/runs/{run_id}/cancel")
    gone_s = waited_s(lambda: not any(map(is_running, tree)), canceled_s)
    waited_s(lambda: ask(address, "GET", f"/runs/{run_id}").get("status") == "Canceled", canceled_s)
    return first_s, gone_s


def main() -> None:
    """Measure, and report the quantiles."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with serving(home) as address:
            log = SqliteLog(home)
            # A server folds its first record more slowly than all others.
            cold_s, _ = measured(address, log)
            first, gone = zip(*(measured(address, log) for _ in range(REPEATS)), strict=True)
            log.close()
    report(
        "submit",
        {
            "runs": REPEATS,
            "first_line_of_a_fresh_server_s": round(cold_s, 3),
            "first_line_p50_s": round(quantile(first, 0.5), 3),
            "first_line_max_s": round(max(first), 3),
            "tree_gone_p50_s": round(quantile(gone, 0.5), 3),
            "tree_gone_max_s": round(max(gone), 3),
        },
    )


if __name__ == "__main__":
    main()
