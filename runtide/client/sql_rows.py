"""The JSON answer to a statement as Python values. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

_WRAPPER: Final = re.compile(r"^(?:Nullable|LowCardinality)\((.*)\)$", re.DOTALL)
_ARRAY: Final = re.compile(r"^Array\((.*)\)$", re.DOTALL)

_READ_BY_HEAD: Final[tuple[tuple[re.Pattern[str], Callable[[Any], Any]], ...]] = (
    (re.compile(r"^(Float|BFloat)\d+$"), float),
    (re.compile(r"^U?Int\d+$"), int),
    (re.compile(r"^DateTime"), datetime.fromisoformat),
    (re.compile(r"^Date(32)?$"), date.fromisoformat),
)


def rows_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a JSON answer, each by column.

    Numbers that JSON cannot hold, which travel as text, are numbers again, and times are aware
    `datetime`s in UTC. Of two columns with one name the last is kept.
    """
    names = [column["name"] for column in answer["columns"]]
    readers = [_reader(column["type"]) for column in answer["columns"]]
    return [
        {name: read(cell) for name, read, cell in zip(names, readers, row, strict=True)}
        for row in answer["rows"]
    ]


def _reader(kind: str) -> Callable[[Any], Any]:
    while wrapped := _WRAPPER.match(kind):
        kind = wrapped[1]
    if array := _ARRAY.match(kind):
        read_one = _reader(array[1])
        return lambda cells: None if cells is None else [read_one(cell) for cell in cells]
    for head, read in _READ_BY_HEAD:
        if head.match(kind):
            return lambda cell, read=read: None if cell is None else read(cell)  # type: ignore[misc]  # a bound default
    return lambda cell: cell
