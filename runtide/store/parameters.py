"""Parameters that are longer than ClickHouse's HTTP interface takes, sent in pieces.

A server refuses a value of more than 128 KiB (`http_max_field_value_size`), in the address and in
a form. A list of some thousand runs is longer. It travels as several lists, which the statement
joins: every value stays a parameter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PIECE_BYTES_MAX: Final = 30_000
"""Bytes of a piece before quoting, which may make four of one."""

_ITEM_BYTES: Final = 4
"""Two quotes, a comma and a space."""


def in_pieces(sql: str, parameters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return a statement and parameters that mean the same, with no list longer than a piece."""
    sent: dict[str, object] = {}
    for name, value in parameters.items():
        pieces = _pieces(value) if isinstance(value, list | tuple) else []
        if len(pieces) < 2:  # noqa: PLR2004  # one piece is the whole
            sent[name] = value
            continue
        numbered = [f"{name}_piece_{number}" for number in range(len(pieces))]
        placeholder = rf"\{{{re.escape(name)}:(Array\([^{{}}]*\))\}}"
        # No name has a backslash, which `sub` would read as its own.
        joined = ", ".join(f"{{{one}:\\1}}" for one in numbered)
        sql = re.sub(placeholder, f"arrayConcat({joined})", sql)
        sent |= dict(zip(numbered, pieces, strict=True))
    return sql, sent


def _pieces(values: Sequence[object]) -> list[list[object]]:
    pieces: list[list[object]] = [[]]
    size = 0
    for value in values:
        item_bytes = len(str(value).encode("utf-8", "surrogatepass")) + _ITEM_BYTES
        size += item_bytes
        if size > PIECE_BYTES_MAX and pieces[-1]:
            pieces.append([])
            size = item_bytes
        pieces[-1].append(value)
    return pieces
