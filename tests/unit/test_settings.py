"""Settings of the services: defaults, refusals, and who wins."""

from pathlib import Path

import pytest

from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import UnknownSettings, UsageError
from runtide.settings import load_settings, reject_unknown


def test_nothing_set_means_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has read nothing gets a server on their own machine."""
    monkeypatch.delenv("RUNTIDE_HOME", raising=False)

    settings = load_settings(EmbeddedSettings)

    assert settings == EmbeddedSettings(
        home=Path.home() / ".runtide", host="127.0.0.1", port=8300, idle_exit_s=None
    )


def test_option_wins_over_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed is meant for now; the environment is meant for always."""
    monkeypatch.setenv("RUNTIDE_UP_PORT", "9001")

    assert load_settings(EmbeddedSettings, port=9002).port == 9002


def test_environment_wins_over_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIDE_UP_PORT", "9001")

    assert load_settings(EmbeddedSettings, port=None).port == 9001


def test_misspelt_setting_is_refused_by_name() -> None:
    """A typo would otherwise mean the default, silently."""
    with pytest.raises(UnknownSettings) as caught:
        reject_unknown({"RUNTIDE_HOEM": "/data", "PATH": "/bin"})

    assert caught.value.names == ("RUNTIDE_HOEM",)


@pytest.mark.parametrize(
    "name", ["RUNTIDE_HOME", "RUNTIDE_UP_PORT", "RUNTIDE_URL", "RUNTIDE_TEST_KAFKA"]
)
def test_declared_setting_is_accepted(name: str) -> None:
    """A server is started from shells that also run scripts and tests."""
    reject_unknown({name: "value"})


@pytest.mark.parametrize("port", ["-1", "65536", "eighty"])
def test_impossible_port_is_refused_with_its_name_and_value(
    monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    """The message must lead to what is to be changed."""
    monkeypatch.setenv("RUNTIDE_UP_PORT", port)

    with pytest.raises(UsageError, match=f"`RUNTIDE_UP_PORT` is '{port}'"):
        load_settings(EmbeddedSettings)


def test_home_follows_the_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager passes `~` as it stands; no shell has opened it."""
    monkeypatch.setenv("RUNTIDE_HOME", "~/runs")

    assert load_settings(EmbeddedSettings).home == Path.home() / "runs"


def test_settings_cannot_be_changed() -> None:
    """What a service was started with is what it runs with."""
    settings = EmbeddedSettings()

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
