"""The swap, with every process killed in the worst places."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from processors.core.replay import STATE_TABLES, Phase
from processors.drivers.local import LocalFold
from processors.replay.replay import Replay
from processors.replay.tables import FACT_TABLES
from runtide.errors import ReplayConflict, StoreUnavailable
from runtide.log.memory import MemoryLog
from runtide.store.engine import ClickHouseStore
from runtide.store.migrate import shipped_migrations
from runtide.store.progress import StoredProgress
from tests.merging import SHAPES
from tests.replay.histories import (
    VERSION,
    Script,
    differing_tables,
    fold_all,
    folding,
    replay_of,
    wait_until_folded,
)
from tests.replay.stores import Killed, PausedStore, WatchedStore, kill_after_statement
from tests.waiting import wait_until

ALIKE = FACT_TABLES[2:-1]
"""Exchanged as the ones before and after them: a kill between two of these shows nothing more."""

NOT_EXCHANGED = {"migrations", "archive"}
"""Tables that a fold does not make. Exchanged for those beside, they would be lost."""


def begun(log: MemoryLog, live: ClickHouseStore, **options: object) -> Replay:
    replay = replay_of(log, live, **options)  # type: ignore[arg-type]  # passed on as they are
    replay.begin(VERSION)
    return replay


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(partition_count=2)


@pytest.fixture
def script(log: MemoryLog) -> Script:
    return Script(log)


def watch(replay: Replay, live: ClickHouseStore, **hooks: Callable[[str], None]) -> None:
    """Have the replay make its changes of the live database through a watched store."""
    replay._live = replay._tables._live = WatchedStore(live, **hooks)


def test_every_table_of_the_fold_is_exchanged_and_no_other() -> None:
    """Whoever adds a table decides here what a replay does with it."""
    shipped = set(SHAPES) | {"migrations"}

    assert shipped_migrations()
    assert {*FACT_TABLES, *STATE_TABLES} == shipped - NOT_EXCHANGED


@pytest.mark.slow
def test_swap_killed_after_every_statement_and_gone_on_with_loses_nothing(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Each attempt comes one statement further; workers are killed and scripts log in between."""
    script.append(30)
    fold_all(log, live)
    begun(log, live).fold()
    phases: list[Phase] = []

    def kill(change: str) -> None:
        if change.rpartition(".")[2].strip("`") not in ALIKE:
            kill_after_statement(change)

    while phases[-1:] != [Phase.SWAPPED]:
        script.append(2)
        replay = begun(log, live, pid=len(phases), takes_over=True)
        watch(replay, live, after=kill)
        with folding(log, live), suppress(Killed):
            replay.swap()
        phases.append(replay._tables.phase())
        replay.close()

    fold_all(log, live)

    assert set(phases) == set(Phase) - {Phase.FOLDING}
    assert differing_tables(log, live) == []


def test_workers_wait_while_the_swap_goes_on_and_readers_do_not(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(20)
    progress, seen = StoredProgress(live), list[int]()

    def look(change: str) -> None:
        if change.startswith("EXCHANGE"):
            script.append(2)
            seen.append(live.query("SELECT count() AS n FROM runs FINAL").to_pylist()[0]["n"])
            assert progress.next_offset(0) <= log.end(0)

    with folding(log, live) as fold:
        wait_until_folded(log, fold)
        replay = begun(log, live)
        watch(replay, live, before=look)
        replay.swap()
        wait_until_folded(log, fold)

    assert len(seen) == len(FACT_TABLES) + len(STATE_TABLES)
    assert seen[0] > 0
    assert seen == sorted(seen)
    assert differing_tables(log, live) == []


def test_tables_hold_what_the_checkpoint_promises_at_every_moment_of_the_swap(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Whoever was told that a record can be queried must find it, whichever table is asked."""
    script.append(40)
    per_record = "SELECT uniqExact(pos) AS n FROM scalars WHERE run_id IN {runs:Array(String)}"
    fold_all(log, live)
    runs = [f"run-7-{i}" for i in range(9) if log.partition_of(f"run-7-{i}") == 0]
    promised = live.query(per_record, {"runs": runs}).to_pylist()[0]["n"]
    found = []

    def look(_change: str) -> None:
        found.append(live.query(per_record, {"runs": runs}).to_pylist()[0]["n"])

    replay = begun(log, live)
    watch(replay, live, before=look, after=look)
    replay.swap()

    assert min(found) == promised


@pytest.mark.parametrize("table", ["ingest_writers", "ingest_progress"])
def test_batch_that_began_before_the_swap_and_ends_after_it_is_whole(
    log: MemoryLog, script: Script, live: ClickHouseStore, table: str
) -> None:
    """Its facts are in the old tables, and its checkpoint comes into the new ones."""
    script.append(20)
    fold_all(log, live)
    replay = begun(log, live)
    replay.fold()
    paused = PausedStore(live, table)
    with folding(log, paused) as fold:
        script.append(20)
        assert paused.is_waiting.wait(60)

        replay.swap()
        paused.may_go_on.set()
        wait_until_folded(log, fold)

    assert differing_tables(log, live) == []


def test_batch_that_a_new_worker_writes_into_tables_as_they_are_exchanged_is_whole(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """It begins when the replay has caught up already, and some of its facts go to old tables."""
    script.append(20)
    fold_all(log, live)
    paused = PausedStore(live, "logs")
    worker = LocalFold(log, paused)

    def begin_worker(change: str) -> None:
        if change.startswith("EXCHANGE") and not paused.is_waiting.is_set():
            script.append(20)
            worker.start()
            assert paused.is_waiting.wait(60)

    replay = begun(log, live)
    watch(replay, live, before=begin_worker)
    replay.swap()
    paused.may_go_on.set()
    wait_until_folded(log, worker)
    worker.stop()

    assert differing_tables(log, live) == []


@pytest.mark.parametrize(
    ("exchanged", "then"), [("runs", "ingest_writers"), ("ingest_writers", "ingest_progress")]
)
def test_batch_whose_state_is_written_as_the_state_is_exchanged_is_whole(
    log: MemoryLog, script: Script, live: ClickHouseStore, exchanged: str, then: str
) -> None:
    """What it says of a run may not go to the old table when its checkpoint goes to the new one."""
    script.append(20)
    fold_all(log, live)
    paused = PausedStore(live, then)
    worker = LocalFold(log, paused)

    def begin_worker(change: str) -> None:
        if change.startswith("EXCHANGE") and change.endswith(f"`{exchanged}`"):
            script.append(20)
            worker.start()
            wait_until(lambda: paused.is_stuck, what="the worker can go no further")

    replay = begun(log, live)
    watch(replay, live, before=begin_worker)
    replay.swap()
    paused.may_go_on.set()
    wait_until_folded(log, worker)
    worker.stop()

    assert differing_tables(log, live) == []


def test_worker_that_begins_between_two_exchanges_knows_what_it_must(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """It reads a checkpoint, marks and runs, each from the old table or the new one."""
    script.append(20)
    fold_all(log, live)
    workers: list[LocalFold] = []

    def begin_worker(change: str) -> None:
        if not change.startswith("EXCHANGE"):
            return
        script.append(10)
        if change.rpartition(".")[2].strip("`") in STATE_TABLES:
            store = PausedStore(live, "nothing")
            workers.append(LocalFold(log, store))
            workers[-1].start()
            assert store.is_writing.wait(60)

    replay = begun(log, live)
    watch(replay, live, before=begin_worker)
    replay.swap()
    for worker in workers:
        wait_until_folded(log, worker)
        worker.stop()

    assert len(workers) == len(STATE_TABLES)
    assert differing_tables(log, live) == []


def test_swap_of_another_process_is_not_joined(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Two that exchange the same tables would put the old ones back."""
    script.append(5)
    first = begun(log, live, pid=1)
    watch(first, live, after=kill_after_statement)
    with pytest.raises(Killed):
        first.swap()

    with pytest.raises(ReplayConflict, match="process tests:1 has begun"):
        begun(log, live, pid=2).swap()
    begun(log, live, pid=3, takes_over=True).swap()

    assert differing_tables(log, live) == []


def test_swap_waits_for_the_swap_of_another_replay(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(5)
    first = begun(log, live, name="v2")
    first._tables.hold(takes_over=False)

    with pytest.raises(ReplayConflict, match="finish it first, with `runtide replay --into v2`"):
        begun(log, live, name="v3", takes_over=True).swap()


def test_dropping_a_replay_that_only_holds_lets_the_workers_go_on(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(5)
    replay = begun(log, live)
    replay._tables.hold(takes_over=False)
    with folding(log, live) as fold:
        assert not fold.wait_until(0, log.end(0), timeout_s=0.1)

        replay.drop()

        wait_until_folded(log, fold)
    assert differing_tables(log, live) == []


@pytest.mark.parametrize("last", ["scalars", "runs"])
def test_replay_that_is_half_swapped_is_not_dropped(
    log: MemoryLog, script: Script, live: ClickHouseStore, last: str
) -> None:
    """Its database holds a part of what is live."""
    script.append(5)

    def strike(change: str) -> None:
        if change.startswith("EXCHANGE") and f".`{last}`" in change:
            raise Killed

    replay = begun(log, live)
    watch(replay, live, after=strike)
    with pytest.raises(Killed):
        replay.swap()

    with pytest.raises(ReplayConflict, match="finish it first"):
        begun(log, live).drop()
    again = begun(log, live)
    again.swap()
    assert differing_tables(log, live) == []


def test_exchange_whose_answer_was_lost_is_not_made_twice(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Made twice, it would be undone."""
    script.append(5)
    lost: set[str] = set()

    def lose(change: str) -> None:
        if change.startswith("EXCHANGE") and change not in lost:
            lost.add(change)
            message = "no answer"
            raise StoreUnavailable(message)

    replay = begun(log, live)
    replay.fold()
    watch(replay, live, after=lose)
    replay.swap()

    assert len(lost) == len(FACT_TABLES) + len(STATE_TABLES)
    assert differing_tables(log, live) == []


def test_fold_that_is_held_says_which_replay_holds_it(
    log: MemoryLog, script: Script, live: ClickHouseStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads a worker's output after a crash finds the command that ends its wait."""
    script.append(5)
    replay = begun(log, live)
    replay._tables.hold(takes_over=False)

    with folding(log, live):
        wait_until(lambda: "runtide_replay_into_v2" in caplog.text, what="the fold complains")
