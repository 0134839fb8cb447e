"""Settings of the ClickHouse server: what they mean, and what is refused before anybody connects."""

from pathlib import Path
from typing import Any

import pytest

from runtide.errors import UsageError
from runtide.settings import load_settings
from runtide.shared_settings import ClickHouseEnvironment
from runtide.store.server_settings import ClickHouseSettings


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://db", ("http", "db", 8123)),
        ("https://db/", ("https", "db", 8443)),
        ("http://127.0.0.1:9123", ("http", "127.0.0.1", 9123)),
        ("http://[::1]:8123", ("http", "::1", 8123)),
    ],
)
def test_url_says_where_the_server_is(url: str, place: tuple[str, str, int]) -> None:
    settings = ClickHouseSettings(url=url)

    assert (settings.scheme, settings.host, settings.port) == place


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "db:8123"}, "RUNTIDE_CLICKHOUSE_URL is 'db:8123': want `http://host:port`"),
        ({"url": "clickhouse://db"}, "Runtide speaks ClickHouse's HTTP interface"),
        ({"url": "http://"}, "want `http://host:port`"),
        ({"url": "http://db:x"}, "want `http://host:port`"),
        ({"url": "http://db:70000"}, "want `http://host:port`"),
        ({"url": "http://db:0"}, "want `http://host:port`"),
        ({"url": "http://db/runs"}, "set by RUNTIDE_CLICKHOUSE_DATABASE"),
        ({"url": "http://db?database=x"}, "set by RUNTIDE_CLICKHOUSE_DATABASE"),
        ({"database": "a`b"}, "RUNTIDE_CLICKHOUSE_DATABASE is 'a`b': want letters"),
        ({"user": ""}, "RUNTIDE_CLICKHOUSE_USER is '': name one"),
        ({"layout": "star"}, "RUNTIDE_CLICKHOUSE_LAYOUT is 'star': want `plain`"),
        ({"layout": "sharded"}, "name the cluster in RUNTIDE_CLICKHOUSE_CLUSTER"),
        ({"cluster": "main"}, "set RUNTIDE_CLICKHOUSE_LAYOUT"),
        ({"cluster": "a b", "layout": "sharded"}, "RUNTIDE_CLICKHOUSE_CLUSTER is 'a b'"),
        ({"retention_days": 0}, "RUNTIDE_CLICKHOUSE_RETENTION_DAYS is 0: want a whole number"),
        ({"timeout_s": 0}, "RUNTIDE_CLICKHOUSE_TIMEOUT_S is 0"),
        ({"connect_timeout_s": -1}, "RUNTIDE_CLICKHOUSE_CONNECT_TIMEOUT_S is -1"),
        ({"ca_file": Path("ca.pem")}, "encrypts nothing; want https, or unset this"),
        ({"url": "https://db", "ca_file": Path("nowhere.pem")}, "there is no such file"),
    ],
)
def test_impossible_setting_is_refused_with_its_remedy(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ClickHouseSettings(**{"url": "http://db", **changes})

    assert message in str(caught.value)


def test_password_in_the_address_is_refused_and_not_shown() -> None:
    """An address ends up in messages and process lists."""
    with pytest.raises(UsageError, match="RUNTIDE_CLICKHOUSE_PASSWORD") as caught:
        ClickHouseSettings(url="http://me:secret@db:8123")

    assert "secret" not in str(caught.value)


def test_nothing_set_means_no_server() -> None:
    assert ClickHouseEnvironment().clickhouse() is None


def test_environment_says_all_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.touch()
    for name, value in {
        "URL": "https://db",
        "DATABASE": "runs",
        "USER": "me",
        "PASSWORD": "secret",
        "LAYOUT": "sharded",
        "CLUSTER": "main",
        "RETENTION_DAYS": "30",
        "CA_FILE": str(authority),
        "CONNECT_TIMEOUT_S": "3",
        "TIMEOUT_S": "",
    }.items():
        monkeypatch.setenv(f"RUNTIDE_CLICKHOUSE_{name}", value)

    settings = load_settings(ClickHouseEnvironment)

    assert settings.clickhouse() == ClickHouseSettings(
        url="https://db",
        database="runs",
        user="me",
        password="secret",
        layout="sharded",
        cluster="main",
        retention_days=30,
        ca_file=authority,
        connect_timeout_s=3,
    )
    assert "secret" not in repr(settings) + repr(settings.clickhouse())
