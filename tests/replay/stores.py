"""A real store whose statements are counted, watched, or cut short as by a kill."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from runtide.store.port import MetricStore


class Killed(BaseException):
    """The process is gone: no handler may catch it."""


class WatchedStore:
    """A real store; `before` and `after` are called around each change, with what it is.

    A change is `INSERT table` or the text of a statement.
    """

    def __init__(
        self,
        store: MetricStore,
        *,
        before: Callable[[str], None] = lambda _: None,
        after: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._before = before
        self._after = after

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        self._before(f"INSERT {table}")
        self._store.insert(table, rows, token=token)
        self._after(f"INSERT {table}")

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self._store.query(sql, parameters)

    def command(self, sql: str) -> None:
        self._before(sql)
        self._store.command(sql)
        self._after(sql)

    def close(self) -> None:
        self._store.close()


class PausedStore(WatchedStore):
    """A store that waits before an insert into one table, once, until it is told to go on.

    Attributes:
        is_waiting: Set when it waits.
        is_writing: Set at the first insert of any table.
    """

    def __init__(self, store: MetricStore, table: str) -> None:
        super().__init__(store, before=self._wait)
        self._table = table
        self._insert_count = Counter[str]()
        self.is_waiting = threading.Event()
        self.is_writing = threading.Event()
        self.may_go_on = threading.Event()

    @property
    def is_stuck(self) -> bool:
        """Whether it waits, or tries one insert again and again."""
        return self.is_waiting.is_set() or max(self._insert_count.values(), default=0) > 1

    def _wait(self, change: str) -> None:
        self.is_writing.set()
        self._insert_count[change] += 1
        if change == f"INSERT {self._table}" and not self.is_waiting.is_set():
            self.is_waiting.set()
            assert self.may_go_on.wait(60)


def kill_after_statement(change: str) -> None:
    """Let any number of inserts pass and one statement, and then kill."""
    if not change.startswith("INSERT"):
        raise Killed
