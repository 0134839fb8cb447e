"""One partition's fold between a log and the store, whatever drives it. Blocking, one thread."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from processors.core.fold import State, step
from processors.sink import read_run_states, write
from runtide.errors import CorruptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from processors.core.fold import Effects
    from processors.core.rows import TableRows
    from runtide.log.port import Record
    from runtide.store.port import MetricStore

RUNS_IN_MEMORY_MAX: Final = 10_000
"""Runs whose state is kept; beyond, all are forgotten and read from the store when touched."""

DEAD_LETTERS_IN_A_ROW_MAX: Final = 1_000
"""Unreadable records in a row after which the fold stops: that is a wrong log, not poison."""

_T = TypeVar("_T")


class Retried(Protocol):
    """How a driver makes a call that may find a dependency away: again, until it answers."""

    def __call__(self, call: Callable[[], _T], /) -> _T:
        """Return what `call` returns once it does not raise `UnavailableError`."""
        ...


def kept_in_the_store_alone(_rows: TableRows) -> None:
    """Do nothing with dead letters beyond the row that each gets in the store."""


def kept_in_the_log_alone(_records: Sequence[Record]) -> None:
    """Do nothing with records beyond folding them."""


class PartitionFold:
    """Folds the records of one partition into the store.

    Args:
        store: Where the rows go.
        partition: The partition.
        next_offset: The first record that is not folded yet.
        retried: Makes the calls that write or read the store.
        on_dead_letters: Called with the rows of `dead_letters` before they are written, again
            when a batch is repeated.
        on_records: Called with the records before anything of them is written, again when a
            batch is repeated. It may raise `UnavailableError`, and is called until it does not.
    """

    def __init__(
        self,
        store: MetricStore,
        partition: int,
        *,
        next_offset: int,
        retried: Retried,
        on_dead_letters: Callable[[TableRows], None] = kept_in_the_store_alone,
        on_records: Callable[[Sequence[Record]], None] = kept_in_the_log_alone,
    ) -> None:
        self._store = store
        self._state = State(partition, next_offset)
        self._retried = retried
        self._on_dead_letters = on_dead_letters
        self._on_records = on_records

    @property
    def next_offset(self) -> int:
        """The offset below which every record of the partition can be queried."""
        return self._state.next_offset

    def fold(self, records: Sequence[Record]) -> Effects:
        """Fold consecutive records and return what was written.

        Those below `next_offset` change nothing. So many values may come that `next_offset` is
        short of the last record afterwards: the rest is for a further call.

        Raises:
            CorruptionError: Records are missing, or too many in a row cannot be read; nothing
                was written.
        """
        before = self._known(records)
        after, effects = step(before, records)
        if after.dead_in_a_row > DEAD_LETTERS_IN_A_ROW_MAX:
            message = (
                f"{after.dead_in_a_row:,} records in a row cannot be read, up to offset "
                f"{after.next_offset} of partition {after.partition}: the log was not written by "
                f"Runtide or by a newer version; nothing of the last batch was folded"
            )
            raise CorruptionError(message)
        self._retried(partial(self._on_records, records))
        if dead := effects.tables.get("dead_letters"):
            self._retried(partial(self._on_dead_letters, dead))
        self._retried(partial(write, self._store, effects))
        self._state = after
        return effects

    def _known(self, records: Sequence[Record]) -> State:
        """Return the state with every run of `records` that the store has."""
        touched = {record.run for record in records}
        unknown = touched - self._state.run_state_by_id.keys()
        state_by_id = self._state.run_state_by_id
        if len(state_by_id) > RUNS_IN_MEMORY_MAX:
            unknown, state_by_id = touched, {}
        if not unknown:
            return self._state
        known = self._retried(partial(read_run_states, self._store, unknown))
        return replace(self._state, run_state_by_id={**state_by_id, **known})
