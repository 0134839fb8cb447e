"""Every table of a store as bytes, so that two stores can be compared to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from tests.merging import SHAPES

if TYPE_CHECKING:
    from runtide.store.port import MetricStore


def contents(store: MetricStore, *, of_run: str | None = None) -> dict[str, bytes]:
    """Return every table, merged and in order, as the bytes in which Arrow writes it.

    With `of_run`, what the tables have of that run, as far as they have rows of runs.
    """
    tables = {}
    for table in SHAPES:
        if of_run is not None and table == "ingest_progress":
            continue
        where = "" if of_run is None else f"WHERE run_id = '{of_run}'"
        rows = store.query(f"SELECT * FROM {table} FINAL {where} ORDER BY ALL").combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        tables[table] = sink.getvalue().to_pybytes()
    return tables
