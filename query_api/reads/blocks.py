"""Tables that were logged in blocks of rows, put together column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from query_api.core.cells import NumberPiece, TextPiece, number_cells, wire_column
from query_api.reads.grouping import numpy_array
from runtide.core.columns import escape_cell

if TYPE_CHECKING:
    import pyarrow as pa

    from runtide.core.columns import WireColumn

BLOCK_COLUMNS: Final = (
    "row_count, column_names, column_kinds, column_numbers, column_texts, pos, idx"
)


def table_columns(blocks: pa.Table) -> tuple[int, dict[str, WireColumn]]:
    """Return a table's row count and its columns in order of first appearance.

    Blocks without one of the columns have null there.
    """
    counts = blocks.column("row_count").to_pylist()
    names = blocks.column("column_names").to_pylist()
    kinds = blocks.column("column_kinds").to_pylist()
    total = sum(counts)
    if _is_uniform(names, kinds):
        return total, _uniform_columns(blocks, names[0], kinds[0])
    return total, dict(_cells_by_name(blocks))


def column_names(name_lists: list[list[str]]) -> list[str]:
    """Return the names of all blocks in order of first appearance."""
    return list(dict.fromkeys(name for names in name_lists for name in names))


def _is_uniform(names: list[list[str]], kinds: list[list[str]]) -> bool:
    return all(n == names[0] for n in names) and all(k == kinds[0] for k in kinds)


def _uniform_columns(blocks: pa.Table, names: list[str], kinds: list[str]) -> dict[str, WireColumn]:
    """Blocks of one shape: every stride-th array of the store is one column, whatever its length."""
    numbers = blocks.column("column_numbers").combine_chunks().flatten()
    texts = blocks.column("column_texts").combine_chunks().flatten()
    columns: dict[str, WireColumn] = {}
    for i, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        places = np.arange(i, len(numbers), len(names))
        if kind in {"str", "cells"}:
            piece: NumberPiece | TextPiece = TextPiece(
                (0, 0), kind, texts.take(places).flatten().to_pylist()
            )
        else:
            values = numpy_array(numbers.take(places).flatten())
            piece = NumberPiece.of_kind((0, 0), kind, values)
        _, columns[name] = wire_column([piece])
    return columns


def _cells_by_name(blocks: pa.Table) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    done = 0
    for block in blocks.select(
        ["row_count", "column_names", "column_kinds", "column_numbers", "column_texts"]
    ).to_pylist():
        count = block["row_count"]
        for name, kind, numbers, texts in zip(
            block["column_names"],
            block["column_kinds"],
            block["column_numbers"],
            block["column_texts"],
            strict=True,
        ):
            cells = columns.setdefault(name, [])
            cells.extend([None] * (done - len(cells)))
            cells.extend(_block_cells(kind, numbers, texts))
        done += count
    for cells in columns.values():
        cells.extend([None] * (done - len(cells)))
    return columns


def _block_cells(kind: str, numbers: list[float], texts: list[str]) -> list[Any]:
    if kind == "cells":
        return orjson.loads(f"[{','.join(texts)}]")  # type: ignore[no-any-return]  # an array
    if kind == "str":
        return texts
    return [escape_cell(cell) for cell in number_cells(kind, np.array(numbers, np.float64))]
