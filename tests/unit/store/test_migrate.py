from collections.abc import Iterator

import pytest

from runtide.errors import MigrationChanged
from runtide.store.migrate import Migration, migrate, shipped_migrations
from runtide.store.port import MetricStore
from tests.engine import drop_store, empty_store


@pytest.fixture
def store() -> Iterator[MetricStore]:
    """Return a store that is migrated already."""
    opened = empty_store()
    yield opened
    drop_store(opened)


def table_names(store: MetricStore) -> set[str]:
    rows = store.query("SELECT name FROM system.tables WHERE database = currentDatabase()")
    return set(rows.column(0).to_pylist())


def test_migration_is_applied_once(store: MetricStore) -> None:
    assert migrate(store) == []


def test_migration_that_was_cut_short_is_run_again(store: MetricStore) -> None:
    """A crash may come between a migration's statements, or before it is remembered."""
    store.command("TRUNCATE TABLE migrations")
    store.command("DROP TABLE dead_letters SYNC")

    assert migrate(store) == shipped_migrations()
    assert "dead_letters" in table_names(store)


def test_migration_that_changed_is_refused(store: MetricStore) -> None:
    """Tables of another shape would take wrong rows without a word."""
    store.command("INSERT INTO migrations VALUES (1, 'read_model', 'other')")

    with pytest.raises(MigrationChanged, match="migration 0001 was applied with checksum other"):
        migrate(store)


def test_store_of_a_newer_version_is_refused(store: MetricStore) -> None:
    """An old server must not fold into tables that it does not know."""
    store.command("INSERT INTO migrations VALUES (9999, 'later', 'x')")

    with pytest.raises(
        MigrationChanged, match=r"migration 9999 was applied, this version ships \d+:"
    ):
        migrate(store)


def test_comments_are_no_statements() -> None:
    sql = "-- one; two\nCREATE TABLE a (x Int8) -- x;\nENGINE = Memory;\n\n-- end\nSELECT 1;\n"

    assert Migration(1, "x", sql).statements == [
        "CREATE TABLE a (x Int8) \nENGINE = Memory",
        "SELECT 1",
    ]


def test_every_shipped_statement_can_be_run_again() -> None:
    assert [
        statement
        for migration in shipped_migrations()
        for statement in migration.statements
        if " IF NOT EXISTS " not in statement and not statement.startswith("CREATE OR REPLACE ")
    ] == []
