"""Taking an ordered Arrow result apart by its key columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa


def groups_of(
    table: pa.Table, key_columns: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """Yield each key and its rows, of a result that is ordered by the key's columns."""
    ends: set[int] = set()
    for name in key_columns:
        at = 0
        for chunk in table.column(name).chunks:
            ends.update((numpy_array(pc.run_end_encode(chunk).run_ends) + at).tolist())
            at += len(chunk)
    start = 0
    places = sorted(ends)
    for end, following in zip(places, [*places[1:], None], strict=False):
        key = tuple(table.column(name)[end - 1].as_py() for name in key_columns)
        # Where two chunks meet, one group may be cut: it ends where another key follows.
        if following is None or key != tuple(
            table.column(name)[end].as_py() for name in key_columns
        ):
            yield key, table.slice(start, end - start)
            start = end


def numpy_column(table: pa.Table, name: str) -> Any:  # noqa: ANN401  # an array of the column's type
    """Return a column of numbers without nulls as one NumPy array."""
    chunks = [numpy_array(chunk) for chunk in table.column(name).chunks]
    if len(chunks) == 1:
        return chunks[0]
    dtype = table.schema.field(name).type.to_pandas_dtype()
    return np.concatenate(chunks) if chunks else np.empty(0, dtype)


def numpy_array(array: pa.Array) -> Any:  # noqa: ANN401  # an array of the column's type
    """Return numbers without nulls as a NumPy array over the same memory.

    Arrow's own conversion imports pandas where that is installed, which takes a second of the
    first question that needs it.
    """
    values = array.buffers()[1]
    dtype = array.type.to_pandas_dtype()
    if values is None:
        return np.empty(0, dtype)
    return np.frombuffer(values, dtype)[array.offset : array.offset + len(array)]
