import logging

import pytest

from runtide.cluster.query_api import serve_query_api
from runtide.cluster.reach import check_reach, host_names
from runtide.errors import UsageError
from runtide.settings import QueryApiSettings

SAID = {"setting": "RUNTIDE_X_TRUST_NETWORK", "harm": "read every run"}


def test_this_machine_alone_needs_no_trust(caplog: pytest.LogCaptureFixture) -> None:
    check_reach("127.0.0.1", trusts_network=False, **SAID)

    assert caplog.records == []


def test_address_that_others_reach_is_refused_with_the_remedy() -> None:
    with pytest.raises(UsageError, match="set RUNTIDE_X_TRUST_NETWORK=true"):
        check_reach("0.0.0.0", trusts_network=False, **SAID)


def test_trusted_network_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        check_reach("0.0.0.0", trusts_network=True, **SAID)

    assert "can read every run" in caplog.text


def test_names_are_split_at_commas() -> None:
    assert host_names("a, b,") == {"a", "b"}


def test_query_api_under_any_name_is_refused() -> None:
    """A page of another site could point its own name here and read what it likes."""
    settings = QueryApiSettings(allowed_hosts="*", artifacts_url="file:///files")

    with pytest.raises(UsageError, match="list the names"):
        serve_query_api(settings, on_ready=print)
