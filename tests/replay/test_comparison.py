"""What a comparison finds, and what it must not take for a difference."""

import pytest

from processors.core.replay import Comparison, Verdict
from processors.replay import comparison
from processors.replay.comparison import TableComparison
from processors.replay.replay import Replay
from processors.replay.tables import FACT_TABLES
from runtide.log.memory import MemoryLog
from runtide.store.engine import ClickHouseStore
from tests.replay.histories import (
    ACCESS_KEY,
    MODEL_KEY,
    VERSION,
    VIEWS_KEY,
    Script,
    fold_all,
    folding,
    replay_of,
)
from tests.replay.stores import PausedStore

RUN = "run-7-0"
KEY_BY_TABLE = {
    "saved_views": VIEWS_KEY,
    "models": MODEL_KEY,
    "model_edits": MODEL_KEY,
    "tokens": ACCESS_KEY,
    "audit": ACCESS_KEY,
}
COMPARED = {*FACT_TABLES, "runs", "ingest_writers"}


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(partition_count=3)


@pytest.fixture
def script(log: MemoryLog) -> Script:
    return Script(log)


@pytest.fixture
def replay(log: MemoryLog, script: Script, live: ClickHouseStore) -> Replay:
    """Return a replay of ended runs, folded to the end on both sides."""
    script.append(90)
    script.end_runs()
    fold_all(log, live)
    return folded(replay_of(log, live))


def folded(replay: Replay) -> Replay:
    replay.begin(VERSION)
    replay.fold()
    return replay


def counts(found: Comparison) -> set[tuple[int, int, int, int]]:
    return {
        (v.equal_count, v.differing_count, v.missing_count, v.extra_count)
        for v in found.verdict_by_table.values()
    }


def test_tables_of_one_log_are_equal_run_by_run(replay: Replay) -> None:
    found = replay.compare()

    assert (found.run_count, found.moving_count, found.is_equal) == (9, 0, True)
    assert set(found.verdict_by_table) == COMPARED
    assert found.verdict_by_table["scalars"] == Verdict(equal_count=9)
    assert found.verdict_by_table["dead_letters"].equal_count > 0
    # Of a history in which nothing is purged.
    assert [t for t, v in found.verdict_by_table.items() if not v.equal_count] == ["purged_runs"]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("scalars", "value = if(isNaN(value), 0, value)"),
        ("scalars", "ts = addMicroseconds(ts, 1)"),
        ("strings", "text = concat(text, ' ')"),
        ("vectors", "texts = arrayReverse(texts)"),
        ("tables", "column_names = ['other']"),
        ("images", "width = if(isNull(width), 0, width)"),
        ("charts", "path = ''"),
        ("files", "size_bytes = size_bytes + 1"),
        ("logs", "text = upper(text)"),
        ("metrics", "nonfinite = bitXor(nonfinite, 1)"),
        ("rollups", "low = (0., 0, 0)"),
        ("parked", "data = ''"),
        ("runs", "tags = mapUpdate(tags, map('tag1', CAST('', 'Nullable(String)')))"),
        ("runs", "status_by = 'somebody'"),
        ("saved_views", "query = ''"),
        ("models", "file_sha256s = []"),
        ("model_edits", "is_removed = NOT is_removed"),
        ("tokens", "revoked_us = 0"),
        ("audit", "actor = 'somebody'"),
        ("jobs", "priority = priority + 1"),
        ("snapshots", "file_count = file_count + 1"),
        ("system", "value = if(isNaN(value), 0, value + 1)"),
        ("states", "by = 'somebody'"),
        ("ingest_writers", "gap_count = gap_count + 1"),
    ],
)
def test_changed_row_is_found_in_its_table_and_its_run_is_named(
    replay: Replay, live: ClickHouseStore, table: str, change: str
) -> None:
    run = KEY_BY_TABLE.get(table, RUN)
    live.command(
        f"ALTER TABLE {table} UPDATE {change} WHERE run_id = '{run}' "
        f"SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1"
    )

    found = replay.compare()

    assert found.differing_tables == [table]
    assert found.verdict_by_table[table].examples == {"differing": [run]}


def test_changed_dead_letter_is_found_in_its_partition(
    replay: Replay, live: ClickHouseStore
) -> None:
    live.command("ALTER TABLE dead_letters UPDATE reason = '' WHERE 1 SETTINGS mutations_sync = 2")

    verdict = replay.compare().verdict_by_table["dead_letters"]

    assert (verdict.differing_count, verdict.equal_count) == (len(verdict.examples["differing"]), 0)


def test_row_that_was_lost_is_found(replay: Replay, live: ClickHouseStore) -> None:
    lost = f"SELECT max(pos) FROM scalars WHERE run_id = '{RUN}'"
    live.command(
        f"ALTER TABLE scalars DELETE WHERE run_id = '{RUN}' AND pos = ({lost}) "
        f"SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1"
    )

    assert replay.compare().verdict_by_table["scalars"].examples == {"differing": [RUN]}


def test_run_of_one_side_alone_is_missing_or_extra(replay: Replay, live: ClickHouseStore) -> None:
    for table in COMPARED - {"dead_letters"}:
        live.command(
            f"ALTER TABLE {table} DELETE WHERE run_id = '{RUN}' SETTINGS mutations_sync = 2"
        )
    live.command("INSERT INTO logs (run_id, file, text) VALUES ('stray', 'f', 'x')")

    found = replay.compare()

    assert found.verdict_by_table["logs"].examples == {"missing": ["stray"], "extra": [RUN]}
    assert found.verdict_by_table["runs"].examples == {"extra": [RUN]}


@pytest.mark.parametrize("per_part", [1, 2, 8, 9, 10])
def test_parts_cover_every_run_once(
    replay: Replay, live: ClickHouseStore, monkeypatch: pytest.MonkeyPatch, per_part: int
) -> None:
    monkeypatch.setattr(comparison, "RUNS_PER_PART", per_part)
    live.command("INSERT INTO logs (run_id, file, text) VALUES ('zebra', 'f', 'x')")
    seen: list[int] = []

    found = replay.compare(seen.append)

    assert found.verdict_by_table["scalars"] == Verdict(equal_count=9)
    assert found.verdict_by_table["logs"].examples == {"missing": ["zebra"]}
    assert seen == sorted(seen)
    assert seen[-1] == 9


def test_runs_that_go_on_are_left_out_where_others_write_the_live_tables(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    script.append(90)
    fold_all(log, live)

    found = folded(replay_of(log, live)).compare()

    assert (found.run_count, found.moving_count) == (0, 9)
    assert counts(found) <= {(0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0)}


def test_runs_that_go_on_are_compared_where_nobody_writes_the_live_tables(
    log: MemoryLog, script: Script, live: ClickHouseStore
) -> None:
    """A script that was killed never ends its run."""
    script.append(90)
    fold_all(log, live)

    found = folded(replay_of(log, live, is_alone=True)).compare()

    assert (found.run_count, found.moving_count, found.is_equal) == (9, 0, True)


def test_run_that_only_one_side_has_folded_to_its_end_is_left_out(
    log: MemoryLog, script: Script, live: ClickHouseStore, replay: Replay
) -> None:
    """Points that come after a run has ended are not a difference."""
    late = Script(log, seed=8)
    late.append(20)
    late.end_runs()

    with_late = folded(replay_of(log, live)).compare()

    assert (with_late.run_count, with_late.is_equal) == (9, True)
    assert with_late.moving_count > 0


def test_batch_that_the_live_fold_is_writing_is_no_difference(
    log: MemoryLog, replay: Replay, live: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows are there before its marks; the part is compared again when both are."""
    paused = PausedStore(live, "ingest_writers")
    late = Script(log, seed=9)
    late.append(5)
    late.end_runs()
    waited = TableComparison._wait_for_live

    def wait_for_live(self: TableComparison) -> None:
        paused.may_go_on.set()
        waited(self)

    monkeypatch.setattr(TableComparison, "_wait_for_live", wait_for_live)
    with folding(log, paused):
        assert paused.is_waiting.wait(60)
        found = replay.compare()

    assert paused.may_go_on.is_set()
    assert (found.run_count, found.is_equal) == (9, True)
