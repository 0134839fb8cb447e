"""Every table of a store as bytes, so that two stores can be compared to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from tests.merging import SHAPES

if TYPE_CHECKING:
    from runtide.store.port import MetricStore


def contents(store: MetricStore) -> dict[str, bytes]:
    """Return every table, merged and in order, as the bytes in which Arrow writes it."""
    tables = {}
    for table in SHAPES:
        rows = store.query(f"SELECT * FROM {table} FINAL ORDER BY ALL").combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        tables[table] = sink.getvalue().to_pybytes()
    return tables
