"""What the services of a cluster open, and wait for until it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.cluster.patience import patiently
from runtide.errors import UsageError
from runtide.log.kafka import KafkaLog
from runtide.store.layouts import layout_of
from runtide.store.migrate import migrate
from runtide.store.server import open_server, prepare_server

if TYPE_CHECKING:
    from runtide.shared_settings import ClickHouseEnvironment, KafkaEnvironment
    from runtide.store.engine import ClickHouseStore


def open_log(settings: KafkaEnvironment) -> KafkaLog:
    """Return the event log, once the brokers answer.

    Raises:
        UsageError: They do not let us in, or the topic cannot hold the log.
    """
    kafka = settings.kafka()
    return patiently(lambda: KafkaLog(kafka))


def open_store(settings: ClickHouseEnvironment, *, sets_retention: bool = False) -> ClickHouseStore:
    """Return the store with its tables in this version's shape, once the server answers.

    Args:
        settings: Where the server is, and how its tables are laid out.
        sets_retention: Whether to make the tables keep rows as long as the settings say. A service
            that only reads must not: it may have been told nothing of it.

    Raises:
        UsageError: No server is named.
        StoreRefused: The server does not take what the settings say, or has another layout.
        MigrationChanged: Another version wrote the tables.
    """
    found = settings.clickhouse()
    if found is None:
        message = "RUNTIDE_CLICKHOUSE_URL is not set: name the server, as in http://127.0.0.1:8123"
        raise UsageError(message)
    store = patiently(lambda: open_server(found))
    if sets_retention:
        patiently(lambda: prepare_server(store, found))
    else:
        patiently(lambda: migrate(store, layout_of(found)))
    return store
