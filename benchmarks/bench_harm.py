"""What one `log()` costs the training loop while everything around it is broken.

A script logs for some seconds with a disk of 2 MB that fills up, with a read-only disk, with a
server that takes connections and never answers, and, to compare, with nothing broken. Needs
`unshare` and the right to mount in a namespace of one's own.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness import report

SCRIPT = """
import time, runtide
run = runtide.init(experiment="harm")
clock, durations = time.perf_counter_ns, []
for i in range(400_000):
    started = clock()
    run.log("count", i)
    durations.append(clock() - started)
    if i % 1_000 == 999:
        time.sleep(0.005)
durations.sort()
n = len(durations)
print(durations[n // 2], durations[int(0.99 * n)], durations[int(0.9999 * n)], flush=True)
run.complete()
"""

MOUNTS = {
    "nothing-broken": "true",
    "full-disk": 'mount -t tmpfs -o size=2m none "$RUNTIDE_HOME"',
    "read-only-disk": 'mount -t tmpfs -o size=2m,ro none "$RUNTIDE_HOME"',
}


def main() -> None:
    """Measure each."""
    for name, mount in MOUNTS.items():
        with tempfile.TemporaryDirectory() as folder:
            command = f"{mount}\nexec {shlex.quote(sys.executable)} -c {shlex.quote(SCRIPT)}"
            in_namespace = ["unshare", "--map-root-user", "--mount", "sh", "-ec", command]
            measure(name, in_namespace, folder, {})
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as hung:
        url = f"http://127.0.0.1:{hung.getsockname()[1]}"
        measure("hung-server", [sys.executable, "-c", SCRIPT], folder, {"RUNTIDE_URL": url})


def measure(name: str, command: list[str], folder: str, settings: dict[str, str]) -> None:
    """Run the script in `folder` and report its quantiles."""
    home = Path(folder) / "home"
    home.mkdir()
    spare = Path(folder) / "spare"
    spare.mkdir()
    settings = {"RUNTIDE_HOME": str(home), "TMPDIR": str(spare), **settings}
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    median_ns, p99_ns, p9999_ns = map(int, done.stdout.split())
    report(
        f"harm-{name}",
        {
            "median_us": median_ns / 1e3,
            "p99_us": p99_ns / 1e3,
            "p9999_us": p9999_ns / 1e3,
            "warnings": len(done.stderr.splitlines()),
        },
    )


if __name__ == "__main__":
    main()
