"""`runtide migrate`, as a process, on a folder and on a server."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.address import folder_lock
from runtide.store.migrate import shipped_migrations
from tests.bridge import Bridge, running_bridge
from tests.forked import run_module

NAMES = [f"{migration.number:04}_{migration.name}" for migration in shipped_migrations()]


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server that the tests of this file share."""
    with running_bridge(tmp_path_factory.mktemp("bridge"), user="me", password="sesame") as one:
        yield one


def migrated(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    named = {f"RUNTIDE_{name}": value for name, value in settings.items()}
    return run_module("runtide.cli", "migrate", *arguments, environment={**bare, **named})


def test_folder_is_migrated_once(tmp_path: Path) -> None:
    first = migrated("--json", HOME=str(tmp_path))
    second = migrated(HOME=str(tmp_path))

    assert json.loads(first.stdout)["applied"] == NAMES
    assert second.stdout == f"{tmp_path} was up to date already\n"


def test_folder_of_a_running_server_is_left_alone(tmp_path: Path) -> None:
    with folder_lock(tmp_path):
        done = migrated("--home", str(tmp_path))

    assert done.returncode == 3
    assert "another server has the data folder" in done.stderr


def test_server_is_migrated_and_says_where(bridge: Bridge) -> None:
    server = {
        "CLICKHOUSE_URL": bridge.url,
        "CLICKHOUSE_USER": "me",
        "CLICKHOUSE_PASSWORD": "sesame",
        "CLICKHOUSE_DATABASE": "runs",
    }

    first, second = migrated(**server), migrated("--json", **server)

    place = f"{bridge.url}/runs"
    told = [*(f"applied {name}" for name in NAMES), f"{place} is up to date now"]
    assert first.stdout.splitlines() == told
    assert json.loads(second.stdout)["applied"] == []
    assert json.loads(second.stdout)["place"] == place


def test_retention_is_set_and_removed_with_its_setting(bridge: Bridge) -> None:
    server = {
        "CLICKHOUSE_URL": bridge.url,
        "CLICKHOUSE_USER": "me",
        "CLICKHOUSE_PASSWORD": "sesame",
        "CLICKHOUSE_DATABASE": "kept",
    }

    first = migrated("--json", CLICKHOUSE_RETENTION_DAYS="30", **server)
    second = migrated(**server)

    assert json.loads(first.stdout)["retention_days"]["scalars"] == 30
    assert "scalars: rows are kept for ever" in second.stdout.splitlines()


def test_wrong_password_is_a_wrong_command(bridge: Bridge) -> None:
    """Exit code 2, which no script should try again, and never the password."""
    done = migrated(CLICKHOUSE_URL=bridge.url, CLICKHOUSE_USER="me", CLICKHOUSE_PASSWORD="sesam")

    assert done.returncode == 2
    assert "RUNTIDE_CLICKHOUSE_PASSWORD" in done.stderr
    assert "sesam" not in done.stdout + done.stderr


def test_server_that_is_away_is_worth_another_try() -> None:
    done = migrated(CLICKHOUSE_URL="http://127.0.0.1:1")

    assert done.returncode == 3
    assert "cannot be reached" in done.stderr
