"""Everything that runs logged, without loss, in order of logging: whole columns at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cells import NumberPiece, Piece, TextPiece, wire_column
from query_api.reads.blocks import BLOCK_COLUMNS, table_columns
from query_api.reads.grouping import groups_of, numpy_array, numpy_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from runtide.store.port import MetricStore

_WHERE: Final = "WHERE run_id IN {runs:Array(String)}"
_KEYS: Final = "toString(run_id) AS run, toString(name) AS metric"
_ORDER: Final = "ORDER BY run_id, name, pos, idx"

_LISTED: Final = f"""
SELECT run, metric, if(seen.3 = 'string', 'scalar', seen.3) AS kind FROM (
    SELECT {_KEYS}, min(first_seen) AS seen FROM metrics {_WHERE} AND {{named:String}}
    GROUP BY run_id, name
) ORDER BY run, seen.1, seen.2, metric
"""  # noqa: S608  # our own words; values are parameters
_SOURCES: Final = {
    "scalars": "toInt8(kind) AS kind, value, int_value, pos, idx",
    "strings": "toInt8(kind) AS kind, text, pos, idx",
    "vectors": "toString(kind) AS kind, numbers, texts, pos, idx",
    "tables": BLOCK_COLUMNS,
    "images": "path, pos, idx",
    "charts": "path, pos, idx",
}
TABLES_BY_KIND: Final = {
    "scalar": ("scalars", "strings", "vectors"),
    "list": ("scalars", "strings", "vectors"),
    "table": ("tables",),
    "image": ("images",),
    "chart": ("charts",),
}


class _Key(NamedTuple):
    run: str
    metric: str


def read_entries(
    store: MetricStore, run_ids: Sequence[str], *, name: str | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return, by run, the lossless entry of each metric in order of first logging.

    Where kinds conflict under one name the first one counts, except that scalars and lists
    concatenate. Runs without metrics have an empty list.
    """
    parameters = {"runs": list(run_ids)} | ({} if name is None else {"name": name})
    named = "true" if name is None else "name = {name:String}"
    listed = store.query(_LISTED.replace("{named:String}", named), parameters).to_pydict()
    kind_by_key = {
        _Key(run, metric): kind for run, metric, kind in zip(*listed.values(), strict=True)
    }
    wanted = {table for kind in kind_by_key.values() for table in TABLES_BY_KIND[kind]}
    parts = {table: _read(store, table, named, parameters) for table in sorted(wanted)}
    entries: dict[str, list[dict[str, Any]]] = {run: [] for run in run_ids}
    for key, kind in kind_by_key.items():
        found = {table: parts[table][key] for table in TABLES_BY_KIND[kind] if key in parts[table]}
        entries[key.run].append(_entry(key.metric, kind, found))
    return entries


def _read(
    store: MetricStore, table: str, named: str, parameters: dict[str, Any]
) -> dict[_Key, pa.Table]:
    rows = store.query(
        f"SELECT {_KEYS}, {_SOURCES[table]} FROM {table} FINAL {_WHERE} AND {named} {_ORDER}",  # noqa: S608  # our own words
        parameters,
    )
    return {_Key(*key): part for key, part in groups_of(rows, ("run", "metric"))}


def _entry(name: str, kind: str, found: dict[str, pa.Table]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "kind": kind}
    if kind == "table":
        count, columns = table_columns(found["tables"]) if "tables" in found else (0, {})
        wire = [{"name": column, "value": value} for column, value in columns.items()]
        return entry | {"n": count, "columns": wire}
    pieces: list[Piece] = []
    for table, rows in found.items():
        pieces += _PIECES[table](rows, len(found) > 1)
    count, value = wire_column(pieces)
    return entry | {"n": count, "value": value}


def _scalar_pieces(rows: pa.Table, is_mixed: bool) -> list[Piece]:  # noqa: FBT001  # one table's reader
    kinds = numpy_column(rows, "kind")
    values, whole = numpy_column(rows, "value"), numpy_column(rows, "int_value")
    if not is_mixed:
        return [NumberPiece((0, 0), kinds, values, whole)]
    return [
        NumberPiece(place, kinds[i : i + 1], values[i : i + 1], whole[i : i + 1])
        for i, place in enumerate(_places(rows))
    ]


def _string_pieces(rows: pa.Table, is_mixed: bool) -> list[Piece]:  # noqa: FBT001  # one table's reader
    kinds, texts = rows.column("kind").to_pylist(), rows.column("text").to_pylist()
    if not is_mixed and set(kinds) == {0}:
        return [TextPiece((0, 0), "str", texts)]
    names = {0: "str", 1: "none", 2: "big"}
    return [
        TextPiece(place, names[kind], [text])
        for place, kind, text in zip(_places(rows), kinds, texts, strict=True)
    ]


def _vector_pieces(rows: pa.Table, _is_mixed: bool) -> list[Piece]:  # noqa: FBT001  # one table's reader
    pieces: list[Piece] = []
    texts = rows.column("texts")
    numbers = rows.column("numbers")
    for i, (place, kind) in enumerate(
        zip(_places(rows), rows.column("kind").to_pylist(), strict=True)
    ):
        if kind in {"str", "cells"}:
            pieces.append(TextPiece(place, kind, texts[i].as_py()))
        else:
            pieces.append(NumberPiece.of_kind(place, kind, numpy_array(numbers[i].values)))
    return pieces


def _path_pieces(rows: pa.Table, _is_mixed: bool) -> list[Piece]:  # noqa: FBT001  # one table's reader
    return [TextPiece((0, 0), "str", rows.column("path").to_pylist())]


_PIECES: Final = {
    "scalars": _scalar_pieces,
    "strings": _string_pieces,
    "vectors": _vector_pieces,
    "images": _path_pieces,
    "charts": _path_pieces,
}


def _places(rows: pa.Table) -> list[tuple[int, int]]:
    return list(zip(rows.column("pos").to_pylist(), rows.column("idx").to_pylist(), strict=True))
