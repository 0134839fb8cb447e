"""Stored values back as wire columns, exact in value and type.

The store keeps numbers apart from text, and integers that doubles cannot hold apart from both.
Here the pieces that were logged under one name come together again in order of logging. Pieces
of one kind become one packed column without any work per value.
"""

from __future__ import annotations

from base64 import b64encode
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from runtide.core.columns import Cell, escape_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.core.columns import WireColumn

FLOAT, INT, BOOL = 0, 1, 2
"""The codes of `scalars.kind`."""

_CODE_BY_KIND: Final = {"float": FLOAT, "int": INT, "bool": BOOL}

Place: TypeAlias = tuple[int, int]
"""Where a piece was logged: its record's offset, and its place in that."""


class NumberPiece(NamedTuple):
    """Numbers that were logged one after the other; `whole` holds integers exactly."""

    place: Place
    kinds: npt.NDArray[np.int8]
    values: npt.NDArray[np.float64]
    whole: npt.NDArray[np.int64]

    @classmethod
    def of_kind(cls, place: Place, kind: str, values: npt.NDArray[np.float64]) -> NumberPiece:
        """Return a piece of one kind whose integers doubles hold exactly."""
        kinds = np.full(len(values), _CODE_BY_KIND[kind], np.int8)
        whole = values.astype(np.int64) if kind == "int" else np.zeros(len(values), np.int64)
        return cls(place, kinds, values, whole)


class TextPiece(NamedTuple):
    """Values kept as text: `str`, `none`, `big` for a decimal integer, or `cells` for JSON."""

    place: Place
    kind: str
    texts: list[str]


Piece: TypeAlias = NumberPiece | TextPiece


def wire_column(pieces: Sequence[Piece]) -> tuple[int, WireColumn]:
    """Return how many values the pieces hold, and their column in order of logging."""
    ordered = sorted(pieces, key=itemgetter(0)) if len(pieces) > 1 else pieces
    numbers = [piece for piece in ordered if isinstance(piece, NumberPiece)]
    count = sum(len(p.values) if isinstance(p, NumberPiece) else len(p.texts) for p in ordered)
    if count and len(numbers) == len(ordered):
        kinds = np.concatenate([piece.kinds for piece in numbers])
        if (kinds == kinds[0]).all():
            return count, _packed(int(kinds[0]), numbers)
    column: list[Any] = []
    for piece in ordered:
        column += _json_cells(piece)
    return count, column


def number_cells(kind: str, values: npt.NDArray[np.float64]) -> list[Cell]:
    """Return numbers of one kind as Python values."""
    if kind == "int":
        cells: list[Cell] = values.astype(np.int64).tolist()
    elif kind == "bool":
        cells = (values != 0).tolist()
    else:
        cells = values.tolist()
    return cells


def _packed(kind: int, pieces: Sequence[NumberPiece]) -> WireColumn:
    if kind == INT:
        return {"i64": _base64(np.concatenate([piece.whole for piece in pieces]), "<i8")}
    values = np.concatenate([piece.values for piece in pieces])
    if kind == BOOL:
        return {"bool": _base64(values != 0, "u1")}
    return {"f64": _base64(values, "<f8")}


def _base64(values: npt.NDArray[Any], dtype: str) -> str:
    return b64encode(np.ascontiguousarray(values, dtype=dtype).data).decode()


def _json_cells(piece: Piece) -> list[Any]:
    if isinstance(piece, NumberPiece):
        return [
            escape_cell(_number(kind, value, whole))
            for kind, value, whole in zip(
                piece.kinds.tolist(), piece.values.tolist(), piece.whole.tolist(), strict=True
            )
        ]
    if piece.kind == "cells":
        return orjson.loads(f"[{','.join(piece.texts)}]")  # type: ignore[no-any-return]  # an array
    if piece.kind == "none":
        return [None] * len(piece.texts)
    if piece.kind == "big":
        return [escape_cell(int(text)) for text in piece.texts]
    return list(piece.texts)


def _number(kind: int, value: float, whole: int) -> Cell:
    if kind == INT:
        return whole
    return value != 0 if kind == BOOL else value
