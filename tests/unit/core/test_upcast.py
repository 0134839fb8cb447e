from typing import Any

import pytest

from runtide.core.envelope import UnknownEvent, event_document, parse_event
from runtide.core.events import Heartbeat
from runtide.core.upcast import UPCASTERS


@pytest.fixture
def third_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats as they would be if their time had been renamed twice."""
    monkeypatch.setattr(Heartbeat, "version", 3)

    def renamed(old: str, new: str) -> Any:
        return lambda document: {**document, new: document[old]}

    monkeypatch.setitem(UPCASTERS, ("heartbeat", 1), renamed("when", "at"))
    monkeypatch.setitem(UPCASTERS, ("heartbeat", 2), renamed("at", "ts_us"))


@pytest.mark.usefixtures("third_version")
@pytest.mark.parametrize(
    "document", [{"when": 7}, {"v": 1, "when": 7}, {"v": 2, "at": 7}, {"v": 3, "ts_us": 7}]
)
def test_event_of_an_old_version_comes_in_the_newest(document: dict[str, Any]) -> None:
    assert parse_event({"type": "heartbeat", **document}) == Heartbeat(ts_us=7)


@pytest.mark.usefixtures("third_version")
def test_event_beyond_the_first_version_says_its_version() -> None:
    assert event_document(Heartbeat(ts_us=7)) == {"type": "heartbeat", "v": 3, "ts_us": 7}


@pytest.mark.usefixtures("third_version")
def test_event_of_a_later_version_is_unknown() -> None:
    document = {"type": "heartbeat", "v": 4, "soul": 1}

    assert parse_event(document) == UnknownEvent("heartbeat", 4, document)
