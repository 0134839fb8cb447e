"""The envelopes themselves, kept in the store: what a log removes can still be replayed.

log  --records-->  fold  --rows-->  tables
                    └──  bytes  -->  archive  --records-->  a replay, years later
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from processors.arrow import arrow_table
from runtide.log.port import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.store.port import MetricStore

TABLE: Final = "archive"

_RECORDS_AT_ONCE_MAX: Final = 256
"""Records that one read looks at; at most 225 MiB, if every envelope is as large as it may be."""

_SPAN: Final = (
    f"SELECT min(pos) AS first, max(pos) AS last, count() AS n FROM {TABLE} "  # noqa: S608  # our own words
    f"WHERE partition = {{partition:UInt32}}"
)
# The places come first, without the bytes: with `FINAL`, a limit alone would read all that follows.
# Sizes are summed in the server, so that no more is sent than is asked for.
_RECORDS: Final = f"""
SELECT pos, run_id, value FROM (
    SELECT pos, run_id, value, sum(length(value)) OVER (ORDER BY pos) AS total
    FROM (
        SELECT pos, run_id, value FROM {TABLE} FINAL
        WHERE partition = {{partition:UInt32}} AND pos >= {{offset:UInt64}} AND pos <= (
            SELECT max(pos) FROM (
                SELECT pos FROM {TABLE}
                WHERE partition = {{partition:UInt32}} AND pos >= {{offset:UInt64}}
                ORDER BY pos LIMIT {_RECORDS_AT_ONCE_MAX}
            )
        )
    )
)
WHERE total <= {{bytes_max:UInt64}} OR total = length(value)
ORDER BY pos
"""  # noqa: S608  # our own words


class Archive:
    """Copies of a log's records, under the partitions and offsets that they have there.

    What it promises, and `tests/contracts/test_archive.py` checks:

    1.  When `write` returns, the records survive what the store survives.
    2.  A record that is written again is there once.
    3.  `start`, `end` and `read` are those of the log, as far as the records were written:
        between `start` and `end` some may be missing that never were.
    """

    def __init__(self, store: MetricStore) -> None:
        self._store = store

    def write(self, records: Sequence[Record]) -> None:
        """Keep copies of records of one partition.

        Raises:
            StoreUnavailable: Nothing is known about the outcome; write the same again.
        """
        if not records:
            return
        archived_us = time.time_ns() // 1_000
        rows = {
            "partition": [record.partition for record in records],
            "pos": [record.offset for record in records],
            "run_id": [record.run for record in records],
            "archived_us": [archived_us] * len(records),
            "value": [record.value for record in records],
        }
        first, last = records[0], records[-1]
        token = f"{first.partition}:{first.offset}-{last.offset + 1}"
        self._store.insert(TABLE, arrow_table(TABLE, rows), token=token)

    def start(self, partition: int) -> int:
        """Return the offset of the oldest record, or 0 where there is none.

        Raises:
            StoreUnavailable: It is not known; retry.
        """
        return self._span(partition)[0]

    def end(self, partition: int) -> int:
        """Return the offset after the newest record, or 0 where there is none.

        Raises:
            StoreUnavailable: It is not known; retry.
        """
        return self._span(partition)[1]

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        """Return records from `offset` on: at least one if there is one, at most `bytes_max`.

        Raises:
            StoreUnavailable: Nothing was read; retry.
        """
        parameters = {"partition": partition, "offset": offset, "bytes_max": bytes_max}
        found = self._store.query(_RECORDS, parameters)
        # The store hands out strings as text, and a record that nobody could read may be none.
        values = found.column("value").cast(pa.binary()).to_pylist()
        places = found.column("pos").to_pylist()
        runs = found.column("run_id").to_pylist()
        return [Record(partition, *place) for place in zip(places, runs, values, strict=True)]

    def _span(self, partition: int) -> tuple[int, int]:
        (row,) = self._store.query(_SPAN, {"partition": partition}).to_pylist()
        return (row["first"], row["last"] + 1) if row["n"] else (0, 0)
