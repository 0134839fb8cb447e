"""The read model as every part sees it: tables of ClickHouse's dialect, whatever runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


class MetricStore(Protocol):
    """ClickHouse tables of one database.

    What every implementation promises, and `tests/contracts/test_metric_store.py` checks:

    1.  When `insert` returns, the rows are seen by every later `query` and survive a crash.
    2.  Two inserts into one table with one token are one insert, also across restarts.
    3.  `query` binds parameters on the engine's side; none is pasted into the statement.
    4.  Any number of threads may call at once.

    Names of tables stand bare in a statement and mean those of this store's database.
    """

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Append `rows` to `table`, once for each `token`.

        Raises:
            StoreUnavailable: Nothing is known about the outcome; retry with the same token.
        """
        ...

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the result of one SELECT; `{name:Type}` in it stands for a parameter.

        Raises:
            StoreUnavailable: The engine did not answer, or refused the statement.
        """
        ...

    def command(self, sql: str) -> None:
        """Run one statement that returns nothing.

        Raises:
            StoreUnavailable: Nothing is known about the outcome.
        """
        ...

    def close(self) -> None:
        """Release the engine. Closing twice is harmless."""
        ...
