"""What goes when its time is over, what stays, and that nothing is rewritten for nothing."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import Layout
from runtide.store.retention import RETAINED_TABLES, apply_retention
from tests.engine import drop_store, empty_store

DEADLINE_S = 60.0
TABLES = (*RETAINED_TABLES, "images", "charts", "files")
"""Every table whose rows have a time."""


@pytest.fixture
def store() -> Iterator[ClickHouseStore]:
    """Return a store with empty tables."""
    opened = empty_store()
    yield opened
    drop_store(opened)


class Written:
    """A store that takes down what it is told to do."""

    def __init__(self, store: ClickHouseStore) -> None:
        self.commands: list[str] = []
        self.query, self.insert, self.close = store.query, store.insert, store.close

    def command(self, sql: str) -> None:
        self.commands.append(sql)


def add_rows(store: ClickHouseStore, *days_ago: float) -> None:
    """Put a row into each table that has times, for each of so many days ago."""
    for table in TABLES:
        key = {"files": "path", "logs": "file"}.get(table, "name")
        for days in days_ago:
            ts = datetime.now(UTC) - timedelta(days=days)
            store.command(
                f"INSERT INTO {table} (run_id, {key}, ts) VALUES ('r', 'x{days}', '{ts:%F %T}')"
            )


def counts(store: ClickHouseStore) -> dict[str, int]:
    # A part that is being rewritten for a change would be left out of the merge.
    deadline = time.monotonic() + DEADLINE_S
    while count_of(store, "system.mutations WHERE database = currentDatabase() AND NOT is_done"):
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
    found = {}
    for table in TABLES:
        store.command(f"OPTIMIZE TABLE {table} FINAL")
        found[table] = count_of(store, table)
    return found


def count_of(store: ClickHouseStore, source: str) -> int:
    return int(store.query(f"SELECT count() FROM {source}").column(0)[0].as_py())


def test_rows_go_when_their_time_is_over_and_records_of_files_stay(store: ClickHouseStore) -> None:
    """The setting may come long after the rows."""
    add_rows(store, 0, 29, 31, 400)

    apply_retention(store, 30)

    assert counts(store) == {t: 2 if t in RETAINED_TABLES else 4 for t in TABLES}


def test_points_of_the_far_future_do_not_wrap_around(store: ClickHouseStore) -> None:
    """ClickHouse's shorter times end in 2106 and begin again in 1970."""
    apply_retention(store, 30)

    add_rows(store, -365 * 150)

    assert set(counts(store).values()) == {1}


def test_nothing_goes_any_more_once_the_setting_is_unset(store: ClickHouseStore) -> None:
    apply_retention(store, 30)

    changed = apply_retention(store, None)
    add_rows(store, 400)

    assert changed == dict.fromkeys(RETAINED_TABLES)
    assert set(counts(store).values()) == {1}


def test_each_start_applies_it_and_only_a_change_is_work(store: ClickHouseStore) -> None:
    """Setting it anew rewrites every part, even to the same."""
    written = Written(store)

    assert apply_retention(written, None) == {}
    assert apply_retention(store, 30) == dict.fromkeys(RETAINED_TABLES, 30)
    assert apply_retention(written, 30) == {}
    assert written.commands == []
    assert apply_retention(store, 7) == dict.fromkeys(RETAINED_TABLES, 7)


def test_replicated_tables_are_changed_on_every_server(store: ClickHouseStore) -> None:
    written = Written(store)

    apply_retention(written, 9, Layout("replicated", "main", "runs"))

    assert written.commands[0] == (
        "ALTER TABLE logs ON CLUSTER `main` MODIFY TTL ts + toIntervalDay(9)"
    )
