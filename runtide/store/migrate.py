"""Numbered migrations, applied once each and remembered with a checksum, in the store's layout."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.errors import MigrationChanged, StoreRefused
from runtide.store.layouts import LEDGER, PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.store.layouts import Layout
    from runtide.store.port import MetricStore
    from runtide.store.server_settings import LayoutName

_FILE_NAME: Final = re.compile(r"(\d{4})_(\w+)\.sql")

_LEDGER: Final = f"""\
CREATE TABLE IF NOT EXISTS {LEDGER} (
    number UInt32,
    name   String,
    sha256 String
) ENGINE = ReplacingMergeTree ORDER BY number"""

_ENGINES: Final = f"""
SELECT name, engine_full FROM system.tables
WHERE database = currentDatabase() AND name IN ('runs', '{LEDGER}')
"""  # noqa: S608  # our own words
_CLUSTER: Final = re.compile(r"Distributed\(['`]?([\w.-]+)")


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


def migrate(store: MetricStore, layout: Layout = PLAIN) -> list[Migration]:
    """Bring the tables of `store` to this version and return the migrations that were applied.

    A migration that was cut short is run again from its start: its statements allow that.

    Args:
        store: Where the tables are, or will be.
        layout: How they lie; a store keeps the layout it was made with.

    Raises:
        StoreRefused: The store has another layout; nothing was done.
        MigrationChanged: A migration that was applied is not one that this version ships.
        StoreUnavailable: The engine did not answer; run it again.
    """
    engines = _read_engines(store)
    _check_layout(_layout_by(engines), layout)
    if LEDGER not in engines:
        # Asked for and not tried: whoever may only read starts where nothing is to be done.
        _run(store, _LEDGER, layout)
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
            _run(store, statement, layout)
        row = (migration.number, migration.name, migration.sha256)
        store.command(f"INSERT INTO migrations VALUES {row}")  # noqa: S608  # shipped with us
        done.append(migration)
    return done


def find_layout(store: MetricStore) -> tuple[LayoutName, str] | None:
    """Return the layout that the tables of `store` have, and its cluster where it is known.

    None where there are no tables yet. The engines of the tables are what remembers it.

    Raises:
        StoreUnavailable: The engine did not answer.
    """
    return _layout_by(_read_engines(store))


def _read_engines(store: MetricStore) -> dict[str, str]:
    """Return how the two tables are made that tell the layout, as far as they are there."""
    return {row["name"]: row["engine_full"] for row in store.query(_ENGINES).to_pylist()}


def _layout_by(engines: Mapping[str, str]) -> tuple[LayoutName, str] | None:
    if (runs := engines.get("runs")) is None:
        # The ledger comes first, and is replicated in two of the layouts.
        is_plain = LEDGER in engines and not engines[LEDGER].startswith("Replicated")
        return ("plain", "") if is_plain else None
    if cluster := _CLUSTER.match(runs):
        return "sharded", cluster[1]
    return ("replicated" if runs.startswith("Replicated") else "plain"), ""


def _check_layout(found: tuple[LayoutName, str] | None, layout: Layout) -> None:
    if found is None:
        return
    name, cluster = found
    if name != layout.name:
        message = (
            f"database `{layout.database}` has layout `{name}`, want `{layout.name}`: set "
            f"RUNTIDE_CLICKHOUSE_LAYOUT={name}, or name a new database in "
            f"RUNTIDE_CLICKHOUSE_DATABASE and fold the log into that"
        )
        raise StoreRefused(message)
    if cluster and cluster != layout.cluster:
        message = (
            f"database `{layout.database}` is spread over cluster `{cluster}`, want "
            f"`{layout.cluster}`: set RUNTIDE_CLICKHOUSE_CLUSTER={cluster}, or name a new database "
            f"in RUNTIDE_CLICKHOUSE_DATABASE and fold the log into that"
        )
        raise StoreRefused(message)


def _run(store: MetricStore, statement: str, layout: Layout) -> None:
    for one in layout.statements(statement):
        store.command(one)


def _check(migration: Migration, applied_sha256: str) -> None:
    if applied_sha256 != migration.sha256:
        message = (
            f"migration {migration.number:04} was applied with checksum {applied_sha256[:12]}, "
            f"this version ships {migration.sha256[:12]}: install the version that wrote this "
            f"store, or move the `clickhouse` folder away so that it is rebuilt from the log"
        )
        raise MigrationChanged(message)
