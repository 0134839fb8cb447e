"""The step and the time of every value of the lossless form."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from query_api.reads.grouping import groups_of, numpy_column
from query_api.reads.lossless import TABLES_BY_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.core.columns import WireColumn
    from runtide.store.port import MetricStore

_COUNT_BY_TABLE: Final = {
    "vectors": "greatest(length(numbers), length(texts))",
    "tables": "row_count",
}
"""How many values or rows one row of the store stands for, where that is not one."""


def add_places(
    store: MetricStore, entries_by_run: Mapping[str, list[dict[str, Any]]], *, name: str | None
) -> None:
    """Add to each entry the columns `step`, null where none was given, and `ts_us`.

    They are in the order of the values; those of a table are in the order of its rows. Values
    that were folded after the entries were read are left out.
    """
    tables = {
        table
        for entries in entries_by_run.values()
        for entry in entries
        for table in TABLES_BY_KIND[entry["kind"]]
    }
    parts = [(table, _read(store, table, list(entries_by_run), name)) for table in sorted(tables)]
    for run, entries in entries_by_run.items():
        for entry in entries:
            wanted = TABLES_BY_KIND[entry["kind"]]
            key = (run, entry["name"])
            found = [rows[key] for table, rows in parts if table in wanted and key in rows]
            if found:
                _add(entry, pa.concat_tables(found))


def _read(
    store: MetricStore, table: str, run_ids: list[str], name: str | None
) -> dict[tuple[str, ...], pa.Table]:
    count = _COUNT_BY_TABLE.get(table, "1")
    named = "true" if name is None else "name = {name:String}"
    rows = store.query(
        f"SELECT toString(run_id) AS run, toString(name) AS metric, "  # noqa: S608  # our own words
        f"toNullable(step) AS step, toUnixTimestamp64Micro(ts) AS ts_us, "
        f"toUInt32({count}) AS n, pos, idx FROM {table} FINAL "
        f"WHERE run_id IN {{runs:Array(String)}} AND {named} ORDER BY run_id, name, pos, idx",
        {"runs": run_ids} | ({} if name is None else {"name": name}),
    )
    return dict(groups_of(rows, ("run", "metric")))


def _add(entry: dict[str, Any], rows: pa.Table) -> None:
    order = np.lexsort((numpy_column(rows, "idx"), numpy_column(rows, "pos")))
    # Each row of the store as often as it stands for values, in order of logging.
    places = np.repeat(order, numpy_column(rows, "n")[order])[: entry["n"]]
    entry["ts_us"] = _packed(numpy_column(rows, "ts_us")[places])
    steps = rows.column("step")
    if steps.null_count == 0:
        entry["step"] = _packed(steps.to_numpy()[places])
    else:
        entry["step"] = steps.take(pa.array(places)).to_pylist()


def _packed(values: np.ndarray[Any, np.dtype[np.int64]]) -> WireColumn:
    return {"i64": b64encode(values.astype("<i8").tobytes()).decode()}
