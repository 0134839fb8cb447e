"""What `runtide up` costs while nothing happens."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.harness import report
from benchmarks.serving import serving

SETTLE_S = 10.0
WATCH_S = 30.0


def main() -> None:
    """Serve an empty data folder, let it settle, and watch."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)):
        pid = json.loads((Path(folder) / "server.json").read_text(encoding="utf-8"))["pid"]
        process = psutil.Process(pid)
        time.sleep(SETTLE_S)
        before = process.cpu_times()
        time.sleep(WATCH_S)
        after = process.cpu_times()
        busy_s = after.user + after.system - before.user - before.system
        memory = process.memory_info()
        report(
            "idle",
            {
                "core_ratio": round(busy_s / WATCH_S, 4),
                "resident_bytes": memory.rss,
                "resident_mib": round(memory.rss / 2**20),
            },
        )


if __name__ == "__main__":
    main()
