"""Stores for tests, each in a database of its own: chDB opens one folder a process.

`RUNTIDE_TEST_CLICKHOUSE` names a server to test against: `http://user:password@host:8123`.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from runtide.store.engine import ClickHouseStore, open_chdb
from runtide.store.layouts import layout_of
from runtide.store.migrate import migrate
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

ONE_SHARD = Path(__file__).parent / "data" / "one_shard.xml"
"""The configuration of a bridge that has the cluster `one`."""

_numbers = count(1)
_folders: list[Path] = []


def _named_server(address: str) -> dict[str, Any]:
    """Return the settings that `address` stands for; empty where it names no server."""
    if not address:
        return {}
    parts = urlsplit(address)
    place = parts.netloc.rpartition("@")[2]
    user, password = unquote(parts.username or "default"), unquote(parts.password or "")
    return {"url": f"{parts.scheme}://{place}", "user": user, "password": password}


NAMED_SERVER = _named_server(os.environ.get("RUNTIDE_TEST_CLICKHOUSE", ""))


def empty_store() -> ClickHouseStore:
    """Return a store with empty tables, in a database of its own of this process's engine."""
    if not _folders:
        folder = Path(tempfile.mkdtemp(prefix="runtide-tests-"))
        _folders.append(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = open_chdb(_folders[0], database=f"test_{next(_numbers)}")
    migrate(store)
    return store


def beside(store: ClickHouseStore, database: str) -> ClickHouseStore:
    """Return a store in another database of the engine of `store`, made by `empty_store`."""
    assert store._server is None, "a server's store needs its settings"
    return open_chdb(_folders[0], database=database)


def server_store(**settings: Any) -> ClickHouseStore:
    """Return a store with empty tables on a server, in a database that nobody else has."""
    store = open_server(ClickHouseSettings(database=f"test_{uuid4().hex}", **settings))
    migrate(store)
    return store


def sharded_store(**settings: Any) -> ClickHouseStore:
    """Return a store with empty tables, laid out over the one shard of a bridge with `ONE_SHARD`.

    Without ClickHouse Keeper nothing can be replicated and no statement be sent to a cluster, so
    those words are taken out of what makes the tables. How they divide is as it is shipped.
    """
    given = ClickHouseSettings(
        database=f"test_{uuid4().hex}", layout="sharded", cluster="one", **settings
    )
    # Made before, as an administrator would: making it on a cluster needs Keeper.
    alone = ClickHouseSettings(database=given.database, **settings)
    open_server(alone).close()
    store = open_server(given)
    migrate(OneMachine(store), layout_of(given))
    return store


class OneMachine:
    """A store whose statements are robbed of what needs ClickHouse Keeper."""

    def __init__(self, store: ClickHouseStore) -> None:
        self._store = store

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        self._store.insert(table, rows, token=token)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self._store.query(sql, parameters)

    def command(self, sql: str) -> None:
        self._store.command(without_keeper(sql))

    def close(self) -> None:
        self._store.close()


def without_keeper(sql: str) -> str:
    """Return a statement as one machine without ClickHouse Keeper can run it."""
    sql = re.sub(r" ON CLUSTER `[^`]*`", "", sql)
    sql = re.sub(r"Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?", r"\1(", sql)
    window = (
        r"(replicated_deduplication_window = \d+), replicated_deduplication_window_seconds = \d+"
    )
    return re.sub(window, r"non_\1", sql)


def drop_store(store: ClickHouseStore) -> None:
    """Remove everything that a test put into `store`."""
    store.command(f"DROP DATABASE `{store._database}` SYNC")
    store.close()
