"""The rebuilt tables against the live ones: by run and table, in the engines, a part at a time.

Each side says how many rows it has of a run, and the sum of their hashes, which does not depend on
their order. A run is compared when nothing moves: both sides have folded every record of it, and,
where others write the live tables meanwhile, it has ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from processors.core.replay import Comparison, Digest, verdict_on
from processors.replay.tables import FACT_TABLES
from processors.sink import read_next_offset
from runtide.core.events import TERMINAL
from runtide.store.retention import RETAINED_TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from processors.core.replay import Verdict
    from processors.drivers.partition import Retried
    from processors.replay.history import History
    from runtide.store.port import MetricStore

RUNS_PER_PART: Final = 1_000
"""Runs that one question is about; the answer has a row for each."""

_PARTITIONED: Final = "dead_letters"
"""The table whose rows belong to a partition and not to a run."""

_COMPARED: Final = tuple(t for t in (*FACT_TABLES, "runs", "ingest_writers") if t != _PARTITIONED)
_SETTLE_S: Final = 10.0
"""How long the live fold is waited for before a part that differs is compared again."""

_LOOK_S: Final = 0.1

_COLUMNS: Final = (
    "SELECT table, name, type FROM system.columns WHERE database = {db:String} "
    "ORDER BY table, position"
)
_WITHIN: Final = "run_id > {after:String} AND run_id <= {last:String}"
_BEYOND: Final = "run_id > {after:String}"
_KEPT: Final = "ts >= fromUnixTimestamp64Micro({kept_since_us:Int64}, 'UTC')"
_IDS: Final = (
    "SELECT toString(run_id) AS run FROM runs WHERE run_id > {after:String} "
    "GROUP BY run ORDER BY run LIMIT {count:UInt32}"
)


class _Part(NamedTuple):
    """Runs whose ids lie beyond `after`, up to `last` where there are more."""

    after: str
    last: str | None

    @property
    def condition(self) -> str:
        return _BEYOND if self.last is None else _WITHIN

    @property
    def parameters(self) -> dict[str, object]:
        return {"after": self.after, "last": self.last or ""}


class TableComparison:
    """Compares the tables of two stores that are folded from one log.

    Args:
        live: One side.
        beside: The other; nobody writes it meanwhile.
        database: Where the tables of `live` are, whose columns both have.
        history: What both are folded from.
        is_alone: Whether nobody writes `live` either.
        kept_since_us: Points and log lines that are older are not compared: their time is over
            soon, and each side removes them when it gets to it.
        retried: Makes the calls that ask the stores.
    """

    def __init__(
        self,
        live: MetricStore,
        beside: MetricStore,
        *,
        database: str,
        history: History,
        is_alone: bool,
        retried: Retried,
        kept_since_us: int | None = None,
    ) -> None:
        self._live = live
        self._beside = beside
        self._history = history
        self._is_alone = is_alone
        self._retried = retried
        self._kept_since_us = kept_since_us
        self._hash_by_table = self._hashes(database)
        self._ends = [min(self._reached(p)) for p in range(history.partition_count)]
        self._patience_s = _SETTLE_S

    def compare(self, on_runs: Callable[[int], None]) -> Comparison:
        """Return how the tables compare; `on_runs` is told how many runs were looked at.

        Raises:
            UnavailableError: A store or the log is away; compare again.
        """
        comparison = Comparison()
        for part in self._parts():
            found = self._compared(part)
            if not found.is_equal and not self._is_alone:
                self._wait_for_live()
                found = self._compared(part)
            for table, verdict in found.verdict_by_table.items():
                comparison.add(table, verdict)
            comparison.run_count += found.run_count
            comparison.moving_count += found.moving_count
            on_runs(comparison.run_count + comparison.moving_count)
        comparison.add(_PARTITIONED, self._dead_letters())
        return comparison

    def _compared(self, part: _Part) -> Comparison:
        runs, moving = self._runs(part)
        comparison = Comparison(run_count=len(runs - moving), moving_count=len(moving))
        for table in _COMPARED:
            condition, parameters = part.condition, part.parameters
            if self._kept_since_us is not None and table in RETAINED_TABLES:
                condition = f"{condition} AND {_KEPT}"
                parameters["kept_since_us"] = self._kept_since_us
            sql = self._digests(table, "toString(run_id)", condition)
            live, beside = (_digests_in(rows) for rows in self._both(sql, parameters))
            comparison.add(table, verdict_on(live, beside, moving=moving))
        return comparison

    def _runs(self, part: _Part) -> tuple[set[str], set[str]]:
        """Return the runs of a part, and those among them that are moving."""
        runs: set[str] = set()
        moving: set[str] = set()
        states = f"SELECT run_id AS run, status FROM runs FINAL WHERE {part.condition}"  # noqa: S608  # our own words
        for rows in self._both(states, part.parameters):
            for row in rows.to_pylist():
                runs.add(row["run"])
                if not self._is_alone and row["status"] not in TERMINAL:
                    moving.add(row["run"])
        marks = (
            f"SELECT run_id AS run, max(pos) AS last FROM ingest_writers WHERE {part.condition} "  # noqa: S608  # as above
            f"GROUP BY run"
        )
        for rows in self._both(marks, part.parameters):
            for row in rows.to_pylist():
                if row["last"] >= self._ends[self._history.partition_of(row["run"])]:
                    moving.add(row["run"])
        return runs | moving, moving

    def _dead_letters(self) -> Verdict:
        """Compare the dead letters of each partition, as far as both sides have come."""
        live: dict[str, Digest] = {}
        beside: dict[str, Digest] = {}
        for partition, end in enumerate(self._ends):
            condition = "partition = {partition:UInt32} AND pos < {end:UInt64}"
            sql = self._digests(_PARTITIONED, "toString(partition)", condition)
            rows = self._both(sql, {"partition": partition, "end": end})
            live |= _digests_in(rows[0])
            beside |= _digests_in(rows[1])
        return verdict_on(live, beside)

    def _parts(self) -> Iterator[_Part]:
        after = ""
        while True:
            answers = self._both(_IDS, {"after": after, "count": RUNS_PER_PART})
            ids = [rows.column("run").to_pylist() for rows in answers]
            found = sorted({*ids[0], *ids[1]})
            if len(found) < RUNS_PER_PART:
                yield _Part(after, None)
                return
            yield _Part(after, found[RUNS_PER_PART - 1])
            after = found[RUNS_PER_PART - 1]

    def _wait_for_live(self) -> None:
        """Let what the live fold is writing be written, unless it stands still."""
        ends = [self._retried_end(p) for p in range(self._history.partition_count)]
        deadline_s = time.monotonic() + self._patience_s
        while any(self._reached(p)[0] < end for p, end in enumerate(ends)):
            if time.monotonic() >= deadline_s:
                self._patience_s = 0.0
                return
            time.sleep(_LOOK_S)

    def _retried_end(self, partition: int) -> int:
        return self._retried(lambda: self._history.end(partition))

    def _reached(self, partition: int) -> tuple[int, int]:
        return (
            self._retried(lambda: read_next_offset(self._live, partition)),
            self._retried(lambda: read_next_offset(self._beside, partition)),
        )

    def _both(self, sql: str, parameters: dict[str, object]) -> tuple[pa.Table, pa.Table]:
        return (
            self._retried(lambda: self._live.query(sql, parameters)),
            self._retried(lambda: self._beside.query(sql, parameters)),
        )

    def _digests(self, table: str, key: str, condition: str) -> str:
        # Nested, so that no name of ours is taken for a column's.
        return (
            f"SELECT row_key, count() AS row_count, sum(row_hash) AS hash_sum FROM ("  # noqa: S608  # our own words
            f"SELECT {key} AS row_key, {self._hash_by_table[table]} AS row_hash "
            f"FROM {table} FINAL WHERE {condition}) GROUP BY row_key"
        )

    def _hashes(self, database: str) -> dict[str, str]:
        """Return an expression for each table that hashes all columns of a row."""
        columns: dict[str, list[str]] = {}
        rows = self._retried(lambda: self._live.query(_COLUMNS, {"db": database}))
        for row in rows.to_pylist():
            is_map = row["type"].startswith("Map(")
            columns.setdefault(row["table"], []).append(
                f"mapSort(`{row['name']}`)" if is_map else f"`{row['name']}`"
            )
        # In a tuple: a hash of NULL itself would be NULL, and left out of the sum.
        return {table: f"cityHash64(tuple({', '.join(names)}))" for table, names in columns.items()}


def _digests_in(rows: pa.Table) -> dict[str, Digest]:
    return {row["row_key"]: Digest(row["row_count"], row["hash_sum"]) for row in rows.to_pylist()}
