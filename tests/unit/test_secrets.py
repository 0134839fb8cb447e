"""Passwords and tokens: from settings and files, and in no message."""

import logging
import secrets
from pathlib import Path

import pytest

from runtide.client.options import destination, load_options
from runtide.errors import UsageError
from runtide.log.kafka_settings import parse_settings
from runtide.settings import QueryApiSettings, load_settings

SECRET = secrets.token_hex(16)
KAFKA = {
    "RUNTIDE_KAFKA_BOOTSTRAP": "broker:9092",
    "RUNTIDE_KAFKA_SECURITY": "sasl_ssl",
    "RUNTIDE_KAFKA_USERNAME": "u",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that holds the secret and a line end."""
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    return path


def set_all(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def test_passwords_may_stand_in_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        KAFKA
        | {
            "RUNTIDE_KAFKA_PASSWORD_FILE": str(file),
            "RUNTIDE_CLICKHOUSE_URL": "http://host:8123",
            "RUNTIDE_CLICKHOUSE_PASSWORD_FILE": str(file),
        },
    )
    settings = load_settings(QueryApiSettings)
    clickhouse = settings.clickhouse()

    assert clickhouse is not None
    assert (settings.kafka().password, clickhouse.password) == (SECRET, SECRET)
    script = parse_settings(KAFKA | {"RUNTIDE_KAFKA_PASSWORD_FILE": str(file)})
    assert script.password == SECRET


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"RUNTIDE_KAFKA_PASSWORD": SECRET, "RUNTIDE_KAFKA_PASSWORD_FILE": "/x"}, "both set"),
        ({"RUNTIDE_KAFKA_PASSWORD_FILE": "/nowhere/x"}, "cannot be read"),
    ],
)
def test_file_that_cannot_be_is_refused_with_the_remedy(more: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError, match=word) as raised:
        parse_settings(KAFKA | more)

    assert SECRET not in str(raised.value)


def test_no_message_shows_a_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what settings look like, nor what is said of others that are wrong beside them."""
    caplog.set_level(logging.DEBUG)
    set_all(
        monkeypatch,
        KAFKA
        | {
            "RUNTIDE_KAFKA_PASSWORD": SECRET,
            "RUNTIDE_CLICKHOUSE_URL": "http://host:8123",
            "RUNTIDE_CLICKHOUSE_PASSWORD": SECRET,
            "RUNTIDE_TOKEN": f"rt_{'0' * 12}_{SECRET}",
        },
    )
    settings = load_settings(QueryApiSettings)
    options = load_options()
    said = [settings, settings.kafka(), settings.clickhouse(), options]
    said.append(destination(home=options.home, url="http://host:1", token=options.token))
    with pytest.raises(UsageError) as wrong:
        load_settings(QueryApiSettings, port=-1)
    monkeypatch.setenv("RUNTIDE_KAFKA_SECURITY", "none")
    with pytest.raises(UsageError) as contradicting:
        load_settings(QueryApiSettings).kafka()
    monkeypatch.setenv("RUNTIDE_TOKEN", f"{SECRET} {SECRET}")
    with pytest.raises(UsageError) as misspelt:
        load_options()
    said += [wrong.value, contradicting.value, misspelt.value]

    assert all(SECRET not in f"{one!r} {one}" for one in said)
    assert SECRET not in caplog.text
