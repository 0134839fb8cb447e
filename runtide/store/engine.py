"""The one door to ClickHouse: clickhouse-connect, over HTTP to a server or in-process to chDB."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

from runtide.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa
    from clickhouse_connect.driver.client import Client

FOLDER_NAME: Final = "clickhouse"
DATABASE: Final = "runtide"

_CHDB_OPTIONS: Final = {
    # The engine shares a laptop with the training it records. Left alone, it may keep marks and
    # primary keys of 5 GB each in memory; these hold those of some thousand series.
    "mark_cache_size": 64 << 20,
    "index_mark_cache_size": 8 << 20,
    "primary_index_cache_size": 64 << 20,
    "query_condition_cache_size": 8 << 20,
    "compiled_expression_cache_size": 16 << 20,
    # How often it looks at its own memory: every 50 ms cost a tenth of what it costs when idle.
    "memory_worker_period_ms": 1_000,
}


class ClickHouseStore:
    """A `MetricStore` in one database of a ClickHouse engine."""

    def __init__(self, client: Client, *, database: str = DATABASE) -> None:
        """Use `client` and create `database` if it is not there.

        Raises:
            StoreUnavailable: The engine did not answer.
        """
        self._client = client
        self._database = database
        with _translated("create the database"):
            client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
            client.database = database

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        with _translated(f"insert into `{table}`"):
            self._client.insert_arrow(
                table,
                rows,
                database=self._database,
                # Asynchronous inserts are on by default and would acknowledge before the rows
                # are durable.
                settings={"async_insert": 0, "insert_deduplication_token": f"{table}:{token}"},
            )

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        with _translated("answer a query"):
            return self._client.query_arrow(
                sql, parameters=dict(parameters or {}), use_strings=True
            )

    def command(self, sql: str) -> None:
        with _translated("run a statement"):
            self._client.command(sql)

    def close(self) -> None:
        self._client.close()


def open_chdb(folder: Path, *, database: str = DATABASE) -> ClickHouseStore:
    """Open the embedded engine in the data folder `folder`; one process may do so at a time.

    Raises:
        StoreUnavailable: Another process has the folder open, or it cannot be written.
    """
    path = folder / FOLDER_NAME
    with _translated(f"open {path}"):
        path.mkdir(parents=True, exist_ok=True)
        client = clickhouse_connect.get_client(
            interface="chdb", path=str(path.resolve()), chdb_options=_CHDB_OPTIONS
        )
    return ClickHouseStore(client, database=database)


@contextmanager
def _translated(verb: str) -> Iterator[None]:
    # chDB's own failures reach us as RuntimeError; the client's as ClickHouseError.
    try:
        yield
    except (ClickHouseError, RuntimeError, OSError) as exc:
        message = f"the read model could not {verb} ({exc}): see `runtide doctor`"
        raise StoreUnavailable(message) from exc
