"""A real store whose inserts fail as a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from runtide.store.port import MetricStore


class FaultyStore:
    """A real store whose inserts fail as a script says: None passes, an exception is raised."""

    def __init__(self, store: MetricStore, faults: list[Exception | None]) -> None:
        self.store = store
        self.faults = faults
        self.tables: list[str] = []

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        self.tables.append(table)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.store.insert(table, rows, token=token)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self.store.query(sql, parameters)

    def command(self, sql: str) -> None:
        self.store.command(sql)

    def close(self) -> None:
        self.store.close()
