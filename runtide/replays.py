"""What a replay works on, and a data folder's; `runtide.cluster.replay` has a cluster's."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from processors.core.replay import process_name
from processors.replay.history import History
from processors.replay.replay import Replay
from processors.replay.tables import Names, find_holder
from runtide.address import folder_lock
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import open_chdb
from runtide.store.layouts import PLAIN
from runtide.store.migrate import migrate
from runtide.store.server_settings import DEFAULT_DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from processors.replay.rebuild import Folded
    from runtide.log.port import EventLog
    from runtide.store.engine import ClickHouseStore
    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tables:
    """A log, and the tables that are folded from it.

    Attributes:
        history: Everything that was ever logged.
        live: The tables.
        open_beside: Opens another database of the same engine, with tables of this version.
        database: The database of the live tables.
        layout: How they lie.
        retention_days: Days after which points and log lines are removed, if they are.
        is_alone: Whether nobody else writes the tables.
    """

    history: History
    live: MetricStore
    open_beside: Callable[[str], MetricStore]
    database: str
    layout: Layout
    retention_days: int | None = None
    is_alone: bool = False

    def replay(
        self,
        name: str,
        *,
        takes_over: bool = False,
        on_folded: Callable[[Folded], None] = lambda _: None,
    ) -> Replay:
        """Return a replay of the tables; see `Replay` for the arguments."""
        names = Names(
            name=name,
            database=self.database,
            process=process_name(socket.gethostname(), os.getpid()),
            layout=self.layout,
        )
        return Replay(
            self.history,
            self.live,
            open_beside=self.open_beside,
            names=names,
            is_alone=self.is_alone,
            takes_over=takes_over,
            retention_days=self.retention_days,
            on_folded=on_folded,
        )


def served_tables(home: Path, log: EventLog, store: ClickHouseStore) -> Tables:
    """Return the tables of a folder whose server this process is."""
    return Tables(
        history=History(log),
        live=store,
        open_beside=lambda database: _opened_chdb(home, database),
        database=DEFAULT_DATABASE,
        layout=PLAIN,
    )


@contextmanager
def folder_tables(home: Path) -> Iterator[Tables]:
    """Open the tables of a folder that no server has, and keep servers away meanwhile.

    Raises:
        FolderInUse: A server has the folder.
        UnavailableError: The log, or the engine of the read model, does not open.
        CorruptionError: The folder was written by another version, or is damaged.
    """
    with ExitStack() as stack:
        stack.enter_context(folder_lock(home))
        log = SqliteLog(home)
        stack.callback(log.close)
        store = _opened_chdb(home, DEFAULT_DATABASE)
        stack.callback(store.close)
        yield replace(served_tables(home, log, store), is_alone=True)


def finish_swap(tables: Tables) -> None:
    """Go on with a swap during which a process was killed: nothing can be folded until then.

    Raises:
        UnavailableError: The log or the store is away.
        CorruptionError: Records are missing from the log.
    """
    holder = find_holder(tables.live, tables.database, tables.layout)
    if holder is None:
        return
    _log.warning("the replay into %r was killed as it swapped its tables: going on", holder.name)
    replay = tables.replay(holder.name, takes_over=True)
    try:
        replay.begin(version("runtide"))
        replay.swap()
    finally:
        replay.close()


def _opened_chdb(home: Path, database: str) -> ClickHouseStore:
    store = open_chdb(home, database=database)
    migrate(store)
    return store
