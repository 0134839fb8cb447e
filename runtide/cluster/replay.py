"""What a replay of a cluster's tables works on."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from processors.archive import Archive
from processors.replay.history import History
from runtide.log.kafka import KafkaLog
from runtide.replays import Tables
from runtide.store.layouts import layout_of
from runtide.store.server import open_server, prepare_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.log.kafka_settings import KafkaSettings
    from runtide.store.engine import ClickHouseStore
    from runtide.store.server_settings import ClickHouseSettings


@contextmanager
def cluster_tables(kafka: KafkaSettings, server: ClickHouseSettings) -> Iterator[Tables]:
    """Open the log and the tables of a cluster, whose workers and readers go on.

    Raises:
        UsageError: A setting does not fit, or the brokers do not let us in.
        StoreRefused: The server does not take what the settings say.
        UnavailableError: The brokers or the server are away.
    """
    with ExitStack() as stack:
        log = KafkaLog(kafka)
        stack.callback(log.close)
        store = _opened_server(server)
        stack.callback(store.close)
        yield Tables(
            history=History(log, Archive(store)),
            live=store,
            open_beside=lambda database: _opened_server(replace(server, database=database)),
            database=server.database,
            layout=layout_of(server),
            retention_days=server.retention_days,
        )


def _opened_server(settings: ClickHouseSettings) -> ClickHouseStore:
    store = open_server(settings)
    try:
        prepare_server(store, settings)
    except BaseException:
        store.close()
        raise
    return store
