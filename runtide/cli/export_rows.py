"""Lossless entries as blocks of a long table. Pure.

    run_id  name    kind    column  index  step  ts_us  type    value
    3f2a…   loss    scalar          0      0     1795…  float   0.25
    3f2a…   loss    scalar          1      1     1795…  float   nan
    3f2a…   scores  table   x       0                   int     7

`index` counts the values of a name, or the rows of a table, in the order of logging. `value` is
text from which `type` gives back exactly what was logged; for the type `null` it is empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runtide.core.columns import Cell, decode_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COLUMNS: Final = (
    "run_id",
    "name",
    "kind",
    "column",
    "index",
    "step",
    "ts_us",
    "type",
    "value",
)

BLOCK_ROWS_MAX: Final = 100_000
"""Rows of one block, so that a long metric is written in pieces."""

_TYPE_NAMES: Final[dict[type, str]] = {
    float: "float",
    int: "int",
    bool: "bool",
    str: "string",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of the long table: each column by name, and the values themselves."""

    columns: dict[str, Sequence[Any]]
    cells: Sequence[Cell]

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.cells)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows, each in the order of `COLUMNS`."""
        return zip(*(self.columns[name] for name in COLUMNS), strict=True)

    def numbers(self) -> list[float | None]:
        """Return each value as a double, or None where it is none or does not fit one."""
        return [_number(cell) for cell in self.cells]


def entry_blocks(run_id: str, entry: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the rows of one entry: all of it, column by column, in order."""
    n = entry["n"]
    steps, times = (
        decode_column(entry[key], n) if key in entry else None for key in ("step", "ts_us")
    )
    if entry["kind"] == "table":
        columns = [(c["name"], decode_column(c["value"], n)) for c in entry["columns"]]
    else:
        columns = [(None, decode_column(entry["value"], n))]
    for column, cells in columns:
        for start in range(0, n, BLOCK_ROWS_MAX):
            piece = slice(start, min(n, start + BLOCK_ROWS_MAX))
            values = cells[piece]
            count = len(values)
            yield Block(
                {
                    "run_id": [run_id] * count,
                    "name": [entry["name"]] * count,
                    "kind": [entry["kind"]] * count,
                    "column": [column] * count,
                    "index": range(piece.start, piece.stop),
                    "step": steps[piece] if steps else [None] * count,
                    "ts_us": times[piece] if times else [None] * count,
                    "type": [_TYPE_NAMES[type(value)] for value in values],
                    "value": list(map(_text, values)),
                },
                values,
            )


def parse_value(kind: str, text: str) -> Cell:
    """Return the value that a row's `type` and `value` stand for; the inverse of the export.

    Raises:
        ValueError: They stand for none.
    """
    match kind:
        case "float":
            return float(text)
        case "int":
            return int(text)
        case "bool":
            return {"true": True, "false": False}[text]
        case "string":
            return text
        case "null":
            return None
        case other:
            message = f"type is {other!r}: want one of {', '.join(_TYPE_NAMES.values())}"
            raise ValueError(message)


def _text(cell: Cell) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # repr() of a float is the shortest text that reads back to the same bits.
    return cell if isinstance(cell, str) else repr(cell)


def _number(cell: Cell) -> float | None:
    if cell is None or isinstance(cell, str):
        return None
    try:
        return float(cell)
    except OverflowError:
        return math.inf if cell > 0 else -math.inf
