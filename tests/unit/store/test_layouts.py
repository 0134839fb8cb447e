"""How shipped statements are rewritten for clusters. The engine parses each of the results."""

import re
from collections.abc import Iterator

import pytest

from runtide.errors import StoreRefused
from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import LEDGER, PLAIN, Layout
from runtide.store.migrate import find_layout, migrate, shipped_migrations
from tests.engine import drop_store, empty_store

REPLICATED = Layout("replicated", "main", "runs")
SHARDED = Layout("sharded", "main", "runs")

TABLE = """\
CREATE TABLE IF NOT EXISTS scalars (
    run_id LowCardinality(String) CODEC(ZSTD(1)),
    pos    UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1"""

GOLDEN_REPLICATED = """\
CREATE TABLE IF NOT EXISTS scalars ON CLUSTER `main` (
    run_id LowCardinality(String) CODEC(ZSTD(1)),
    pos    UInt64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/runs/scalars', '{replica}', pos) \
ORDER BY (run_id)
SETTINGS replicated_deduplication_window = 1000, replicated_deduplication_window_seconds = 604800, \
fsync_after_insert = 1"""

GOLDEN_DISTRIBUTED = """\
CREATE TABLE IF NOT EXISTS scalars ON CLUSTER `main` AS scalars_local \
ENGINE = Distributed(`main`, `runs`, `scalars_local`, cityHash64(run_id))"""


@pytest.fixture
def store() -> Iterator[ClickHouseStore]:
    """Return a store with a plain layout."""
    opened = empty_store()
    yield opened
    drop_store(opened)


def shipped_statements() -> list[str]:
    return [one for migration in shipped_migrations() for one in migration.statements]


def shipped_tables() -> dict[str, str]:
    """Return the statement of each table that is shipped, by its name."""
    found = [
        (match[1], one)
        for one in shipped_statements()
        if (match := re.match(r"CREATE TABLE IF NOT EXISTS (\w+)", one))
    ]
    return dict(found)


def test_plain_layout_runs_what_is_shipped() -> None:
    assert PLAIN.statements(TABLE) == [TABLE]


def test_replicated_table_is_on_every_server_and_keeps_its_window() -> None:
    assert REPLICATED.statements(TABLE) == [GOLDEN_REPLICATED]


def test_sharded_table_is_one_of_parts_and_one_that_speaks_for_them() -> None:
    local = GOLDEN_REPLICATED.replace("EXISTS scalars", "EXISTS scalars_local")

    assert SHARDED.statements(TABLE) == [local, GOLDEN_DISTRIBUTED]


def test_engine_without_arguments_gets_those_of_replication_alone() -> None:
    (sql,) = REPLICATED.statements(
        "CREATE TABLE IF NOT EXISTS metrics (a Int8) ENGINE = AggregatingMergeTree ORDER BY a"
    )

    assert sql == (
        "CREATE TABLE IF NOT EXISTS metrics ON CLUSTER `main` (a Int8) ENGINE = "
        "ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/runs/metrics', '{replica}') "
        "ORDER BY a"
    )


def test_ledger_is_one_for_all_shards() -> None:
    """A shard that has its own would be migrated by nobody, or twice."""
    (sql,) = SHARDED.statements(
        f"CREATE TABLE IF NOT EXISTS {LEDGER} (n Int8) ENGINE = ReplacingMergeTree ORDER BY n"
    )

    assert "'/clickhouse/tables/all/runs/migrations', '{shard}-{replica}'" in sql


@pytest.mark.parametrize(
    ("statement", "replicated", "sharded"),
    [
        pytest.param(
            "ALTER TABLE logs ADD COLUMN a Int8",
            ["ALTER TABLE logs ON CLUSTER `main` ADD COLUMN a Int8"],
            [
                "ALTER TABLE logs_local ON CLUSTER `main` ADD COLUMN a Int8",
                "ALTER TABLE logs ON CLUSTER `main` ADD COLUMN a Int8",
            ],
            id="columns",
        ),
        pytest.param(
            "ALTER TABLE logs REMOVE TTL",
            ["ALTER TABLE logs ON CLUSTER `main` REMOVE TTL"],
            ["ALTER TABLE logs_local ON CLUSTER `main` REMOVE TTL"],
            id="storage",
        ),
        pytest.param(
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            ["CREATE OR REPLACE VIEW v ON CLUSTER `main` AS SELECT 1"],
            ["CREATE OR REPLACE VIEW v ON CLUSTER `main` AS SELECT 1"],
            id="view",
        ),
    ],
)
def test_other_statements_reach_what_they_are_about(
    statement: str, replicated: list[str], sharded: list[str]
) -> None:
    assert REPLICATED.statements(statement) == replicated
    assert SHARDED.statements(statement) == sharded


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE runs",
        "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Log",
        "OPTIMIZE TABLE runs",
    ],
)
def test_statement_of_an_unknown_kind_is_refused(statement: str) -> None:
    """It would be run on one server of many, without a word."""
    with pytest.raises(ValueError, match="has no form in layout `sharded`"):
        SHARDED.statements(statement)


@pytest.mark.parametrize("layout", [REPLICATED, SHARDED], ids=lambda layout: layout.name)
def test_every_shipped_statement_has_a_form_that_the_engine_parses(
    store: ClickHouseStore, layout: Layout
) -> None:
    for statement in shipped_statements():
        for one in layout.statements(statement):
            (parsed,) = store.query(
                "SELECT formatQuerySingleLine({q:String}) AS q", {"q": one}
            ).to_pylist()
            assert re.match(r"(?:CREATE|ALTER) .* ON CLUSTER main ", parsed["q"]), one


@pytest.mark.parametrize("table", sorted(shipped_tables()))
def test_rows_that_replace_each_other_are_in_one_shard(table: str) -> None:
    """`FINAL` of a divided table is that of its parts, if the key says which part."""
    statement = shipped_tables()[table]
    _, distributed = SHARDED.statements(statement)
    key = re.search(r"ORDER BY \(?([\w, ]+)", statement)
    sharding = re.search(r"(?:cityHash64\()?(\w+)\)+$", distributed)

    assert key is not None
    assert sharding is not None
    assert sharding[1] in key[1].split(", ")


def test_store_without_tables_has_no_layout_yet(store: ClickHouseStore) -> None:
    store.command("DROP TABLE runs SYNC")
    store.command("DROP TABLE migrations SYNC")

    assert find_layout(store) is None


def test_first_migration_that_was_cut_short_keeps_its_layout(store: ClickHouseStore) -> None:
    """The ledger is made first, and tells one server from many."""
    store.command("DROP TABLE runs SYNC")

    assert find_layout(store) == ("plain", "")


@pytest.mark.parametrize("layout", [REPLICATED, SHARDED], ids=lambda layout: layout.name)
def test_store_keeps_the_layout_it_was_made_with(store: ClickHouseStore, layout: Layout) -> None:
    with pytest.raises(StoreRefused, match="set RUNTIDE_CLICKHOUSE_LAYOUT=plain, or name a new"):
        migrate(store, layout)
