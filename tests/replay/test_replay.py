"""A replay gives the tables that the first fold gave, while that fold goes on."""

import pytest

from processors.archive import Archive
from processors.core.replay import Phase
from processors.life.purge import Purger
from processors.replay.rebuild import Folded, Patience
from processors.replay.replay import Replay
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.life_events import RunPurged
from runtide.errors import LogUnavailable, NotFound, OffsetGap, ReplayConflict
from runtide.log.memory import MemoryLog
from runtide.log.port import Item, Record
from runtide.store.engine import ClickHouseStore
from runtide.store.run_rows import count_rows, run_tables
from tests.dumps import contents
from tests.replay.histories import (
    VERSION,
    Script,
    differing_tables,
    fold_all,
    folding,
    replay_of,
    wait_until_folded,
)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(partition_count=3)


@pytest.fixture
def script(log: MemoryLog) -> Script:
    return Script(log)


def database_names(store: ClickHouseStore) -> list[str]:
    names: list[str] = store.query("SELECT name FROM system.databases").column(0).to_pylist()
    return names


def replayed(replay: Replay) -> None:
    replay.begin(VERSION)
    replay.fold()
    replay.swap()


def test_every_table_is_as_before_while_scripts_and_the_fold_go_on(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Whatever is logged before, during and after the swap is there once."""
    script.append(120)

    with folding(log, live) as fold:
        wait_until_folded(log, fold)
        replay = replay_of(log, live)
        replay.begin(VERSION)
        script.append(60)
        replay.fold()
        script.append(60)
        replay.swap()
        script.append(60)
        script.end_runs()
        wait_until_folded(log, fold)

    assert differing_tables(log, live) == []
    replay.drop()
    assert f"{live._database}_v2" not in database_names(live)


def test_swap_puts_the_rebuilt_tables_in_the_place_of_the_old_ones(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """A row that no record gave is gone from the live tables; it is still in the old ones."""
    script.append(20)
    fold_all(log, live)
    live.command("INSERT INTO logs (run_id, file, text) VALUES ('stray', 'f', 'never logged')")
    stray = "SELECT count() AS n FROM {db}.logs WHERE run_id = 'stray'"

    replayed(replay_of(log, live))

    found = [
        live.query(stray.format(db=db)).column("n").to_pylist()
        for db in (live._database, f"{live._database}_v2")
    ]
    assert found == [[0], [1]]


def test_replay_that_was_left_goes_on_at_its_checkpoint(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(40)
    first = replay_of(log, live)
    first.begin(VERSION)
    first.fold()
    first.close()
    script.append(10)
    seen: list[Folded] = []

    second = replay_of(log, live, on_folded=seen.append)
    assert second.begin(VERSION) is Phase.FOLDING
    second.fold()

    assert seen[-1].new_count <= 20
    assert seen[-1].done_count == seen[-1].total_count == sum(map(log.end, range(3)))


def test_progress_counts_records_and_points(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(40)
    seen: list[Folded] = []
    replay = replay_of(log, live, on_folded=seen.append)
    replay.begin(VERSION)
    replay.fold()

    assert [s.done_count for s in seen] == sorted(s.done_count for s in seen)
    assert seen[-1].point_count > seen[-1].new_count == seen[-1].total_count


def test_replay_reads_the_archive_and_then_the_log(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Kafka removes records in time; what was archived before is folded first."""
    archive = Archive(live)
    script.append(60)
    script.end_runs()
    fold_all(log, live)
    for partition in range(3):
        half = log.end(partition) // 2
        archive.write(log.read(partition, 0, bytes_max=1 << 30)[: half + 1])
        log.expire(partition, half)
    before = contents(live)

    replayed(replay_of(log, live, archive=archive))

    assert contents(live) == before


def test_archive_that_ends_before_the_log_begins_is_refused(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(60)
    Archive(live).write(log.read(0, 0, bytes_max=1 << 30)[:3])
    log.expire(0, 5)

    with pytest.raises(OffsetGap, match="partition 0 continues at offset 3, got 5"):
        replayed(replay_of(log, live, archive=Archive(live)))


def test_replay_of_another_version_is_not_gone_on_with(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Half of the rows would come from a fold that was mended since."""
    replay_of(log, live).begin(VERSION)

    with pytest.raises(ReplayConflict, match=f"begun by Runtide {VERSION}, this is 2"):
        replay_of(log, live).begin("2")


def test_database_that_no_replay_made_is_left_alone(log: MemoryLog, live: ClickHouseStore) -> None:
    """It may be somebody's live one."""
    live.command(f"CREATE DATABASE `{live._database}_v2`")
    replay = replay_of(log, live)

    with pytest.raises(ReplayConflict, match="was not made by a replay"):
        replay.begin(VERSION)
    with pytest.raises(ReplayConflict, match="was not made by a replay"):
        replay.drop()
    assert f"{live._database}_v2" in database_names(live)


def test_replay_that_is_over_is_not_begun_again(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """Its database holds the old tables; rows of a new fold among them would be neither."""
    replayed(replay_of(log, live))

    with pytest.raises(ReplayConflict, match="--drop v2"):
        replay_of(log, live).begin(VERSION)


def test_name_is_used_up_by_its_swap(log: MemoryLog, script: Script, live: ClickHouseStore) -> None:
    """Replicated tables keep the paths that they were made with, so these cannot be made twice."""
    replay = replay_of(log, live)
    replayed(replay)
    replay.drop()

    with pytest.raises(ReplayConflict, match="choose another name"):
        replay_of(log, live).begin(VERSION)
    replayed(replay_of(log, live, name="v3"))


@pytest.mark.parametrize("name", ["v2", "v9"])
def test_dropping_what_is_not_there_says_so(
    log: MemoryLog, live: ClickHouseStore, name: str
) -> None:
    with pytest.raises(NotFound, match=f"no replay into '{name}'"):
        replay_of(log, live, name=name).drop()


def test_replay_that_only_made_its_database_can_be_dropped(
    log: MemoryLog, live: ClickHouseStore
) -> None:
    replay = replay_of(log, live)
    replay._tables.make_database(VERSION)

    replay.drop()

    assert f"{live._database}_v2" not in database_names(live)


class FailingLog(MemoryLog):
    """A log that gives records only after some attempts."""

    failures_left = 0

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        if self.failures_left:
            self.failures_left -= 1
            return []
        return super().read(partition, offset, bytes_max=bytes_max)


def test_log_that_gives_no_records_for_a_moment_is_asked_again(live: ClickHouseStore) -> None:
    log = FailingLog()
    Script(log).append(5)
    log.failures_left = 2

    replay = replay_of(log, live)
    replay.begin(VERSION)
    replay.fold()

    assert log.failures_left == 0


def test_log_that_stays_away_ends_the_replay_which_can_be_gone_on_with(
    live: ClickHouseStore,
) -> None:
    log = FailingLog()
    Script(log).append(5)
    log.failures_left = 1_000

    replay = replay_of(log, live, patience=Patience(0.2))
    replay.begin(VERSION)
    with pytest.raises(LogUnavailable, match="gave no record from 0 on"):
        replay.fold()
    log.failures_left = 0
    replay.fold()
    replay.swap()

    assert differing_tables(log, live) == []


def test_purged_run_does_not_come_back_by_a_replay(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """The log still has all that it logged, and the rebuilt tables have none of it."""
    script.append(60)
    script.end_runs()
    fold_all(log, live)
    run = live.query("SELECT run_id FROM scalars LIMIT 1").column("run_id")[0].as_py()
    purged = encode_envelope(
        run=run,
        writer="query-api-1",
        seq=1,
        sent_us=1,
        events=[event_document(RunPurged(ts_us=1))],
    )
    log.append([Item(run, purged)])
    fold_all(log, live)
    Purger(live, None).purge_pending()
    before = contents(live)

    replay = replay_of(log, live)
    replay.begin(VERSION)
    replay.fold()
    comparison = replay.compare()
    replay.swap()

    assert comparison.is_equal
    assert contents(live) == before
    assert count_rows(live, [run]) == dict.fromkeys(run_tables(live), 0)
