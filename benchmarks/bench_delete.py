"""Deleting a run of 6.5 million points: until every query agrees, and until nothing is left.

`runtide up` runs as a process of its own over a folder in which two such runs were logged; all is
asked over HTTP, as a person's page would. Memory is what that process has resident.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from benchmarks.harness import report
from benchmarks.serving import serving
from benchmarks.workload import run_envelopes
from runtide.log.sqlite import SqliteLog

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS: Final = ("goes", "stays")
_SAMPLE_S: Final = 0.02
_DEADLINE_S: Final = 300.0


def main() -> None:
    """Fill a data folder, serve it, and delete one of its runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", type=int, default=65)
    parser.add_argument("--points", type=int, default=100_000, help="Points of each metric.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, options.metrics, options.points)
        with serving(home) as (host, port):
            pid = json.loads((home / "server.json").read_text(encoding="utf-8"))["pid"]
            with httpx.Client(base_url=f"http://{host}:{port}/api/v1", timeout=300) as client:
                figures = measured(client, pid, home)
    report(f"delete-{options.metrics}x{options.points}", figures)


def fill(home: Path, metric_count: int, point_count: int) -> None:
    """Append the envelopes of two runs to the log of `home`."""
    log = SqliteLog(home)
    for run in RUNS:
        items = run_envelopes(run, metric_count=metric_count, points_per_metric=point_count)
        while batch := list(islice(items, 50)):
            log.append(batch)
    log.close()


def measured(client: httpx.Client, pid: int, home: Path) -> dict[str, object]:
    """Delete, restore, purge and erase, and return how long each took."""
    client.post("/runs/goes/cancel").raise_for_status()
    point_count = left(client, "goes")["rows"]["scalars"]
    before = resident_mb(pid)
    soft_s = timed(lambda: client.delete("/runs/goes").raise_for_status())
    agree_s = timed(lambda: until(lambda: not shown(client, "goes")))
    restore_s = timed(lambda: client.post("/runs/goes/restore").raise_for_status())
    assert len(shown(client, "goes")) == len(list(asks("goes")))
    disk = {"before": folder_mb(home / "clickhouse")}
    with Sampled(pid) as purge:
        body = {"runs": ["goes"], "erase": False}
        hidden_s = timed(lambda: client.post("/purges", json=body).raise_for_status())
        assert not shown(client, "goes")
        purge_s = hidden_s + timed(lambda: until(lambda: is_gone(client, "goes")))
    assert left(client, "stays")["rows"]["scalars"] >= point_count
    with Sampled(pid) as erase:
        body = {"runs": ["goes"], "erase": True}
        log_bytes = left(client, "goes")["log_bytes"]
        client.post("/purges", json=body).raise_for_status()
        erase_s = timed(lambda: until(lambda: left(client, "goes")["log_records"] <= 2))
    return {
        "points": point_count,
        "delete_s": round(soft_s, 3),
        "every_query_agrees_after_s": round(soft_s + agree_s, 3),
        "restore_s": round(restore_s, 3),
        "purge_hidden_s": round(hidden_s, 3),
        "purge_s": round(purge_s, 2),
        "purge_memory_mb": {"before": before, "most": purge.most_mb},
        "erase_s": round(erase_s, 2),
        "erase_log_mb": round(log_bytes / 1e6, 1),
        "erase_memory_most_mb": erase.most_mb,
        "tables_mb": disk | {"after": folder_mb(home / "clickhouse")},
    }


def asks(run: str) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Yield ways to ask for a run: a method, a path, and what is sent."""
    yield "GET", f"/runs/{run}", None
    yield "GET", f"/runs?runs={run}", None
    yield "GET", f"/runs/{run}/metrics/summary", None
    yield "POST", "/series", {"runs": [run], "metrics": ["m0"], "max_points": 1000}


def shown(client: httpx.Client, run: str) -> list[str]:
    """Return the ways to ask that show the run."""
    found = []
    for method, path, body in asks(run):
        answer = client.request(method, path, json=body)
        lists = [answer.json().get(name) for name in ("items", "series")]
        is_empty = answer.status_code != 200 or [] in lists
        if not is_empty:
            found.append(path)
    return found


def left(client: httpx.Client, run: str) -> dict[str, Any]:
    """Return what there is of a run."""
    found: dict[str, Any] = client.get("/purges", params={"runs": run}).json()
    return found


def is_gone(client: httpx.Client, run: str) -> bool:
    """Return whether no table has a row of the run."""
    return not any(left(client, run)["rows"].values())


def until(holds: Any) -> None:  # noqa: ANN401  # anything that is called without arguments
    """Ask until it holds."""
    deadline = time.monotonic() + _DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(_SAMPLE_S)


def timed(call: Any) -> float:  # noqa: ANN401  # anything that is called without arguments
    """Return how many seconds a call took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


class Sampled:
    """How much memory a process had at most while this was open."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.most_mb = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_SAMPLE_S):
            self.most_mb = max(self.most_mb, resident_mb(self._pid))


def resident_mb(pid: int) -> int:
    """Return how much memory a process has, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 // 1_000_000


def folder_mb(folder: Path) -> int:
    """Return how large the files of a folder are, in MB; those that vanish meanwhile are none."""
    sizes = []
    for path in folder.rglob("*"):
        try:
            sizes.append(path.stat().st_size)
        except OSError:
            continue
    return sum(sizes) // 1_000_000


if __name__ == "__main__":
    main()
