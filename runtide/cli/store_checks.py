"""What `runtide doctor` checks of a ClickHouse server, where one is set."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from runtide.cli.checks import Finding
from runtide.errors import RuntideError
from runtide.settings import load_settings
from runtide.shared_settings import ClickHouseEnvironment
from runtide.store.layouts import layout_of
from runtide.store.migrate import shipped_migrations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.store.engine import ClickHouseStore
    from runtide.store.server_settings import ClickHouseSettings

_LEDGER: Final = "SELECT number, sha256 FROM migrations FINAL"
_HAS_LEDGER: Final = (
    "SELECT count() AS n FROM system.tables "
    "WHERE database = currentDatabase() AND name = 'migrations'"
)
_PARTS_PER_TABLE_MAX: Final = 1_000
"""Parts at which ClickHouse begins to slow inserts down: merges do not keep up."""

_PARTS: Final = (
    "SELECT table, count() AS n FROM system.parts WHERE database = currentDatabase() AND active "
    "GROUP BY table ORDER BY n DESC LIMIT 1"
)


def store_findings() -> Iterator[Finding]:
    """Look at the server and its tables; nothing if none is configured.

    Nothing is made or changed. Of a server that cannot be reached there is nothing more to say.
    """
    try:
        settings = load_settings(ClickHouseEnvironment).clickhouse()
        if settings is None:
            return
        if find_spec("clickhouse_connect") is None:
            what = "clickhouse_connect not installed"
            yield Finding("clickhouse", "failed", what, "run `pip install 'runtide[server]'`")
            return
        # Here and not above: doctor must be able to say that this engine is not installed.
        from runtide.store.server import open_server  # noqa: PLC0415  # see above

        store = open_server(settings, makes_database=False)
    except RuntideError as exc:
        yield Finding("clickhouse", "failed", str(exc))
        return
    try:
        yield Finding("clickhouse", "ok", f"{settings.url} answers to {settings.user!r}")
        yield _check_tables(store)
        yield _check_swap(store, settings)
        yield _check_parts(store)
    except RuntideError as exc:
        yield Finding("tables", "failed", str(exc))
    finally:
        store.close()


def _check_tables(store: ClickHouseStore) -> Finding:
    shipped = shipped_migrations()
    has_ledger = store.query(_HAS_LEDGER).to_pylist()[0]["n"]
    applied = (
        {row["number"]: row["sha256"] for row in store.query(_LEDGER).to_pylist()}
        if has_ledger
        else {}
    )
    missing = [migration for migration in shipped if migration.number not in applied]
    if missing:
        detail = f"{len(missing)} of {len(shipped)} migrations are not applied"
        return Finding("tables", "failed", detail, "run `runtide migrate`, or start a worker")
    changed = [m.name for m in shipped if applied[m.number] != m.sha256]
    if changed or len(applied) > len(shipped):
        detail = f"the tables are of another version ({', '.join(changed) or 'a newer one'})"
        return Finding("tables", "failed", detail, "install the version that wrote them")
    return Finding("tables", "ok", f"{len(shipped)} migrations applied")


def _check_swap(store: ClickHouseStore, settings: ClickHouseSettings) -> Finding:
    """A swap lets no worker write for a second or two; one that was killed, for ever."""
    from processors.replay.tables import find_holder  # noqa: PLC0415  # slow, as the engine

    holder = find_holder(store, settings.database, layout_of(settings))
    if holder is None:
        return Finding("replay", "ok", "no swap holds the tables")
    return Finding(
        "replay",
        "failed",
        f"the replay into {holder.name!r} holds the tables, and workers wait; process "
        f"{holder.process} swaps them",
        f"if it lives, wait until it has ended; if it was killed, finish its work with `runtide "
        f"replay --into {holder.name} --force`",
    )


def _check_parts(store: ClickHouseStore) -> Finding:
    found = store.query(_PARTS).to_pylist()
    if found and found[0]["n"] >= _PARTS_PER_TABLE_MAX:
        detail = f"table `{found[0]['table']}` is in {found[0]['n']:,} parts"
        remedy = "give ClickHouse more processors or a faster disk: merges do not keep up"
        return Finding("merges", "warning", detail, remedy)
    return Finding("merges", "ok", "merges keep up with inserts")
