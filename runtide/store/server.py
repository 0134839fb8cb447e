"""Opening the read model on a ClickHouse server, over its HTTP interface."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import clickhouse_connect
from clickhouse_connect.driver.httputil import get_pool_manager

from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import layout_of
from runtide.store.migrate import migrate
from runtide.store.refusals import opening_translated
from runtide.store.retention import apply_retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clickhouse_connect.driver.client import Client

    from runtide.store.migrate import Migration
    from runtide.store.port import MetricStore
    from runtide.store.server_settings import ClickHouseSettings

_CONNECTIONS_MAX: Final = 64
"""Connections that are kept for later. More may be open at once; those are closed after use."""

_SHARDED_SETTINGS: Final = {
    # Everything of a run is in one shard: what is joined or looked up is joined where it is.
    "distributed_product_mode": "local",
    # A question about one run goes to its shard alone.
    "optimize_skip_unused_shards": 1,
}

_ANALYST_SETTINGS: Final = {
    # Who stops reading an answer stops the statement.
    "cancel_http_readonly_queries_on_client_close": 1,
}


class Preparation(NamedTuple):
    """What `prepare_server` changed: migrations, and the days that rows of a table are kept."""

    applied: list[Migration]
    retention_days_by_table: dict[str, int | None]


def open_server(settings: ClickHouseSettings, *, makes_database: bool = True) -> ClickHouseStore:
    """Connect to the server, and make the database if it is not there and may be made.

    Nothing is sent twice by itself, but reads, and inserts, which carry a token. Any number of
    threads may use the store, each over a connection of its own.

    Raises:
        StoreUnavailable: The server is away or overloaded; try again.
        StoreRefused: The server does not take what the settings say.
    """
    with opening_translated(settings):
        client = _connected(settings)
        try:
            if makes_database:
                _ensure_database(client, settings)
        except BaseException:
            client.close_connections()
            raise
    connect = None if settings.sql_user is None else partial(_analyst_client, settings)
    return ClickHouseStore(client, database=settings.database, server=settings, connect=connect)


def prepare_server(store: MetricStore, settings: ClickHouseSettings) -> Preparation:
    """Bring the tables to this version and set how long rows are kept; return what was changed.

    Services do it when they start. Where nothing is to be done, nothing is written.

    Raises:
        StoreRefused: The tables have another layout than the settings ask for; nothing was done.
        MigrationChanged: A migration that was applied is not one that this version ships.
        StoreUnavailable: The server did not answer; do it again.
    """
    layout = layout_of(settings)
    applied = migrate(store, layout)
    return Preparation(applied, apply_retention(store, settings.retention_days, layout))


def _connected(settings: ClickHouseSettings) -> Client:
    ca_file = str(settings.ca_file) if settings.ca_file else None
    return clickhouse_connect.get_client(
        interface=settings.scheme,
        host=settings.host,
        port=settings.port,
        username=settings.user,
        password=settings.password,
        connect_timeout=settings.connect_timeout_s,
        send_receive_timeout=settings.timeout_s,
        # A pool of its own: the shared one keeps eight connections, knows no file of authorities,
        # and goes through whatever proxy the environment names.
        pool_mgr=get_pool_manager(ca_cert=ca_file, maxsize=_CONNECTIONS_MAX),
        compress="lz4",
        # A session would let only one statement run at a time.
        autogenerate_session_id=False,
        # Parameters travel in the body: a list of runs is longer than proxies take in an address.
        form_encode_query_params=True,
        settings=dict(_SHARDED_SETTINGS) if settings.layout == "sharded" else {},
    )


def _analyst_client(settings: ClickHouseSettings, limits: Mapping[str, object]) -> Client:
    assert settings.sql_user is not None
    analyst = replace(
        settings, user=settings.sql_user, password=settings.sql_password, sql_user=None
    )
    client = _connected(analyst)
    for name, value in {**limits, **_ANALYST_SETTINGS}.items() if limits else ():
        client.set_client_setting(name, value)
    return client


def _ensure_database(client: Client, settings: ClickHouseSettings) -> None:
    # Asked first: whoever may not make databases may well use one that is there.
    found = client.query(
        "SELECT count() FROM system.databases WHERE name = {name:String}",
        parameters={"name": settings.database},
    )
    if not found.result_rows[0][0]:
        everywhere = f" ON CLUSTER `{settings.cluster}`" if settings.cluster else ""
        client.command(f"CREATE DATABASE IF NOT EXISTS `{settings.database}`{everywhere}")
