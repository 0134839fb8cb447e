"""`runtide migrate`: the tables of the read model, brought to this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.address import folder_lock
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.settings import ClickHouseEnvironment, EmbeddedSettings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.store.migrate import Migration
    from runtide.store.server_settings import ClickHouseSettings


def migrate(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make or update the tables, on the ClickHouse server that RUNTIDE_CLICKHOUSE_URL names.

    Where it names none, in the data folder; no server may have the folder then. Services migrate
    when they start: this is for whoever wants it done before, or by another user.

    Example: RUNTIDE_CLICKHOUSE_URL=http://clickhouse:8123 runtide migrate
    """
    server = load_settings(ClickHouseEnvironment).clickhouse()
    if server is None or home is not None:
        folder = load_settings(EmbeddedSettings, home=home).home
        place, applied = str(folder), _migrated_folder(folder)
    else:
        place, applied = f"{server.url}/{server.database}", _migrated_server(server)
    names = [f"{migration.number:04}_{migration.name}" for migration in applied]
    if as_json:
        print_json({"place": place, "applied": names})
        return
    for name in names:
        stdout.print(f"applied {name}", markup=False)
    done = "is at this version now" if names else "was at this version already"
    stdout.print(f"{place} {done}", markup=False)


def _migrated_folder(folder: Path) -> list[Migration]:
    # Here and not above: the engines take a second to load, and `--help` needs none.
    from runtide.store import migrate as migrations  # noqa: PLC0415  # see above
    from runtide.store.engine import open_chdb  # noqa: PLC0415  # see above

    with folder_lock(folder):
        store = open_chdb(folder)
        try:
            return migrations.migrate(store)
        finally:
            store.close()


def _migrated_server(settings: ClickHouseSettings) -> list[Migration]:
    from runtide.store import migrate as migrations  # noqa: PLC0415  # as above
    from runtide.store.layouts import layout_of  # noqa: PLC0415  # as above
    from runtide.store.server import open_server  # noqa: PLC0415  # as above

    store = open_server(settings)
    try:
        return migrations.migrate(store, layout_of(settings))
    finally:
        store.close()
