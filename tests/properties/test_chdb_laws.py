"""The laws of the fold once more, through the real driver, log and engine."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.core.fold import State, step
from processors.drivers.local import LocalFold
from runtide.log.port import EventLog, Item, Record
from runtide.log.sqlite import SqliteLog
from runtide.store.port import MetricStore
from tests import histories
from tests.dumps import contents
from tests.engine import drop_store, empty_store
from tests.merging import SHAPES, MergedTables, canonical

# The others have an enumeration or bytes, which come back in another type than they went in.
COMPARABLE = sorted(SHAPES.keys() - {"scalars", "strings", "dead_letters"})


@contextmanager
def stores(count: int) -> Iterator[list[MetricStore]]:
    opened = [empty_store() for _ in range(count)]
    try:
        yield list(opened)
    finally:
        for store in opened:
            drop_store(store)


@contextmanager
def fold_of(log: EventLog, store: MetricStore) -> Iterator[LocalFold]:
    fold = LocalFold(log, store)
    fold.start()
    yield fold
    fold.stop()
    assert fold.failure is None


def append(log: EventLog, records: Sequence[Record]) -> None:
    log.append([Item(record.run, record.value) for record in records])


@given(histories.histories(records_max=30), st.lists(st.integers(0, 30), max_size=3))
@settings(max_examples=8)
def test_replay_from_the_start_equals_what_was_folded_live(
    records: list[Record], cuts: list[int]
) -> None:
    """The log is the truth: the tables can be thrown away and folded again, byte for byte."""
    bounds = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    with tempfile.TemporaryDirectory() as folder, stores(2) as (live, replayed):
        log = SqliteLog(Path(folder))
        for i in range(len(bounds) - 1):
            # Another driver each time, as after a restart of the server.
            with fold_of(log, live) as fold:
                append(log, records[bounds[i] : bounds[i + 1]])
                assert fold.wait_until(0, bounds[i + 1], timeout_s=60)
        with fold_of(log, replayed) as fold:
            assert fold.wait_until(0, len(records), timeout_s=60)
        log.close()

        assert contents(replayed) == contents(live)


@given(histories.histories(records_max=30))
@settings(max_examples=8)
def test_engine_merges_rows_as_the_model_of_the_other_laws_does(records: list[Record]) -> None:
    """The laws on merged tables in plain Python are worth something only if this holds."""
    model = MergedTables()
    with tempfile.TemporaryDirectory() as folder, stores(1) as (store,):
        log = SqliteLog(Path(folder))
        state = State(0)
        with fold_of(log, store) as fold:
            for record in records:
                append(log, [record])
                assert fold.wait_until(0, record.offset + 1, timeout_s=60)
                state, effects = step(state, [record])
                model.write(effects)
        log.close()
        found = {
            table: store.query(
                f"SELECT * EXCEPT ts FROM {table} FINAL ORDER BY {', '.join(SHAPES[table].key)}"
            ).to_pylist()
            for table in COMPARABLE
        }

    assert {table: [shown(row) for row in found[table]] for table in COMPARABLE} == {
        table: [shown(row) for row in model.rows(table)] for table in COMPARABLE
    }


def shown(row: dict[str, object]) -> str:
    """Return a row without its time, which the engine hands over as a datetime."""
    return canonical({name: row[name] for name in sorted(row.keys() - {"ts"})})


def test_model_has_the_engines_keys() -> None:
    """The model reads them from the migrations' text, and the engine from their meaning."""
    with stores(1) as (store,):
        found = store.query(
            "SELECT name, sorting_key FROM system.tables WHERE database = currentDatabase() "
            "AND engine IN ('ReplacingMergeTree', 'AggregatingMergeTree') AND name != 'migrations'"
        ).to_pylist()

    assert {row["name"]: tuple(row["sorting_key"].split(", ")) for row in found} == {
        table: shape.key for table, shape in SHAPES.items()
    }
