"""What a snapshot of a folder of many small files costs: the first, the next, and after a change."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from benchmarks.harness import quantile, report, timed_ms
from runtide.client.options import Destination
from runtide.client.snapshots import TransportBlobs
from runtide.client.transport import LocalTransport
from runtide.submit.snapshot import take_snapshot
from runtide.submit.stat_cache import RACY_NS

FILE_COUNT = 20_000
FILES_PER_FOLDER = 50
CHANGED_COUNT = 20


def main() -> None:
    """Make a folder, and take snapshots of it into a data folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        home, source = Path(folder, "home"), Path(folder, "source")
        size_bytes = fill(source)
        blobs = TransportBlobs(LocalTransport(Destination(home=home)), "bench")

        def take() -> str:
            return take_snapshot(source, blobs, home=home, label="bench").snapshot_id

        started = time.perf_counter()
        first_id = take()
        first_ms = (time.perf_counter() - started) * 1e3
        again_ms = timed_ms(take, repeats=repeats)
        assert take() == first_id
        for number in range(CHANGED_COUNT):
            path_of(source, number * FILES_PER_FOLDER).write_text(f"changed {number}\n")
        started = time.perf_counter()
        assert take() != first_id
        report(
            "snapshot-20k",
            {
                "files": FILE_COUNT,
                "mb": round(size_bytes / 1e6, 1),
                "first_ms": round(first_ms),
                "again_p50_ms": round(quantile(again_ms, 0.5)),
                "again_max_ms": round(max(again_ms)),
                "twenty_changed_ms": round((time.perf_counter() - started) * 1e3),
            },
        )


def fill(source: Path) -> int:
    """Write the files, old enough to be taken for unchanged, and return their size in bytes."""
    words = random.Random(7)
    size_bytes = 0
    for number in range(FILE_COUNT):
        path = path_of(source, number)
        if number % FILES_PER_FOLDER == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        text = f"# file {number}\n" + "x = 1\n" * words.randint(1, 900)
        size_bytes += path.write_text(text)
    (source / ".gitignore").write_text("*.pyc\n/data/\nbuild/\n.venv\n*.log\n!keep.log\n")
    time.sleep(RACY_NS / 1e9)
    return size_bytes


def path_of(source: Path, number: int) -> Path:
    """Return where a file is: fifty to a folder, folders two deep."""
    folder = number // FILES_PER_FOLDER
    return source / f"package{folder % 20}" / f"module{folder}" / f"file{number}.py"


if __name__ == "__main__":
    main()
