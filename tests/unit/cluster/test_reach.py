import logging

import pytest

from runtide.cluster.query_api import serve_query_api
from runtide.cluster.reach import demands_tokens, host_names
from runtide.errors import UsageError
from runtide.settings import QueryApiSettings

SAID = {"setting": "RUNTIDE_X_TRUST_NETWORK", "harm": "read every run"}


@pytest.mark.parametrize(
    ("host", "requires", "trusts", "demands"),
    [
        ("127.0.0.1", False, False, False),
        ("127.0.0.1", True, False, True),
        ("0.0.0.0", False, False, True),
        ("0.0.0.0", True, False, True),
        ("0.0.0.0", False, True, False),
    ],
)
def test_whoever_comes_from_elsewhere_needs_a_token(
    host: str, requires: bool, trusts: bool, demands: bool
) -> None:
    asked = demands_tokens(host, requires_tokens=requires, trusts_network=trusts, **SAID)

    assert asked == demands


def test_tokens_and_a_trusted_network_contradict_each_other() -> None:
    with pytest.raises(UsageError, match="RUNTIDE_X_TRUST_NETWORK is true"):
        demands_tokens("0.0.0.0", requires_tokens=True, trusts_network=True, **SAID)


def test_trusted_network_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        demands_tokens("0.0.0.0", requires_tokens=False, trusts_network=True, **SAID)

    assert "can read every run" in caplog.text


def test_names_are_split_at_commas() -> None:
    assert host_names("a, b,") == {"a", "b"}


def test_query_api_under_any_name_is_refused() -> None:
    """A page of another site could point its own name here and read what it likes."""
    settings = QueryApiSettings(allowed_hosts="*", artifacts_url="file:///files")

    with pytest.raises(UsageError, match="list the names"):
        serve_query_api(settings, on_ready=print)
