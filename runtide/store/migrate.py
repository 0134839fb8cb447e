"""Numbered migrations, applied once each and remembered with a checksum."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.errors import MigrationChanged

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_FILE_NAME: Final = re.compile(r"(\d{4})_(\w+)\.sql")

_LEDGER: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number UInt32,
    name   String,
    sha256 String
) ENGINE = ReplacingMergeTree ORDER BY number
"""


class Migration(NamedTuple):
    """One shipped migration file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The checksum of its text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Its statements without comments; each can be run again without harm."""
        bare = re.sub(r"--[^\n]*", "", self.sql)
        return [part.strip() for part in bare.split(";\n") if part.strip()]


def shipped_migrations() -> list[Migration]:
    """Return every migration of this version, in order of their numbers, which have no gaps."""
    migrations = sorted(
        Migration(int(match[1]), match[2], path.read_text(encoding="utf-8"))
        for path in (files("runtide.store") / "schema").iterdir()
        if (match := _FILE_NAME.fullmatch(path.name))
    )
    assert [m.number for m in migrations] == list(range(1, len(migrations) + 1)), migrations
    return migrations


def migrate(store: MetricStore) -> list[Migration]:
    """Bring the tables of `store` to this version and return the migrations that were applied.

    A migration that was cut short is run again from its start: its statements allow that.

    Raises:
        MigrationChanged: A migration that was applied is not one that this version ships.
        StoreUnavailable: The engine did not answer; run it again.
    """
    store.command(_LEDGER)
    ledger = store.query("SELECT number, sha256 FROM migrations FINAL").to_pydict()
    applied = dict(zip(ledger["number"], ledger["sha256"], strict=True))
    shipped = shipped_migrations()
    if unknown := sorted(applied.keys() - {migration.number for migration in shipped}):
        message = (
            f"migration {unknown[0]:04} was applied, this version ships {len(shipped)}: install "
            f"the version that wrote this store"
        )
        raise MigrationChanged(message)
    done = []
    for migration in shipped:
        if migration.number in applied:
            _check(migration, applied[migration.number])
            continue
        for statement in migration.statements:
            store.command(statement)
        row = (migration.number, migration.name, migration.sha256)
        store.command(f"INSERT INTO migrations VALUES {row}")  # noqa: S608  # shipped with us
        done.append(migration)
    return done


def _check(migration: Migration, applied_sha256: str) -> None:
    if applied_sha256 != migration.sha256:
        message = (
            f"migration {migration.number:04} was applied with checksum {applied_sha256[:12]}, "
            f"this version ships {migration.sha256[:12]}: install the version that wrote this "
            f"store, or move the `clickhouse` folder away so that it is rebuilt from the log"
        )
        raise MigrationChanged(message)
