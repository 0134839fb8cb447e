"""How much memory the capture of a large file in `./outputs` takes, and how long.

A submitted script writes a file of `--gb` gigabytes that no compression makes smaller, and ends. The
launcher uploads it to the server; both are watched meanwhile.
"""

from __future__ import annotations

import argparse
import json
import secrets
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import psutil

from benchmarks.bench_submit import ask
from benchmarks.harness import report
from benchmarks.serving import serving
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import JobSubmitted, RunCreated, StateChanged
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog

RUN_ID = "bench_output"
LOOK_INTERVAL_S = 0.05
DEADLINE_S = 1_800.0
PIECE_BYTES = 1 << 20

SCRIPT = """
import os, sys
piece = os.urandom(1 << 20)
with open("outputs/large", "wb") as large:
    for _ in range({pieces}):
        large.write(piece)
"""


def submit(log: SqliteLog, size_bytes: int) -> None:
    """Submit the run that writes the file."""
    now_us = time.time_ns() // 1_000
    command = ["python", "-c", SCRIPT.format(pieces=size_bytes // PIECE_BYTES)]
    events = (
        RunCreated(experiment="bench", name=RUN_ID, created_us=now_us, run_type="script"),
        JobSubmitted(command=command, ts_us=now_us),
        StateChanged(status="Queued", ts_us=now_us, by="bench"),
    )
    documents = [event_document(event) for event in events]
    value = encode_envelope(
        run=RUN_ID, writer=secrets.token_hex(8), seq=1, sent_us=now_us, events=documents
    )
    log.append([Item(RUN_ID, value)])


def memory_bytes(pid: int) -> int:
    """Return how much memory a process has; none once it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def stored_bytes(address: tuple[str, int]) -> int:
    """Return how large the server says the file is."""
    connection = HTTPConnection(*address, timeout=60)
    try:
        connection.request("GET", f"/api/v1/runs/{RUN_ID}/files?fresh=true")
        items = json.loads(connection.getresponse().read())["items"]
        return sum(int(item["size_bytes"]) for item in items)
    finally:
        connection.close()


def measured(home: Path, size_bytes: int) -> dict[str, float]:
    """Return the largest sizes of launcher and server, and how long it took."""
    with serving(home) as address:
        server = int(json.loads((home / "server.json").read_text())["pid"])
        log = SqliteLog(home)
        started_s, before_bytes = time.monotonic(), memory_bytes(server)
        submit(log, size_bytes)
        job = home / "jobs" / RUN_ID / "launcher.json"
        launcher, launcher_bytes, server_bytes = 0, 0, before_bytes
        while ask(address, "GET", f"/runs/{RUN_ID}").get("status") not in {"Completed", "Failed"}:
            if not launcher and job.exists():
                launcher = int(json.loads(job.read_text())["pid"])
            if launcher:
                launcher_bytes = max(launcher_bytes, memory_bytes(launcher))
            server_bytes = max(server_bytes, memory_bytes(server))
            if time.monotonic() - started_s > DEADLINE_S:
                raise TimeoutError("the run did not end")
            time.sleep(LOOK_INTERVAL_S)
        took_s = time.monotonic() - started_s
        log.close()
        return {
            "file_bytes": stored_bytes(address),
            "took_s": round(took_s, 1),
            "launcher_max_mb": round(launcher_bytes / 1e6, 1),
            "server_before_mb": round(before_bytes / 1e6, 1),
            "server_max_mb": round(server_bytes / 1e6, 1),
        }


def main() -> None:
    """Measure, and report the sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=5.0, help="size of the file, in 10^9 bytes")
    size_bytes = round(parser.parse_args().gb * 1e9)
    with tempfile.TemporaryDirectory() as folder:
        report("output", measured(Path(folder), size_bytes))


if __name__ == "__main__":
    main()
