"""The one door to ClickHouse: clickhouse-connect, over HTTP to a server or in-process to chDB.

`runtide.store.server` opens a server, and `runtide.store.refusals` explains what it refuses.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import clickhouse_connect

from runtide.store.analysis import Analysis
from runtide.store.exports import export_from_chdb, export_from_server
from runtide.store.parameters import in_pieces
from runtide.store.refusals import refusals_translated
from runtide.store.server_settings import DEFAULT_DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyarrow as pa
    from clickhouse_connect.driver.client import Client

    from runtide.store.server_settings import ClickHouseSettings
    from runtide.store.sql_limits import SqlLimits

FOLDER_NAME: Final = "clickhouse"

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

_INSERT_SETTINGS: Final = {
    # Asynchronous inserts are on by default and would acknowledge before the rows are durable.
    "async_insert": 0,
}
_SERVER_INSERT_SETTINGS: Final = {
    **_INSERT_SETTINGS,
    # A distributed table acknowledges what it has queued, unless it is told to wait for the
    # shards.
    "distributed_foreground_insert": 1,
    # A replicated table acknowledges what one replica has. The checkpoint would then survive the
    # loss of a replica that took the facts with it.
    "insert_quorum": "auto",
}

_ANALYST_SETTINGS: Final = {
    # Ingest and dashboards share the processors: a statement has what they leave.
    "max_threads": min(os.cpu_count() or 1, 4),
    "os_threads_nice_value_query": 15,
}


class ClickHouseStore:
    """A `MetricStore` in one database of a ClickHouse engine."""

    def __init__(
        self,
        client: Client,
        *,
        database: str,
        server: ClickHouseSettings | None = None,
        connect: Callable[[Mapping[str, object]], Client] | None = None,
    ) -> None:
        """Use `database`, which must be there, of the engine that `client` reaches.

        Args:
            client: Belongs to the store from now on.
            database: Where bare names of tables lead.
            server: What the client was made with, or None in the embedded engine.
            connect: Opens a connection for one statement of an analyst, if any may be run.
        """
        self._client = client
        self._connect = connect
        self._database = database
        self._server = server
        self._insert_settings = _SERVER_INSERT_SETTINGS if server else _INSERT_SETTINGS
        client.database = database

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        with refusals_translated(f"insert into `{table}`", self._server):
            self._client.insert_arrow(
                table,
                rows,
                database=self._database,
                settings={
                    **self._insert_settings,
                    "insert_deduplication_token": f"{table}:{token}",
                },
            )

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        bound = dict(parameters or {})
        if self._server is not None:
            sql, bound = in_pieces(sql, bound)
        with refusals_translated("answer a query", self._server):
            return self._client.query_arrow(sql, parameters=bound, use_strings=True)

    def command(self, sql: str) -> None:
        with refusals_translated("run a statement", self._server):
            self._client.command(sql)

    def analysis(self, limits: SqlLimits) -> Analysis | None:
        """Return what runs statements of analysts, or None where nobody is set up for them."""
        if self._connect is None:
            return None
        export = export_from_chdb if self._server is None else export_from_server
        return Analysis(partial(self._opened, self._connect), limits, export=export)

    def _opened(
        self, connect: Callable[[Mapping[str, object]], Client], settings: Mapping[str, object]
    ) -> Client:
        client = connect(settings)
        client.database = self._database
        return client

    def close(self) -> None:
        self._client.close_connections()
        self._client.close()


def open_chdb(folder: Path, *, database: str = DEFAULT_DATABASE) -> ClickHouseStore:
    """Open the embedded engine in the data folder `folder`; one process may do so at a time.

    Raises:
        StoreUnavailable: Another process has the folder open, or it cannot be written.
    """
    path = folder / FOLDER_NAME
    with refusals_translated(f"open {path}", None):
        path.mkdir(parents=True, exist_ok=True)
        client = _chdb_client(path)
        client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
    return ClickHouseStore(client, database=database, connect=partial(_analyst_client, path))


def _chdb_client(path: Path) -> Client:
    return clickhouse_connect.get_client(
        interface="chdb", path=str(path.resolve()), chdb_options=_CHDB_OPTIONS
    )


def _analyst_client(path: Path, settings: Mapping[str, object]) -> Client:
    client = _chdb_client(path)
    if settings:
        # Read-only comes last: from then on the session changes no setting.
        pairs = {**settings, **_ANALYST_SETTINGS, "readonly": 1}.items()
        client.command("SET " + ", ".join(f"{name} = {_literal(value)}" for name, value in pairs))
    # The client tells how many rows came out, where a server's tells how many were read.
    client._backend._summary = _read_summary  # type: ignore[attr-defined]  # noqa: SLF001  # it has no door to it
    return client


def _read_summary(result: Any) -> dict[str, str]:  # noqa: ANN401  # chDB's own, without types
    return {
        "read_rows": str(result.storage_rows_read()),
        "read_bytes": str(result.storage_bytes_read()),
    }


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | float) else f"'{value}'"
