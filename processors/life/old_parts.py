"""Old parts of tables: what a statement has rewritten stays on the disk for some minutes.

A run that is erased must be in no file, so the engine is told to keep old parts of the tables no
longer, until those that were there are gone. It looks about twice a minute.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from runtide.errors import StoreUnavailable
from runtide.store.run_rows import hurried_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore

PATIENCE_S: Final = 300.0
"""How long old parts are waited for; a query that reads one keeps it."""

_LOOK_S: Final = 0.2
_OLD: Final = (
    "SELECT count() AS n FROM system.parts WHERE NOT active AND database = currentDatabase() "
    "AND table IN {tables:Array(String)} AND remove_time <= fromUnixTimestamp({before_s:UInt32})"
)


class OldParts:
    """The old parts of some tables.

    Args:
        store: The tables.
        layout: How they lie. On several servers only this one is waited for.
    """

    def __init__(self, store: MetricStore, layout: Layout) -> None:
        self._store = store
        self._layout = layout

    def hurry(self, tables: Sequence[str]) -> None:
        """Have the engine remove old parts as soon as it looks.

        Raises:
            StoreUnavailable: Nothing is known about the outcome; hurry again.
        """
        for table in tables:
            self._alter(table, "MODIFY SETTING old_parts_lifetime = 0")

    def wait(self, tables: Sequence[str], *, pause: Callable[[float], object] = time.sleep) -> None:
        """Return when parts are gone that were old before this call.

        Raises:
            StoreUnavailable: Some are left after long.
        """
        # The engine writes down whole seconds.
        before_s = time.time_ns() // 1_000_000_000 + 1
        parameters = {"tables": [self._layout.stored_name(t) for t in tables], "before_s": before_s}
        deadline_s = time.monotonic() + PATIENCE_S
        while count := self._store.query(_OLD, parameters).column("n")[0].as_py():
            if time.monotonic() > deadline_s:
                message = (
                    f"{count} old parts of tables are on the disk after {PATIENCE_S:.0f} s: they go "
                    f"once no query reads them"
                )
                raise StoreUnavailable(message)
            pause(_LOOK_S)

    def calm(self) -> None:
        """Have the engine keep old parts as before, also where that was left by a crash.

        Raises:
            StoreUnavailable: Nothing is known about the outcome; do it again.
        """
        for table in hurried_tables(self._store):
            self._alter(table.removesuffix("_local"), "RESET SETTING old_parts_lifetime")

    def _alter(self, table: str, action: str) -> None:
        for statement in self._layout.statements(f"ALTER TABLE {table} {action}"):
            self._store.command(statement)
