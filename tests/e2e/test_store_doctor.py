"""What `runtide doctor` says of a ClickHouse server that is half there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from processors.replay.tables import Names, SwapTables
from runtide.cli.checks import Finding
from runtide.cli.store_checks import store_findings
from runtide.store.layouts import PLAIN
from runtide.store.migrate import migrate
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings
from tests.bridge import Bridge, running_bridge


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    folder: Path = tmp_path_factory.mktemp("store")
    with running_bridge(folder, user="runtide", password="secret-1") as running:
        yield running


def found(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Finding]:
    """Return the finding of each check, as the doctor makes them in this environment."""
    for name, value in environment.items():
        monkeypatch.setenv(f"RUNTIDE_CLICKHOUSE_{name}", value)
    return {finding.check: finding for finding in store_findings()}


def test_server_that_is_not_configured_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIDE_CLICKHOUSE_URL", raising=False)

    assert found(monkeypatch) == {}


def test_server_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    got = found(monkeypatch, URL="http://127.0.0.1:9", CONNECT_TIMEOUT_S="1")

    assert got["clickhouse"].verdict == "failed"
    assert "127.0.0.1:9" in got["clickhouse"].detail


def test_wrong_password_is_told_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, bridge: Bridge
) -> None:
    got = found(monkeypatch, URL=bridge.url, USER="runtide", PASSWORD="secret-2")

    assert got["clickhouse"].verdict == "failed"
    assert "RUNTIDE_CLICKHOUSE_PASSWORD" in got["clickhouse"].detail
    assert "secret" not in got["clickhouse"].detail.replace("RUNTIDE_CLICKHOUSE_PASSWORD", "")


def test_tables_that_are_missing_are_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, bridge: Bridge
) -> None:
    access = {"URL": bridge.url, "USER": "runtide", "PASSWORD": "secret-1"}
    before = found(monkeypatch, DATABASE="empty", **access)
    settings = ClickHouseSettings(
        url=bridge.url, user="runtide", password="secret-1", database="empty"
    )
    store = open_server(settings)
    without_tables = found(monkeypatch)
    migrate(store)
    store.close()
    after = found(monkeypatch)

    assert before["tables"].verdict == "failed"
    assert "empty" in before["tables"].detail
    assert "runtide migrate" in without_tables["tables"].remedy
    assert {finding.verdict for finding in after.values()} == {"ok"}


def test_swap_that_holds_the_tables_is_told_with_what_ends_it(
    monkeypatch: pytest.MonkeyPatch, bridge: Bridge
) -> None:
    """A replay that was killed as it swapped holds up every worker until somebody goes on."""
    access = {"URL": bridge.url, "USER": "runtide", "PASSWORD": "secret-1"}
    given = ClickHouseSettings(url=bridge.url, user="runtide", password="secret-1")
    store, beside = (
        open_server(replace(given, database=database)) for database in ("held", "held_v2")
    )
    migrate(store)
    migrate(beside)
    names = Names(name="v2", database="held", process="machine:7", layout=PLAIN)
    SwapTables(store, names).hold(takes_over=False)
    store.close()
    beside.close()

    finding = found(monkeypatch, DATABASE="held", **access)["replay"]

    assert finding.verdict == "failed"
    assert "process machine:7" in finding.detail
    assert "`runtide replay --into v2 --force`" in finding.remedy
