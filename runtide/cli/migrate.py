"""`runtide migrate`: the tables of the read model, brought to this version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtide.address import folder_lock
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.embedded_settings import EmbeddedSettings
from runtide.settings import load_settings
from runtide.shared_settings import ClickHouseEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtide.store.migrate import Migration
    from runtide.store.server_settings import ClickHouseSettings


def migrate(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make or update the tables, on the ClickHouse server that RUNTIDE_CLICKHOUSE_URL names.

    Where it names none, or a folder is given, in the data folder; no server may have it then.
    Services migrate when they start: this is for whoever wants it done before, or by another user.

    Example: RUNTIDE_CLICKHOUSE_URL=http://clickhouse:8123 runtide migrate
    """
    server = load_settings(ClickHouseEnvironment).clickhouse()
    if server is None or home is not None:
        done = _migrated_folder(load_settings(EmbeddedSettings, home=home).home)
    else:
        done = _migrated_server(server)
    if as_json:
        print_json(done)
        return
    for line in _lines(done):
        stdout.print(line, markup=False)


def _migrated_folder(folder: Path) -> dict[str, Any]:
    # Here and not above: the engines take a second to load, and `--help` needs none.
    from runtide.store import migrate as migrations  # noqa: PLC0415  # see above
    from runtide.store.engine import open_chdb  # noqa: PLC0415  # see above

    with folder_lock(folder):
        store = open_chdb(folder)
        try:
            applied = migrations.migrate(store)
        finally:
            store.close()
    return _document(str(folder), "plain", applied, {})


def _migrated_server(settings: ClickHouseSettings) -> dict[str, Any]:
    from runtide.store.server import open_server, prepare_server  # noqa: PLC0415  # as above

    store = open_server(settings)
    try:
        applied, kept = prepare_server(store, settings)
    finally:
        store.close()
    return _document(f"{settings.url}/{settings.database}", settings.layout, applied, kept)


def _document(
    place: str, layout: str, applied: list[Migration], kept: dict[str, int | None]
) -> dict[str, Any]:
    names = [f"{migration.number:04}_{migration.name}" for migration in applied]
    return {"place": place, "layout": layout, "applied": names, "retention_days": kept}


def _lines(done: dict[str, Any]) -> Iterator[str]:
    for name in done["applied"]:
        yield f"applied {name}"
    for table, days in done["retention_days"].items():
        yield f"{table}: rows are kept {f'for {days} days' if days else 'for ever'}"
    is_changed = done["applied"] or done["retention_days"]
    yield f"{done['place']} {'is up to date now' if is_changed else 'was up to date already'}"
