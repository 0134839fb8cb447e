"""Stores for tests, each in a database of its own: chDB opens one folder a process.

`RUNTIDE_TEST_CLICKHOUSE` names a server to test against: `http://user:password@host:8123`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from runtide.store.engine import ClickHouseStore, open_chdb
from runtide.store.migrate import migrate
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings

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


def drop_store(store: ClickHouseStore) -> None:
    """Remove everything that a test put into `store`."""
    store.command(f"DROP DATABASE `{store._database}` SYNC")
    store.close()
