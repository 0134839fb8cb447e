"""The order and the choice of a table's rows, as its reader asked for them. Pure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtide.core.columns import Cell

_DIGITS: Final = re.compile(r"([0-9]+)")
_NUMBER, _NAN, _TEXT = range(3)


def row_order(cells: Sequence[Cell], *, is_descending: bool) -> list[int]:
    """Return the numbers of the rows in the order of one column's cells.

    Numbers come before NaN and that before text, whose numbers count as such (`a2` before
    `a10`); descending turns this round. Empty cells are last either way, and equal ones stay in
    order of logging.
    """
    present = [row for row, cell in enumerate(cells) if cell is not None]
    empty = [row for row, cell in enumerate(cells) if cell is None]
    return sorted(present, key=lambda row: _key(cells[row]), reverse=is_descending) + empty


def rows_containing(columns: Mapping[str, Sequence[Cell]], text: str) -> list[int]:
    """Return the numbers of the rows with `text` in a cell; capitals are small letters."""
    folded = text.casefold()
    found: set[int] = set()
    for cells in columns.values():
        found.update(row for row, cell in enumerate(cells) if folded in cell_text(cell).casefold())
    return sorted(found)


def cell_text(cell: Cell) -> str:
    """Return a cell as text that loses nothing; an empty one is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # repr() of a float is the shortest text that reads back to the same bits.
    return cell if isinstance(cell, str) else repr(cell)


def _key(cell: Cell) -> tuple[int, float, list[tuple[int, str]]]:
    if isinstance(cell, str | bool):
        return _TEXT, 0, _natural(cell_text(cell).casefold())
    assert cell is not None, "empty cells have no key"
    if math.isnan(cell):
        return _NAN, 0, []
    return _NUMBER, cell, []


def _natural(text: str) -> list[tuple[int, str]]:
    # Every second part is digits; those of one length compare as the numbers they are.
    parts = _DIGITS.split(text)
    return [(len(part.lstrip("0")) if at % 2 else 0, part) for at, part in enumerate(parts)]
