"""The live tables and the rebuilt ones: what they say of themselves, and the statements of a swap.

hold       no worker can write the state of the fold: the batch at hand is tried again
exchange   the live table and the rebuilt one change places, at once
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processors import archive
from processors.arrow import TYPES_BY_TABLE
from processors.core.replay import (
    CHECKPOINT,
    STATE_TABLES,
    Holder,
    Phase,
    Sign,
    constraint,
    constraint_name,
    database_comment,
    database_of,
    holder_of,
    is_exchanged,
    made_comment,
    maker_of,
    old_comment,
    phase_of,
)
from runtide.errors import NotFound, ReplayConflict, StoreUnavailable
from runtide.store.run_rows import TOMBSTONES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore

FACT_TABLES: Final = tuple(t for t in TYPES_BY_TABLE if t not in {*STATE_TABLES, archive.TABLE})
"""Every table of the fold but its state: what can be made again, and is exchanged. The archive
stays: it is what tables are made of."""

_SIGNS: Final = (
    "SELECT name, comment, create_table_query FROM system.tables WHERE database = {db:String}"
)
_DATABASE: Final = "SELECT comment FROM system.databases WHERE name = {db:String}"


@dataclass(frozen=True, slots=True)
class Names:
    """What a replay is called, and what it works on.

    Attributes:
        name: The replay.
        database: The live tables.
        process: Who replays, as the next one would recognise it.
        layout: How the tables lie.
    """

    name: str
    database: str
    process: str
    layout: Layout

    @property
    def beside(self) -> str:
        """The database of the rebuilt tables, and of the old ones after the swap."""
        return database_of(self.database, self.name)

    def stored(self, database: str, table: str) -> str:
        """Return how a statement calls what holds the rows of a table."""
        return f"`{database}`.`{self.layout.stored_name(table)}`"


class SwapTables:
    """The statements. Each can be made again after an error, and after a crash.

    Args:
        live: The store whose tables are rebuilt; its engine has the database beside as well.
        names: What is called how.
    """

    def __init__(self, live: MetricStore, names: Names) -> None:
        self._live = live
        self._names = names

    def find_maker(self) -> str | None:
        """Return the version that has begun this replay, or None if nobody has.

        Raises:
            ReplayConflict: The database is there, and is no replay of these tables.
            StoreUnavailable: It is not known; retry.
        """
        names = self._names
        found = self._live.query(_DATABASE, {"db": names.beside}).to_pydict()["comment"]
        if not found:
            return None
        maker = maker_of(found[0], names.database)
        if maker is None:
            message = (
                f"database {names.beside!r} is there and was not made by a replay of "
                f"{names.database!r}: choose another name"
            )
            raise ReplayConflict(message)
        return maker

    def make_database(self, version: str) -> None:
        """Make the database beside, signed by this version."""
        comment = database_comment(version, self._names.database)
        self._live.command(
            f"CREATE DATABASE IF NOT EXISTS `{self._names.beside}`{self._everywhere} "
            f"COMMENT '{comment}'"
        )

    def sign_as_made(self) -> None:
        """Write on the rebuilt checkpoint's table which replay it is from."""
        self._alter(
            self._names.beside, CHECKPOINT, f"MODIFY COMMENT '{made_comment(self._names.name)}'"
        )

    def copy_tombstones(self) -> None:
        """Have the rebuilt tables know from the start of which runs nothing is to be folded."""
        names = self._names
        known = f"`{names.database}`.{TOMBSTONES}"
        self._live.command(f"INSERT INTO `{names.beside}`.{TOMBSTONES} SELECT * FROM {known}")  # noqa: S608  # our own names

    def refuse_used_name(self) -> None:
        """Refuse a name whose database the live tables once came from.

        Their paths in ClickHouse Keeper are named after it, where tables are replicated.

        Raises:
            ReplayConflict: The live tables were made by a replay of this name.
        """
        comment = self.live_signs()[CHECKPOINT].comment
        if comment == made_comment(self._names.name):
            message = (
                f"the live tables were made by a replay into {self._names.name!r}: choose another "
                f"name, such as the next number"
            )
            raise ReplayConflict(message)

    def phase(self) -> Phase:
        """Return how far the replay is.

        Raises:
            NotFound: A table of the fold is missing on one side.
        """
        return phase_of(self.live_signs(), self.beside_signs(), self._names.name)

    def live_signs(self) -> dict[str, Sign]:
        """Return what the live tables say of themselves."""
        return self._signs(self._names.database)

    def beside_signs(self) -> dict[str, Sign]:
        """Return what the tables of the database beside say of themselves."""
        return self._signs(self._names.beside)

    def is_exchanged(self, table: str) -> bool:
        """Return whether the rebuilt table is live."""
        return is_exchanged(table, self.beside_signs(), self._names.name)

    def hold(self, *, takes_over: bool) -> None:
        """Let nobody write the state of the fold in the live tables, until they are exchanged.

        Args:
            takes_over: Go on where another process has begun the swap.

        Raises:
            ReplayConflict: Another replay, or another process, has begun a swap.
        """
        holder = self.live_signs()[CHECKPOINT].holder
        if holder is not None:
            self._refuse_foreign(holder, takes_over=takes_over)
        # Not IF NOT EXISTS: of two processes that come at once, one is refused by the engine.
        for table in (CHECKPOINT, *STATE_TABLES[:-1]):
            if self.live_signs()[table].holder is None and not self.is_exchanged(table):
                mine = constraint(Holder(self._names.name, self._names.process))
                self._alter(self._names.database, table, f"ADD {mine}")

    def release(self) -> None:
        """Give up a swap of which nothing is exchanged."""
        name = constraint_name(self._names.name)
        for table in STATE_TABLES:
            if self.live_signs()[table].holder is not None:
                self._alter(self._names.database, table, f"DROP CONSTRAINT {name}")

    def sign_as_old(self) -> None:
        """Write on every live table that it is from before the swap; before the first exchange."""
        comment = old_comment(self._names.name)
        signs = self.live_signs()
        for table in (t for t in (*FACT_TABLES, *STATE_TABLES) if signs[t].comment != comment):
            self._alter(self._names.database, table, f"MODIFY COMMENT '{comment}'")

    def exchange(self, table: str) -> None:
        """Have the rebuilt table live, and the old one beside."""
        if self.is_exchanged(table):
            return
        names = self._names
        self._live.command(
            f"EXCHANGE TABLES {names.stored(names.database, table)} "
            f"AND {names.stored(names.beside, table)}{self._everywhere}"
        )
        if not self.is_exchanged(table):
            message = f"table `{table}` was exchanged and shows no sign of it: look at the server"
            raise StoreUnavailable(message)

    def drop(self) -> None:
        """Remove the database beside, with its tables."""
        self._live.command(
            f"DROP DATABASE IF EXISTS `{self._names.beside}`{self._everywhere} SYNC "
            f"SETTINGS max_table_size_to_drop = 0"
        )

    @property
    def _everywhere(self) -> str:
        return self._names.layout.everywhere

    def _refuse_foreign(self, holder: Holder, *, takes_over: bool) -> None:
        if holder.name != self._names.name:
            message = (
                f"the replay into {holder.name!r} is swapping its tables: finish it first, with "
                f"`runtide replay --into {holder.name}`"
            )
            raise ReplayConflict(message)
        if holder.process != self._names.process and not takes_over:
            message = (
                f"process {holder.process} has begun to swap these tables: wait until it has "
                f"ended; if it was killed, finish its work with `--force`"
            )
            raise ReplayConflict(message)

    def _alter(self, database: str, table: str, action: str) -> None:
        self._live.command(
            f"ALTER TABLE {self._names.stored(database, table)}{self._everywhere} {action}"
        )

    def _signs(self, database: str) -> dict[str, Sign]:
        rows = self._live.query(_SIGNS, {"db": database}).to_pylist()
        row_by_name = {row["name"]: row for row in rows}
        signs = {}
        for table in (*FACT_TABLES, *STATE_TABLES):
            row = row_by_name.get(self._names.layout.stored_name(table))
            if row is None:
                message = f"database {database!r} has no table `{table}`: run `runtide migrate`"
                raise NotFound(message)
            signs[table] = Sign(row["comment"], holder_of(row["create_table_query"]))
        return signs


def find_holder(store: MetricStore, database: str, layout: Layout) -> Holder | None:
    """Return who holds the tables of a database, if anybody does.

    Raises:
        StoreUnavailable: It is not known; retry.
    """
    state = {layout.stored_name(table) for table in STATE_TABLES}
    rows = store.query(_SIGNS, {"db": database}).to_pylist()
    found = [holder_of(row["create_table_query"]) for row in rows if row["name"] in state]
    return next((holder for holder in found if holder is not None), None)


class RebuiltTables:
    """A store of the rebuilt tables, wherever each of them is by now.

    The fold's state is read from the database beside, where its tables stay until nothing is
    folded any more.
    """

    def __init__(self, live: MetricStore, beside: MetricStore) -> None:
        self._live = live
        self._beside = beside
        self._in_live: set[str] = set()

    def follow(self, signs: Mapping[str, Sign], name: str) -> None:
        """Take notice of the exchanges that the database beside shows."""
        self._in_live = {table for table in FACT_TABLES if is_exchanged(table, signs, name)}

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Write to where the rebuilt table is."""
        store = self._live if table in self._in_live else self._beside
        store.insert(table, rows, token=token)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Ask the database beside."""
        return self._beside.query(sql, parameters)

    def command(self, sql: str) -> None:
        """Run a statement in the database beside."""
        self._beside.command(sql)

    def close(self) -> None:
        """Leave both stores to who opened them."""
