"""The embedded engine for tests: chDB opens one folder a process, so every test has a database."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from itertools import count
from pathlib import Path

from runtide.store.engine import ClickHouseStore, open_chdb
from runtide.store.migrate import migrate

_numbers = count(1)
_folders: list[Path] = []


def empty_store() -> ClickHouseStore:
    """Return a store with empty tables, in a database of its own of this process's engine."""
    if not _folders:
        folder = Path(tempfile.mkdtemp(prefix="runtide-tests-"))
        _folders.append(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = open_chdb(_folders[0], database=f"test_{next(_numbers)}")
    migrate(store)
    return store


def drop_store(store: ClickHouseStore) -> None:
    """Remove everything that a test put into `store`."""
    store.command(f"DROP DATABASE `{store._database}` SYNC")
    store.close()
