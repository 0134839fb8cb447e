"""One replay from its beginning to its end, whoever is killed in between.

    begin      a database of its own, with the tables of this version
    fold       the whole history into it, resuming from its own checkpoints
    compare    with the live tables
    swap       hold the live state, catch up, exchange the facts, catch up again, exchange the state
    drop       the database, with the tables that were live before

While the live state is held, the workers go on with the batch that they have, again and again, and
no checkpoint can be written. So the log's end, once it is held, is beyond whatever a worker may
have written where it no longer counts, and the rebuilt tables have all of that before the
checkpoint becomes theirs. `docs/adr/0009-replay-beside-and-swap.md` has the argument.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from processors.core.replay import STATE_TABLES, Phase
from processors.replay.comparison import TableComparison
from processors.replay.rebuild import Patience, Rebuild
from processors.replay.tables import FACT_TABLES, RebuiltTables, SwapTables
from runtide.errors import NotFound, ReplayConflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from processors.core.replay import Comparison
    from processors.replay.history import History
    from processors.replay.rebuild import Folded
    from processors.replay.tables import Names
    from runtide.store.port import MetricStore

_DAY_US: Final = 86_400_000_000
_COMPARED_WITHIN_DAYS: Final = 1
"""Rows whose time is over within so many days are not compared: it must not be over meanwhile."""


class Replay:
    """A replay of one name. Whatever was done before, by this process or another, is gone on with.

    Args:
        history: Everything that was ever logged.
        live: The tables that are rebuilt, in the shape of this version.
        open_beside: Opens a database of the same engine by its name, and brings its tables to
            this version. The store is closed by `close`.
        names: What is called how.
        is_alone: Whether nobody else writes the live tables while this replay lives.
        takes_over: Whether a swap that another process has begun is gone on with.
        retention_days: Days after which the tables remove points and log lines, if they do.
        on_folded: Told after each batch how far the rebuild is.
        patience: Makes the calls that may find the log or the store away.
    """

    def __init__(
        self,
        history: History,
        live: MetricStore,
        *,
        open_beside: Callable[[str], MetricStore],
        names: Names,
        is_alone: bool = False,
        takes_over: bool = False,
        retention_days: int | None = None,
        on_folded: Callable[[Folded], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        self._history = history
        self._live = live
        self._open_beside = open_beside
        self._names = names
        self._is_alone = is_alone
        self._takes_over = takes_over or is_alone
        self._retention_days = retention_days
        self._on_folded = on_folded
        self._retried = patience or Patience()
        self._tables = SwapTables(live, names)
        self._beside: MetricStore | None = None
        self._rebuilt: RebuiltTables | None = None
        self._rebuild: Rebuild | None = None

    def begin(self, version: str) -> Phase:
        """Make the database beside if it is not there, and return how far the replay is.

        Raises:
            ReplayConflict: The name is taken, or the replay is over.
            NotFound: The live database lacks tables.
            UnavailableError: The store is away; nothing is known.
        """
        maker = self._retried(self._tables.find_maker)
        if maker is None:
            self._retried(self._tables.refuse_used_name)
            self._retried(partial(self._tables.make_database, version))
        self._beside = self._retried(partial(self._open_beside, self._names.beside))
        self._rebuilt = RebuiltTables(self._live, self._beside)
        phase = self._retried(self._tables.phase)
        if phase is Phase.SWAPPED:
            message = (
                f"the replay into {self._names.name!r} is over, and its database has the tables "
                f"from before: remove them with `runtide replay --drop {self._names.name}`, and "
                f"choose another name for the next"
            )
            raise ReplayConflict(message)
        if phase is Phase.FOLDING:
            if maker not in {None, version}:
                message = (
                    f"the replay into {self._names.name!r} was begun by Runtide {maker}, this is "
                    f"{version}: rows of two folds would mix; `runtide replay --drop "
                    f"{self._names.name}` and begin anew"
                )
                raise ReplayConflict(message)
            self._retried(self._tables.sign_as_made)
            self._retried(self._tables.copy_tombstones)
        return phase

    def fold(self) -> None:
        """Fold the history until the rebuilt tables are close to the log's end.

        Raises:
            UnavailableError: The log or the store is away for long; go on later.
            CorruptionError: Records are missing, or too many in a row cannot be read.
        """
        self._rebuild_now().catch_up()
        self._rebuild_now().reach_end()

    def compare(self, on_runs: Callable[[int], None] = lambda _: None) -> Comparison:
        """Compare the rebuilt tables with the live ones.

        Raises:
            UnavailableError: The log or the store is away for long; compare again.
        """
        assert self._beside is not None, "begin comes first"
        comparison = TableComparison(
            self._live,
            self._beside,
            database=self._names.database,
            history=self._history,
            is_alone=self._is_alone,
            retried=self._retried,
            kept_since_us=self._kept_since_us(),
        )
        return comparison.compare(on_runs)

    def swap(self) -> None:
        """Put the rebuilt tables in the place of the live ones.

        Whoever reads sees for each table the old one or the new one, and never less than the
        live checkpoint says. Whoever folds is held up, for as long as it takes to fold what has
        been logged since the last catch-up.

        Raises:
            ReplayConflict: Another replay, or another process, has begun a swap.
            UnavailableError: The log or the store is away for long; go on later.
            CorruptionError: As `fold`.
        """
        phase = self._retried(self._tables.phase)
        # Once the first table of the state is live there is nothing left to fold, and what a
        # fold would resume from is no longer all in one place.
        if phase is not Phase.RELEASING:
            self._rebuild_now().catch_up()
        self._retried(partial(self._tables.hold, takes_over=self._takes_over))
        if phase is not Phase.RELEASING:
            self._exchange_facts(phase)
        for table in STATE_TABLES:
            self._exchange(table)

    def drop(self) -> None:
        """Remove the database beside, and give up what was begun.

        Raises:
            NotFound: There is no such replay.
            ReplayConflict: Its database is something else, or it has half swapped its tables.
            UnavailableError: The store is away; nothing is known.
        """
        if self._retried(self._tables.find_maker) is None:
            message = (
                f"there is no replay into {self._names.name!r}: `runtide replay --into "
                f"{self._names.name}` begins one"
            )
            raise NotFound(message)
        # One that was killed before its tables were made has no phase yet.
        with suppress(NotFound):
            phase = self._retried(self._tables.phase)
            if phase in {Phase.EXCHANGING, Phase.RELEASING}:
                message = (
                    f"the replay into {self._names.name!r} has swapped some of its tables: finish "
                    f"it first, with `runtide replay --into {self._names.name}`"
                )
                raise ReplayConflict(message)
            if phase is Phase.HELD:
                self._retried(self._tables.release)
        self._retried(self._tables.drop)

    def close(self) -> None:
        """Close what `begin` has opened. Closing twice is harmless."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    def _kept_since_us(self) -> int | None:
        """Return from when on both sides have every row, for as long as a comparison takes."""
        if self._retention_days is None:
            return None
        days = max(self._retention_days - _COMPARED_WITHIN_DAYS, 0)
        return time.time_ns() // 1_000 - days * _DAY_US

    def _exchange_facts(self, phase: Phase) -> None:
        # What a worker had written before it was held is below this end. From here on the
        # rebuilt tables have more than the live checkpoint promises.
        self._rebuild_now().reach_end()
        if phase is not Phase.EXCHANGING:
            self._retried(self._tables.sign_as_old)
        for table in FACT_TABLES:
            self._exchange(table)
        # What a worker has written to the old facts, in a batch that it may now finish in the
        # new ones, is below this end.
        self._rebuild_now().reach_end()

    def _exchange(self, table: str) -> None:
        self._retried(partial(self._tables.exchange, table))
        self._follow()

    def _follow(self) -> None:
        assert self._rebuilt is not None, "begin comes first"
        self._rebuilt.follow(self._retried(self._tables.beside_signs), self._names.name)

    def _rebuild_now(self) -> Rebuild:
        assert self._rebuilt is not None, "begin comes first"
        if self._rebuild is None:
            self._follow()
            self._rebuild = Rebuild(
                self._history, self._rebuilt, retried=self._retried, on_folded=self._on_folded
            )
        return self._rebuild
