"""How long points and log lines are kept: ClickHouse removes a row when its time is over.

What goes is what grows without end: points, lists, tables and log lines. What stays is small and
says what there was: runs, the summary of each metric, rollups, files, images and charts, marks and
checkpoints, and the archive, whose purpose is to stay. A run whose points are gone keeps its place
in every list, with first, last, lowest and highest values.

A row's time is that of its event, by the script's clock. What is older than the limit when it
arrives, such as a run that is imported, goes at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from runtide.store.layouts import PLAIN

if TYPE_CHECKING:
    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore

RETAINED_TABLES: Final = ("logs", "scalars", "strings", "tables", "vectors")
"""The tables whose rows go."""

_ENGINES: Final = """
SELECT name, engine_full FROM system.tables
WHERE database = currentDatabase() AND name IN {names:Array(String)}
"""
_LIFETIME: Final = re.compile(r" TTL (.*?)(?: SETTINGS |$)")


def apply_retention(
    store: MetricStore, days: int | None, layout: Layout = PLAIN
) -> dict[str, int | None]:
    """Make rows go after `days`, or never for None, and return the new days of changed tables.

    Where it is so already, nothing is done: a change rewrites what is stored, in the background.

    Raises:
        StoreUnavailable: The engine did not answer; apply it again.
    """
    # Not by way of the conversion to DateTime: that ends in the year 2106, and rows after it would
    # go as if they were from 1970.
    wanted = "" if days is None else f"ts + toIntervalDay({days})"
    names = {layout.stored_name(table): table for table in RETAINED_TABLES}
    found = store.query(_ENGINES, {"names": list(names)}).to_pylist()
    changed = {}
    for row in sorted(found, key=lambda row: str(row["name"])):
        lifetime = _LIFETIME.search(row["engine_full"])
        if (lifetime[1] if lifetime else "") == wanted:
            continue
        action = f"MODIFY TTL {wanted}" if wanted else "REMOVE TTL"
        for statement in layout.statements(f"ALTER TABLE {names[row['name']]} {action}"):
            store.command(statement)
        changed[names[row["name"]]] = days
    return changed
