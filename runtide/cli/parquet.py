"""The long table of `runtide export` as one Parquet file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtide.cli.export_rows import Block

_SCHEMA: Final = pa.schema(
    [
        ("run_id", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("column", pa.string()),
        ("index", pa.int64()),
        ("step", pa.int64()),
        ("ts_us", pa.int64()),
        ("type", pa.string()),
        ("value", pa.string()),
        ("number", pa.float64()),
    ]
)


class ParquetSink:
    """One Parquet file; a row group for each large block."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def write(self, block: Block) -> None:
        """Add the rows of `block`."""
        columns = {**block.columns, "number": block.numbers()}
        arrays = [pa.array(columns[field.name], field.type) for field in _SCHEMA]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))


@contextmanager
def parquet_sink(path: Path) -> Iterator[ParquetSink]:
    """Yield a sink to a new file at `path`, which is whole when the block has ended."""
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        yield ParquetSink(writer)
