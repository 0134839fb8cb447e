"""Tables as text for other programs: CSV, and JSON objects a row. Pure."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Literal, TypeAlias

from query_api.core.row_order import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runtide.core.columns import Cell

Form: TypeAlias = Literal["csv", "json"]
"""What a table is exported as."""

Rows: TypeAlias = "Iterable[tuple[Cell, ...]]"


def csv_pieces(names: Sequence[str], blocks: Iterable[Rows]) -> Iterator[bytes]:
    """Yield a table as CSV after RFC 4180, one piece a block: values in full, empty ones empty."""
    yield _csv_lines([tuple(names)])
    for rows in blocks:
        yield _csv_lines(tuple(map(cell_text, row)) for row in rows)


def json_pieces(names: Sequence[str], blocks: Iterable[Rows]) -> Iterator[bytes]:
    """Yield a table as a JSON array of objects, one piece a block.

    Non-finite numbers are their names, as everywhere in the API.
    """
    between = "[\n"
    for rows in blocks:
        objects = [
            json.dumps(dict(zip(names, map(_json_cell, row), strict=True)), ensure_ascii=False)
            for row in rows
        ]
        if objects:
            yield (between + ",\n".join(objects)).encode()
            between = ",\n"
    yield b"\n]\n" if between == ",\n" else b"[]\n"


def _csv_lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _json_cell(cell: Cell) -> Cell:
    if isinstance(cell, float) and not math.isfinite(cell):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(cell)]
    return cell
