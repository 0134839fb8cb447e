"""A process that inserts into a store or reads from it; run as a script, and killed at will.

python -m tests.contracts.store_process FOLDER insert COUNT    says `acked N` after each insert
python -m tests.contracts.store_process FOLDER read COUNT      inserts the last one again, and
                                                               prints what is there
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa

from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate


def rows(number: int) -> pa.Table:
    """Return three rows of `parked`, which the number tells apart."""
    ones = pa.array([number] * 3, pa.uint64())
    return pa.table(
        {
            "run_id": ["a"] * 3,
            "writer": ones,
            "seq": ones,
            "idx": pa.array([0, 1, 2], pa.uint32()),
            "pos": ones,
            "type": ["dream"] * 3,
            "version": pa.array([1] * 3, pa.uint32()),
            "data": ["{}"] * 3,
        }
    )


def main(folder: str, verb: str, count: str) -> None:
    """Do one of the two."""
    store = open_chdb(Path(folder))
    migrate(store)
    if verb == "insert":
        number = 0
        while True:
            store.insert("parked", rows(number), token=str(number))
            number += 1
            print(f"acked {number}", flush=True)
    store.insert("parked", rows(int(count) - 1), token=str(int(count) - 1))
    found = store.query("SELECT seq, count() AS n FROM parked GROUP BY seq ORDER BY seq")
    print(found.to_pylist())
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
