"""How tables lie on servers: a pure rewriting of the statements that migrations ship.

    plain        one server; the statements as they are written
    replicated   every server of a cluster has a copy of every table
    sharded      every shard of a cluster has a part of every table, with copies of it; a table of
                 the plain name speaks for all of them, and `NAME_local` is the part of one

A table is divided by run, so that everything of a run is in one shard: rows that repeat each other
meet there, and `FINAL`, a join or a lookup by run gives there what it gives on one server. What
belongs to no run is divided by partition of the log, which is a part of its key.

`currentDatabase()` and the like are not evaluated where a statement arrives, so every name is
written out. Paths in ClickHouse Keeper name database and table as they are first called: a table
that is renamed keeps its path, and its old name must not be made again in that database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runtide.store.server_settings import DEFAULT_DATABASE

if TYPE_CHECKING:
    from runtide.store.server_settings import ClickHouseSettings, LayoutName

LEDGER: Final = "migrations"
"""The one table that lies on every server whole: it says what was done to all of them."""

_BY_PARTITION: Final = frozenset({"archive", "dead_letters", "ingest_progress"})
_WINDOW_S: Final = 7 * 86_400
"""How long a replicated table knows a token: longer than anybody should be away. One server's
tables know the last thousand, however old."""

_TABLE: Final = re.compile(
    r"CREATE TABLE IF NOT EXISTS (?P<name>\w+) (?P<columns>\(.*\))\s+"
    r"ENGINE = (?P<engine>\w*MergeTree)(?:\((?P<arguments>[^()]*)\))?\s+(?P<rest>ORDER BY .*)",
    re.DOTALL,
)
_VIEW: Final = re.compile(
    r"CREATE (?P<how>VIEW IF NOT EXISTS|OR REPLACE VIEW) (?P<name>\w+) (?P<rest>AS\s.*)", re.DOTALL
)
_ALTER: Final = re.compile(r"ALTER TABLE (?P<name>\w+) (?P<action>.*)", re.DOTALL)
_OF_COLUMNS: Final = re.compile(r"(?:ADD|DROP|MODIFY|RENAME) COLUMN\b")


@dataclass(frozen=True, slots=True)
class Layout:
    """One way for tables to lie. The cluster counts where the layout is not plain."""

    name: LayoutName = "plain"
    cluster: str = ""
    database: str = DEFAULT_DATABASE

    @property
    def is_plain(self) -> bool:
        """Whether there is one server."""
        return self.name == "plain"

    @property
    def everywhere(self) -> str:
        """The clause that sends a statement to every server, or nothing."""
        return "" if self.is_plain else f" ON CLUSTER `{self.cluster}`"

    def stored_name(self, table: str) -> str:
        """Return what the table is called that holds the rows of `table`."""
        is_divided = self.name == "sharded" and table != LEDGER
        return f"{table}_local" if is_divided else table

    def statements(self, statement: str) -> list[str]:
        """Return what does the work of a plain `statement` in this layout, in order.

        Each can be run again without harm where the statement can. A plain layout returns it
        untouched.

        Raises:
            ValueError: It is of no kind that layouts know.
        """
        if self.is_plain:
            return [statement]
        if match := _TABLE.fullmatch(statement):
            return self._tables(match)
        if match := _ALTER.fullmatch(statement):
            return self._alterations(match)
        if match := _VIEW.fullmatch(statement):
            how, name, rest = match["how"], match["name"], match["rest"]
            return [f"CREATE {how} {name}{self.everywhere} {rest}"]
        message = (
            f"statement {statement[:60]!r} has no form in layout `{self.name}`: write it as CREATE "
            f"TABLE IF NOT EXISTS … ENGINE = …MergeTree, ALTER TABLE or CREATE VIEW"
        )
        raise ValueError(message)

    def _tables(self, match: re.Match[str]) -> list[str]:
        name, columns = match["name"], match["columns"]
        stored = self.stored_name(name)
        path = ["/clickhouse/tables", "{shard}", self.database, name]
        replica = "{replica}"
        if name == LEDGER:
            path[1], replica = "all", "{shard}-{replica}"
        arguments = [f"'{'/'.join(path)}'", f"'{replica}'"]
        if match["arguments"]:
            arguments.append(match["arguments"])
        engine = f"Replicated{match['engine']}({', '.join(arguments)})"
        rest = _replicated_window(match["rest"])
        head = f"CREATE TABLE IF NOT EXISTS {stored}{self.everywhere}"
        found = [f"{head} {columns} ENGINE = {engine} {rest}"]
        if stored != name:
            key = "partition" if name in _BY_PARTITION else "cityHash64(run_id)"
            found.append(
                f"CREATE TABLE IF NOT EXISTS {name}{self.everywhere} AS {stored} "
                f"ENGINE = Distributed(`{self.cluster}`, `{self.database}`, `{stored}`, {key})"
            )
        return found

    def _alterations(self, match: re.Match[str]) -> list[str]:
        name, action = match["name"], match["action"]
        stored = self.stored_name(name)
        found = [f"ALTER TABLE {stored}{self.everywhere} {action}"]
        if stored != name and _OF_COLUMNS.match(action):
            found.append(f"ALTER TABLE {name}{self.everywhere} {action}")
        return found


PLAIN: Final = Layout()
"""One server, or the embedded engine."""


def layout_of(settings: ClickHouseSettings) -> Layout:
    """Return the layout that the settings ask for."""
    return Layout(settings.layout, settings.cluster or "", settings.database)


def _replicated_window(rest: str) -> str:
    """Return what follows the engine, with replicated tables' name for the window of tokens."""
    return re.sub(
        r"non_(replicated_deduplication_window = \d+)",
        rf"\1, replicated_deduplication_window_seconds = {_WINDOW_S}",
        rest,
    )
