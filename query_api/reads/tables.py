"""Tables of a run: their shapes, and windows of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import orjson

from query_api.core.cells import number_cells
from query_api.core.row_order import row_order, rows_containing
from query_api.core.table_text import Form, csv_pieces, json_pieces
from query_api.reads.blocks import column_names
from query_api.wire import json_value
from runtide.core.columns import unescape_cell
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.core.columns import Cell
    from runtide.store.port import MetricStore

MIXED_KIND: Final = "cells"
"""The kind of a column whose blocks are of several."""

SORTED_CELLS_MAX: Final = 10_000_000
"""Cells of a table that can be sorted and searched: some hundred megabytes while that is done."""

_EXPORT_ROWS: Final = 10_000

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


class View(NamedTuple):
    """How rows are looked at: by a column, `-` before it turns round; those with a text."""

    sort: str
    search: str


AS_LOGGED: Final = View("", "")


class _Table(NamedTuple):
    run_id: str
    name: str
    kinds: dict[str, str]
    row_count: int


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
    store: MetricStore,
    run_id: str,
    name: str,
    *,
    offset: int,
    limit: int,
    view: View = AS_LOGGED,
) -> dict[str, Any]:
    """Return the rows [offset, offset + limit) of a table, column by column.

    Raises:
        NotFound: The run has no table of that name.
        UsageError: The table has no column to sort by, or too many cells to be sorted.
    """
    kinds, row_count = _shape(store, run_id, name)
    table = _Table(run_id, name, kinds, row_count)
    rows: list[int] | None = None
    match_count = row_count
    if view == AS_LOGGED:
        columns = _cells(store, table, offset=offset, end=min(offset + limit, row_count))
    else:
        whole = _cells(store, table, offset=0, end=_checked_count(table))
        chosen = _chosen(table, whole, view)
        match_count = len(chosen)
        rows = chosen[offset : offset + limit]
        columns = {column: [cells[row] for row in rows] for column, cells in whole.items()}
    return {
        "name": name,
        "row_count": row_count,
        "match_count": match_count,
        "offset": offset,
        "rows": rows,
        "columns": [
            {"name": column, "kind": kind, "value": json_value(columns[column])}
            for column, kind in kinds.items()
        ],
    }


def stream_rows(store: MetricStore, run_id: str, name: str, form: Form) -> Iterator[bytes]:
    """Yield a whole table as CSV or as a JSON array of objects, never much of it at once.

    Raises:
        NotFound: The run has no table of that name; raised before anything is yielded.
    """
    kinds, row_count = _shape(store, run_id, name)
    table = _Table(run_id, name, kinds, row_count)
    blocks = (
        zip(
            *_cells(store, table, offset=start, end=min(start + _EXPORT_ROWS, row_count)).values(),
            strict=True,
        )
        for start in range(0, row_count, _EXPORT_ROWS)
    )
    return csv_pieces(list(kinds), blocks) if form == "csv" else json_pieces(list(kinds), blocks)


def _shape(store: MetricStore, run_id: str, name: str) -> tuple[dict[str, str], int]:
    shapes = store.query(_SHAPES, {"run": run_id, "name": name, "all": False}).to_pylist()
    if not shapes:
        message = f"run {run_id!r} has no table {name!r}: GET …/tables lists what there is"
        raise NotFound(message)
    kinds: dict[str, str] = {}
    for shape in shapes:
        for column, kind in zip(shape["names"], shape["kinds"], strict=True):
            kinds[column] = kind if kinds.get(column, kind) == kind else MIXED_KIND
    return kinds, sum(shape["n"] for shape in shapes)


def _checked_count(table: _Table) -> int:
    cell_count = table.row_count * len(table.kinds)
    if cell_count > SORTED_CELLS_MAX:
        message = (
            f"table {table.name!r} has {cell_count:,} cells, limit is {SORTED_CELLS_MAX:,}: "
            f"read it as it was logged, or export it"
        )
        raise UsageError(message)
    return table.row_count


def _chosen(table: _Table, columns: dict[str, list[Cell]], view: View) -> list[int]:
    rows = list(range(table.row_count))
    if view.sort:
        column = view.sort.removeprefix("-")
        if view.sort in columns:
            column = view.sort
        if column not in columns:
            known = ", ".join(repr(name) for name in list(columns)[:20])
            message = f"sort is {view.sort[:80]!r}: want a column ({known}), or `-` before one"
            raise UsageError(message)
        rows = row_order(columns[column], is_descending=view.sort != column)
    if view.search:
        found = set(rows_containing(columns, view.search))
        rows = [row for row in rows if row in found]
    return rows


def _cells(store: MetricStore, table: _Table, *, offset: int, end: int) -> dict[str, list[Cell]]:
    """Return the rows [offset, end) of every column, with None where a block lacks it."""
    window = max(0, end - offset)
    columns: dict[str, list[Cell]] = {column: [None] * window for column in table.kinds}
    parameters = {"run": table.run_id, "name": table.name, "offset": offset, "end": end}
    for block in store.query(_WINDOW, parameters).to_pylist() if window else []:
        _fill(columns, block, offset=offset, end=end)
    return columns


def _fill(columns: dict[str, list[Cell]], block: dict[str, Any], *, offset: int, end: int) -> None:
    first, last = max(0, offset - block["start"]), min(block["n"], end - block["start"])
    at = block["start"] + first - offset
    for name, kind, numbers, texts in zip(
        block["names"], block["kinds"], block["numbers"], block["texts"], strict=True
    ):
        cells: list[Cell]
        if kind == "cells":
            cells = [unescape_cell(orjson.loads(text)) for text in texts[first:last]]
        elif kind == "str":
            cells = texts[first:last]
        else:
            cells = number_cells(kind, np.array(numbers[first:last], np.float64))
        columns[name][at : at + last - first] = cells
