"""Tables of a run: their shapes, and windows of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from query_api.core.cells import number_cells
from query_api.reads.blocks import column_names
from query_api.wire import json_value
from runtide.core.columns import unescape_cell
from runtide.errors import NotFound

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

MIXED_KIND: Final = "cells"
"""The kind of a column whose blocks are of several."""

_SHAPES: Final = """
SELECT toString(name) AS metric, column_names AS names, column_kinds AS kinds,
       min((pos, idx)) AS place, toInt64(sum(row_count)) AS n
FROM tables FINAL WHERE run_id = {run:String} AND (name = {name:String} OR {all:Bool})
GROUP BY name, column_names, column_kinds ORDER BY place
"""
_WINDOW: Final = """
SELECT toInt64(start) AS start, toInt64(row_count) AS n, column_names AS names,
       column_kinds AS kinds, column_numbers AS numbers, column_texts AS texts
FROM tables FINAL INNER JOIN (
    SELECT writer, seq, idx,
           toInt64(sum(row_count) OVER (ORDER BY pos, idx)) - toInt64(row_count) AS start
    FROM tables FINAL WHERE run_id = {run:String} AND name = {name:String}
) AS places USING (writer, seq, idx)
WHERE run_id = {run:String} AND name = {name:String}
  AND start < {end:Int64} AND start + row_count > {offset:Int64}
ORDER BY start
"""


def list_tables(store: MetricStore, run_id: str) -> list[dict[str, Any]]:
    """Return the name, columns and row count of each table, in order of first logging."""
    rows = store.query(_SHAPES, {"run": run_id, "name": "", "all": True}).to_pylist()
    tables: dict[str, dict[str, Any]] = {}
    for row in rows:
        table = tables.setdefault(
            row["metric"], {"name": row["metric"], "columns": [], "row_count": 0}
        )
        table["columns"] = column_names([table["columns"], row["names"]])
        table["row_count"] += row["n"]
    return list(tables.values())


def read_rows(
    store: MetricStore, run_id: str, name: str, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return the rows [offset, offset + limit) of a table, column by column.

    Raises:
        NotFound: The run has no table of that name.
    """
    shapes = store.query(_SHAPES, {"run": run_id, "name": name, "all": False}).to_pylist()
    if not shapes:
        message = f"run {run_id!r} has no table {name!r}: GET …/tables lists what there is"
        raise NotFound(message)
    kinds: dict[str, str] = {}
    for shape in shapes:
        for column, kind in zip(shape["names"], shape["kinds"], strict=True):
            kinds[column] = kind if kinds.get(column, kind) == kind else MIXED_KIND
    end = offset + limit
    row_count = sum(shape["n"] for shape in shapes)
    window = max(0, min(end, row_count) - offset)
    columns: dict[str, list[Any]] = {column: [None] * window for column in kinds}
    parameters = {"run": run_id, "name": name, "offset": offset, "end": end}
    for block in store.query(_WINDOW, parameters).to_pylist() if window else []:
        _fill(columns, block, offset=offset, end=offset + window)
    return {
        "name": name,
        "row_count": row_count,
        "offset": offset,
        "columns": [
            {"name": column, "kind": kind, "value": columns[column]}
            for column, kind in kinds.items()
        ],
    }


def _fill(columns: dict[str, list[Any]], block: dict[str, Any], *, offset: int, end: int) -> None:
    first, last = max(0, offset - block["start"]), min(block["n"], end - block["start"])
    at = block["start"] + first - offset
    for name, kind, numbers, texts in zip(
        block["names"], block["kinds"], block["numbers"], block["texts"], strict=True
    ):
        cells: list[Any]
        if kind == "cells":
            cells = [unescape_cell(orjson.loads(text)) for text in texts[first:last]]
        elif kind == "str":
            cells = texts[first:last]
        else:
            cells = list(number_cells(kind, np.array(numbers[first:last], np.float64)))
        columns[name][at : at + last - first] = json_value(cells)
