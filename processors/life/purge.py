"""Removing what there is of purged runs: files, rows, and where they are erased, records.

    tombstone   the fold knows a run as purged, and is beyond the record that says so
    files       those that no other run and no model has
    rows        of every table; those of `runs` last, so that whatever was cut short is seen
    records     of a run that is erased, in the log and in the archive: their bytes, not their places

Everything can be done again without harm, and is, until there is nothing left.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from processors.life.blobs import remove_blobs
from processors.life.old_parts import OldParts
from runtide.core.names import run_id as checked_run_id
from runtide.store.layouts import PLAIN
from runtide.store.run_rows import count_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from runtide.artifacts.port import ArtifactStore
    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore

RUNS_AT_ONCE_MAX: Final = 200
"""Runs that one statement removes: each rewrites the parts of a table that have rows of them."""

_PENDING: Final = """
SELECT p.run_id AS run_id, p.partition AS partition, p.pos AS pos, p.is_erased AS is_erased
FROM purged_runs AS p FINAL INNER JOIN (
    SELECT partition, max(next_offset) AS next_offset FROM ingest_progress GROUP BY partition
) AS g ON g.partition = p.partition
WHERE p.pos < g.next_offset AND p.run_id IN (SELECT run_id FROM runs)
ORDER BY p.run_id LIMIT {limit:UInt32}
"""

_logger = logging.getLogger(__name__)


class Purged(NamedTuple):
    """A run that was purged, by the record at `pos` of `partition`."""

    run_id: str
    partition: int
    pos: int
    is_erased: bool


class RecordEraser(Protocol):
    """A log that can give up the bytes of its records."""

    def erase(self, run: str, *, kept: int) -> int:
        """Remove the bytes of every record of `run` but the one at `kept`; return how many."""
        ...


class Purger:
    """Removes what there is of purged runs, in as much memory as one block of rows takes.

    Args:
        store: The tables.
        artifacts: The files, or None where this process does not reach them.
        layout: How the tables lie.
        log: The log, where it can give up bytes.
        remove_work: Removes what else there is of a run: work folders and what is spooled.
    """

    def __init__(
        self,
        store: MetricStore,
        artifacts: ArtifactStore | None,
        *,
        layout: Layout = PLAIN,
        log: RecordEraser | None = None,
        remove_work: Callable[[str], None] = lambda _run: None,
    ) -> None:
        self._store = store
        self._artifacts = artifacts
        self._layout = layout
        self._log = log
        self._remove_work = remove_work
        self._old_parts = OldParts(store, layout)
        self._is_calm = False

    def purge_pending(self, partitions: Collection[int] | None = None) -> list[str]:
        """Remove what is left of purged runs, and return their ids.

        Args:
            partitions: Those whose runs are removed; None is all.

        Raises:
            UnavailableError: Something is left; the next call goes on.
        """
        done = []
        if not self._is_calm:
            # Whoever erased before may have been killed meanwhile.
            self._old_parts.calm()
            self._is_calm = True
        while batch := self._pending(partitions):
            self._purge(batch)
            done += [one.run_id for one in batch]
            _logger.info("purged %d runs: %s", len(batch), ", ".join(done[:5]))
        return done

    def _pending(self, partitions: Collection[int] | None) -> list[Purged]:
        rows = self._store.query(_PENDING, {"limit": RUNS_AT_ONCE_MAX}).to_pylist()
        found = [Purged(**row) for row in rows]
        return [one for one in found if partitions is None or one.partition in partitions]

    def _purge(self, batch: Sequence[Purged]) -> None:
        ids = [checked_run_id(one.run_id) for one in batch]
        if self._artifacts is not None:
            remove_blobs(self._store, self._artifacts, ids)
        for run_id in ids:
            self._remove_work(run_id)
        erased = [one for one in batch if one.is_erased]
        for one in erased:
            if self._log is not None:
                self._log.erase(one.run_id, kept=one.pos)
        counts = count_rows(self._store, ids)
        if erased:
            self._is_calm = False
            self._old_parts.hurry(list(counts))
        # What repeats a purge after a crash reads `runs`, which is therefore the last.
        for table, count in counts.items():
            if count and table == "archive":
                self._blank_archive(batch)
            elif count:
                self._run(f"ALTER TABLE {table} DELETE WHERE run_id IN ({_quoted(ids)})")
        if erased:
            self._old_parts.wait(list(counts))
            self._old_parts.calm()
            self._is_calm = True

    def _blank_archive(self, batch: Sequence[Purged]) -> None:
        kept = ", ".join(f"({one.partition}, {one.pos})" for one in batch)
        self._run(
            f"ALTER TABLE archive UPDATE value = '' WHERE "
            f"run_id IN ({_quoted(one.run_id for one in batch)}) "
            f"AND (partition, pos) NOT IN ({kept}) AND value != ''"
        )

    def _run(self, statement: str) -> None:
        # Mutations and not marks of deletion: measured on 6.5 million rows they take no longer,
        # and they take the bytes with them.
        for one in self._layout.statements(f"{statement} SETTINGS mutations_sync = 2"):
            self._store.command(one)


def _quoted(ids: Iterable[str]) -> str:
    # A statement that alters takes no parameters; a checked id has letters, digits, `-_.` alone.
    return ", ".join(f"'{run_id}'" for run_id in ids)
