"""A replay of tables on a server: divided among shards, and with rows whose time is over."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from processors.core.replay import Phase
from processors.replay.history import History
from processors.replay.replay import Replay
from processors.replay.tables import find_holder
from runtide.core.events import RunCreated, StateChanged
from runtide.log.memory import MemoryLog
from runtide.log.port import Item
from runtide.replays import Tables
from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import layout_of
from runtide.store.migrate import migrate
from runtide.store.port import MetricStore
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings
from tests.bridge import running_bridge
from tests.building import points, record
from tests.engine import ONE_SHARD, OneMachine, drop_store, sharded_store
from tests.replay.histories import (
    VERSION,
    Script,
    differing_tables,
    fold_all,
    folding,
    replay_of,
    wait_until_folded,
)

DAY_US = 86_400_000_000


@pytest.fixture
def sharded(tmp_path: Path) -> Iterator[ClickHouseStore]:
    with running_bridge(tmp_path / "bridge", config=ONE_SHARD) as bridge:
        opened = sharded_store(url=bridge.url)
        yield opened
        drop_store(opened)


def replay_beside(log: MemoryLog, store: ClickHouseStore) -> Replay:
    assert store._server is not None
    server: ClickHouseSettings = store._server

    def open_beside(database: str) -> MetricStore:
        settings = replace(server, database=database)
        opened = OneMachine(open_server(settings, makes_database=False))
        migrate(opened, layout_of(settings))
        return opened

    tables = Tables(
        history=History(log),
        live=OneMachine(store),
        open_beside=open_beside,
        database=server.database,
        layout=layout_of(server),
    )
    return tables.replay("v2")


def test_divided_tables_are_exchanged_part_by_part(sharded: ClickHouseStore) -> None:
    """The tables that speak for all parts stay; what they speak for changes places."""
    log = MemoryLog(partition_count=2)
    script = Script(log)
    script.append(40)
    with folding(log, sharded) as fold:
        wait_until_folded(log, fold)
        replay = replay_beside(log, sharded)
        assert replay.begin(VERSION) is Phase.FOLDING
        replay.fold()
        script.append(10)
        script.end_runs()
        wait_until_folded(log, fold)
        replay.fold()
        assert replay.compare().is_equal
        replay.swap()
        script.append(10)
        wait_until_folded(log, fold)

    assert differing_tables(log, sharded) == []
    replay.drop()


def test_who_holds_divided_tables_is_found(sharded: ClickHouseStore) -> None:
    """Nobody can fold until then, so whoever looks must see it."""
    server: ClickHouseSettings = sharded._server  # type: ignore[assignment]  # it has one
    replay = replay_beside(MemoryLog(), sharded)
    replay.begin(VERSION)
    before = find_holder(sharded, server.database, layout_of(server))
    replay._tables.hold(takes_over=False)

    holder = find_holder(sharded, server.database, layout_of(server))

    assert before is None
    assert holder is not None
    assert holder.name == "v2"
    replay._tables.release()
    replay.drop()


@pytest.mark.parametrize(("days", "is_equal"), [(30, True), (None, False)])
def test_points_that_one_side_has_removed_in_their_time_are_no_difference(
    live: ClickHouseStore, days: int | None, *, is_equal: bool
) -> None:
    """Each side removes what is too old when it merges its parts, and not at one moment."""
    log = MemoryLog()
    now_us = time.time_ns() // 1_000
    for ts_us in (now_us - 40 * DAY_US, now_us - DAY_US, now_us):
        number = log.end(0)
        events = [RunCreated(experiment="ex", name="olive", created_us=1)] if not number else []
        found = record(number, *events, points("loss", 1.0, first_step=number, ts_us=ts_us))
        log.append([Item(found.run, found.value)])
    ended = record(3, StateChanged(status="Completed", ts_us=now_us))
    log.append([Item(ended.run, ended.value)])
    fold_all(log, live)
    live.command("ALTER TABLE scalars DELETE WHERE step = 0 SETTINGS mutations_sync = 2")
    replay = replay_of(log, live, retention_days=days)
    replay.begin(VERSION)
    replay.fold()

    assert replay.compare().is_equal == is_equal
