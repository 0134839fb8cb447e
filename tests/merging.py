"""Tables that merge rows by key as the read model's engines do, in plain Python.

The keys and engines are read from the shipped migrations, so that this cannot drift from them.
"""

from __future__ import annotations

import math
import re
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from processors.arrow import arrow_table
from processors.core.dedup import Mark
from processors.core.fold import RunState, State
from processors.core.lifecycle import Run
from runtide.store.migrate import shipped_migrations

if TYPE_CHECKING:
    from collections.abc import Callable

    from processors.core.fold import Effects
    from processors.core.rows import TableRows


class TableShape(NamedTuple):
    """What a CREATE TABLE says about merging."""

    key: tuple[str, ...]
    version: str | None
    aggregate_by_column: dict[str, str]


def _shapes() -> dict[str, TableShape]:
    statements = [s for m in shipped_migrations() for s in m.statements]
    shapes = {}
    for statement in statements:
        table = re.match(r"CREATE TABLE IF NOT EXISTS (\w+)", statement)
        engine = re.search(
            r"ENGINE = (?:Replacing|Aggregating)MergeTree(?:\((\w+)\))?\s+ORDER BY \(?([\w, ]+)",
            statement,
        )
        if table is None:
            continue
        assert engine is not None, statement
        shapes[table[1]] = TableShape(
            key=tuple(engine[2].split(", ")),
            version=engine[1],
            aggregate_by_column=dict(
                re.findall(r"(\w+)\s+SimpleAggregateFunction\((\w+),", statement)
            ),
        )
    return shapes


SHAPES: Final = _shapes()

_MERGE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "min": min,
    "max": max,
    "groupBitOr": lambda a, b: a | b,
}


class MergedTables:
    """The read model as it looks once everything is merged."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {t: {} for t in SHAPES}

    def write(self, effects: Effects, *, inserts_max: int | None = None) -> None:
        """Insert as `processors.sink.write` does; a crash stops after `inserts_max`."""
        for table, rows in list(effects.inserts())[:inserts_max]:
            self._insert(table, rows)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of one table in order of their keys."""
        return [row for _, row in sorted(self._tables[table].items(), key=lambda item: item[0])]

    def contents(self) -> dict[str, list[str]]:
        """Return every row of every table in a form that equals itself: NaN and -0.0 are told."""
        return {table: [canonical(row) for row in self.rows(table)] for table in self._tables}

    def recovered_state(self) -> State:
        """Return the state with which a driver resumes."""
        progress = self.rows("ingest_progress")
        marks: dict[str, dict[str, Mark]] = {}
        for row in self.rows("ingest_writers"):
            missing = tuple((span["first"], span["last"]) for span in row["missing"])
            mark = Mark(row["seq"], row["gap_count"], missing)
            marks.setdefault(row["run_id"], {})[row["writer"]] = mark
        runs = {
            row["run_id"]: Run(
                **row | {"tags": dict(row["tags"]), "properties": dict(row["properties"])}
            )
            for row in self.rows("runs")
        }
        erased = {row["run_id"]: row["is_erased"] for row in self.rows("purged_runs")}
        return State(
            0,
            progress[0]["next_offset"] if progress else 0,
            run_state_by_id={
                key: RunState(
                    runs.get(key, Run(run_id=key)),
                    marks.get(key, {}),
                    is_purged=key in erased,
                    is_erased=erased.get(key, False),
                )
                for key in runs.keys() | marks.keys() | erased.keys()
            },
        )

    def _insert(self, table: str, rows: TableRows) -> None:
        shape, stored = SHAPES[table], self._tables[table]
        for row in arrow_table(table, rows).to_pylist():
            key = tuple(row[name] for name in shape.key)
            old = stored.get(key)
            if old is None:
                stored[key] = row
            elif shape.aggregate_by_column:
                stored[key] = row | {
                    column: _merged(aggregate, old[column], row[column])
                    for column, aggregate in shape.aggregate_by_column.items()
                }
            elif shape.version is None or row[shape.version] >= old[shape.version]:
                stored[key] = row


def _merged(aggregate: str, old: Any, new: Any) -> Any:
    if not isinstance(old, dict):
        return _MERGE[aggregate](old, new)
    # The engine keeps the value it has unless the new one is strictly beyond it.
    chosen = _MERGE[aggregate](tuple(old.values()), tuple(new.values()))
    return dict(zip(old, chosen, strict=True))


def canonical(value: Any) -> str:
    """Return a text that equal values share, and only they: NaN equals itself, 0.0 not -0.0."""
    match value:
        case float():
            return "nan" if math.isnan(value) else struct.pack(">d", value).hex()
        case dict():
            return f"{{{', '.join(f'{k}: {canonical(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{', '.join(map(canonical, value))}]"
        case _:
            return repr(value)
