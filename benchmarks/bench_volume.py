"""How many bytes a point takes: on the log, compressed as Kafka would, and in the tables.

The script is real and so is its pace, because times that jitter and envelopes that leave every
100 ms are what the bytes are made of. Values are noise in every bit, the worst case of any codec:

    dense      as fast as `log()` returns
    steady     50 steps a second
    sparse     2 steps a second: an event for every point

Run `python -m benchmarks.bench_volume`; it takes half a minute.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import cramjam

import runtide
from benchmarks.harness import report
from processors.drivers.local import LocalFold
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate

_SEED: Final = 20_261_125
_METRICS: Final = [f"layer {i}/loss" for i in range(20)]


class _Pace(NamedTuple):
    steps: int
    steps_per_s: float | None


_PACES: Final = {
    "dense": _Pace(50_000, None),
    "steady": _Pace(500, 50.0),
    "sparse": _Pace(20, 2.0),
}


def log_run(pace: _Pace) -> None:
    """Log one run at `pace`, into the data folder of the environment."""
    draw = random.Random(_SEED)
    with runtide.init("volume") as run:
        started = time.perf_counter()
        for step in range(pace.steps):
            if pace.steps_per_s is not None:
                time.sleep(max(0.0, started + step / pace.steps_per_s - time.perf_counter()))
            run.log({name: draw.gauss(1.0, 0.1) for name in _METRICS}, step=step)


def sizes(folder: Path, point_count: int) -> dict[str, object]:
    """Return the bytes a point of what was logged to `folder`."""
    log = SqliteLog(folder)
    records = log.read(0, 0, bytes_max=1 << 40)
    forms = {
        "log": [len(record.value) for record in records],
        # A producer that sends one envelope at a time compresses it by itself.
        "lz4": [len(cramjam.lz4.compress(record.value)) for record in records],
        "zstd": [len(cramjam.zstd.compress(record.value)) for record in records],
    }
    found: dict[str, object] = {
        f"{form}_bytes_per_point": round(sum(each) / point_count, 1) for form, each in forms.items()
    }
    return {"envelopes": len(records), **found} | stored(log, folder, point_count)


def stored(log: SqliteLog, folder: Path, point_count: int) -> dict[str, object]:
    """Return the bytes a point of merged tables."""
    store = open_chdb(folder)
    migrate(store)
    fold = LocalFold(log, store)
    fold.start()
    assert fold.wait_until(0, log.end(0), timeout_s=600), fold.failure
    fold.stop()
    for table in ("scalars", "metrics", "rollups"):
        store.command(f"OPTIMIZE TABLE {table} FINAL")
    parts = store.query(
        "SELECT sum(bytes_on_disk) AS bytes, sumIf(bytes_on_disk, table = 'scalars') AS scalars "
        "FROM system.parts WHERE active AND database = currentDatabase()"
    ).to_pylist()[0]
    rows = store.query("SELECT count() AS n FROM scalars").to_pylist()[0]["n"]
    assert rows == point_count, (rows, point_count)
    store.close()
    return {
        "scalars_bytes_per_point": round(parts["scalars"] / point_count, 1),
        "tables_bytes_per_point": round(parts["bytes"] / point_count, 1),
    }


def main() -> None:
    """Measure every pace, each in a process and a data folder of its own."""
    if len(sys.argv) > 1:
        log_run(_PACES[sys.argv[1]])
        return
    for name, pace in _PACES.items():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.bench_volume", name],
                env={**os.environ, "RUNTIDE_HOME": folder},
                check=True,
            )
            point_count = pace.steps * len(_METRICS)
            report(
                f"volume-{name}",
                {"seed": _SEED, "points": point_count, **sizes(Path(folder), point_count)},
            )


if __name__ == "__main__":
    main()
