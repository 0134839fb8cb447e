"""Results of statements as files, in memory that does not grow with them.

A ClickHouse server makes the file, and sends it once the statement has ended. chDB hands out a result
block by block, each as a small file of its own: here they become one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeAlias

import pyarrow as pa
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

FileFormat: TypeAlias = Literal["csv", "arrow", "parquet"]
Export: TypeAlias = "Callable[[Client, str, Mapping[str, object], FileFormat, BinaryIO], None]"
"""Writes the result of a statement to a file that is the caller's; after an error, part of it."""

_ENGINE_FORMATS: Final = {"csv": "CSVWithNames", "arrow": "ArrowStream", "parquet": "Parquet"}
_PIECE_BYTES: Final = 1 << 20


def export_from_server(
    client: Client,
    sql: str,
    parameters: Mapping[str, object],
    form: FileFormat,
    target: BinaryIO,
) -> None:
    """Write a result as a server makes it; it keeps what it has not sent on its own disk.

    Raises:
        ClickHouseError: The statement did not come to its end; nothing was written.
        OSError: The server broke off, or `target` takes no more.
    """
    response: Any = client.raw_stream(
        sql,
        parameters=dict(parameters) or None,
        fmt=_ENGINE_FORMATS[form],
        # Sent while it runs, a statement that fails would end in the middle of its result.
        transport_settings={"wait_end_of_query": "1"},
    )
    try:
        shutil.copyfileobj(response, target, _PIECE_BYTES)
    except HTTPError as exc:
        message = f"the ClickHouse server broke off its answer ({exc})"
        raise OSError(message) from exc
    finally:
        response.close()


def export_from_chdb(
    client: Client,
    sql: str,
    parameters: Mapping[str, object],
    form: FileFormat,
    target: BinaryIO,
) -> None:
    """Write a result block by block, as the engine computes it.

    Raises:
        ClickHouseError: The statement did not come to its end.
        OSError: `target` takes no more.
    """
    with closing(_blocks(client, sql, parameters, _ENGINE_FORMATS[form])) as blocks:
        first = next(blocks, None)
        if first is not None:
            _JOINED[form](chain([first], blocks), target)
            return
    # A result without rows has no block, but columns.
    target.write(
        client.raw_query(sql, parameters=dict(parameters) or None, fmt=_ENGINE_FORMATS[form])
    )


def _blocks(
    client: Any,  # noqa: ANN401  # what it has is private
    sql: str,
    parameters: Mapping[str, object],
    engine_format: str,
) -> Generator[bytes]:
    # Here and not above: chDB is loaded where it is used, and starts threads.
    from clickhouse_connect.driver._backend import chdb_backend  # noqa: PLC0415  # see above

    # The client's own door streams only formats whose blocks need not be joined.
    backend = client._backend  # noqa: SLF001  # see above
    text, bound, runtime = client._prep_raw_query_runtime(  # noqa: SLF001  # see above
        sql, dict(parameters) or None, settings=None, fmt=engine_format, use_database=True
    )
    values = chdb_backend._strip_param_prefix(bound)  # noqa: SLF001  # see above
    opened = backend._open_stream(text, engine_format, values, runtime.database)  # noqa: SLF001  # see above
    stream = chdb_backend._ChdbStreamSource(  # noqa: SLF001  # see above
        opened,
        backend._handle,  # noqa: SLF001  # see above
        backend.show_clickhouse_errors,
    )
    try:
        yield from stream.gen
    finally:
        stream.close()


def _join_csv(blocks: Iterator[bytes], target: BinaryIO) -> None:
    header_bytes = 0
    for block in blocks:
        target.write(memoryview(block)[header_bytes:])
        # Every block begins with the same names.
        header_bytes = header_bytes or _header_bytes(block)


def _header_bytes(block: bytes) -> int:
    """Return the length of the first line; a line may end within quotes without ending."""
    end = 0
    while True:
        end = block.index(b"\n", end) + 1
        if block.count(b'"', 0, end) % 2 == 0:
            return end


def _join_arrow(blocks: Iterator[bytes], target: BinaryIO) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as stack:
        writer = None
        for block in blocks:
            with pa.ipc.open_stream(block) as reader:
                if writer is None:
                    opened = pa.ipc.new_stream(target, reader.schema, options=options)
                    writer = stack.enter_context(opened)
                for batch in reader:
                    writer.write_batch(batch)


def _join_parquet(blocks: Iterator[bytes], target: BinaryIO) -> None:
    # Here and not above: few ask for it, and every server would load it when it starts.
    from pyarrow import parquet  # noqa: PLC0415  # see above

    with ExitStack() as stack:
        writer = None
        for block in blocks:
            table = parquet.read_table(pa.BufferReader(block))
            if writer is None:
                opened = parquet.ParquetWriter(target, table.schema, compression="zstd")
                writer = stack.enter_context(opened)
            writer.write_table(table)


_JOINED: Final = {"csv": _join_csv, "arrow": _join_arrow, "parquet": _join_parquet}
