"""What is accepted, and why what is not is not. That the fold agrees is a law of its own."""

from typing import Any

import orjson
import pytest

from runtide.core import limits
from runtide.core.acceptance import accepted
from runtide.errors import EnvelopeTooLarge, MalformedEnvelope, MalformedEvent

PLACES = {"step": {"range": [0, 1]}, "ts_us": {"range": [0, 0]}}
SCALARS = {"type": "scalars", "name": "m", "n": 1, "value": [1.0], **PLACES}
STRINGS = {"type": "strings", "name": "m", "n": 1, "value": ["x"], **PLACES}
LIST = {"type": "list", "name": "m", "n": 1, "value": [None], "ts_us": 0}
ROWS = {"type": "rows", "name": "m", "n": 1, "ts_us": 0}


def envelope(*events: dict[str, Any], **head: Any) -> bytes:
    whole = {"v": 1, "run": "r", "writer": "w", "seq": 7, "sent_us": 1, "events": events}
    return orjson.dumps(whole | head)


@pytest.mark.parametrize(
    "event",
    [
        SCALARS,
        {**SCALARS, "value": {"bool": "AQ=="}},
        {**SCALARS, "value": [True]},
        {**SCALARS, "value": [-(2**63)]},
        {**SCALARS, "step": {"range": [2**62, 1]}},
        {**SCALARS, "step": {"i64": "AQAAAAAAAAA="}, "ts_us": [limits.TIME_US_MAX]},
        {**SCALARS, "n": 0, "value": [], "step": [], "ts_us": {"i64": ""}},
        {**SCALARS, "n": 0, "value": [], "step": {"range": [2**63 - 1, 1]}},
        STRINGS,
        {**STRINGS, "value": [None]},
        {**STRINGS, "value": [{"int": str(2**64)}]},
        LIST,
        {**ROWS, "columns": [{"name": "x", "value": [1]}, {"name": "y", "value": ["a"]}]},
        {"type": "tag", "set": {"a": "b"}, "ts_us": 1},
        {"type": "from-the-future", "v": 3},
    ],
)
def test_event_that_keeps_its_contract_is_accepted(event: dict[str, Any]) -> None:
    assert accepted(envelope(event)).seq == 7


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({**SCALARS, "step": [0.5]}, "`step` is a column of cells: want integers"),
        ({**SCALARS, "step": [True]}, "`step` is a column of cells: want integers"),
        ({**SCALARS, "ts_us": {"bool": "AQ=="}}, "`ts_us` is a column of bool: want integers"),
        ({**SCALARS, "step": [2**62 + 1]}, "`step` holds 4611686018427387905"),
        ({**SCALARS, "ts_us": [-1]}, "`ts_us` holds -1: want 0 to"),
        ({**SCALARS, "value": ["x"]}, "`value` holds 'x': send what is no 64-bit number"),
        ({**SCALARS, "value": [{"int": str(2**63)}]}, "send what is no 64-bit number"),
        ({**STRINGS, "value": {"range": [0, 1]}}, "`value` is a column of range"),
        ({**STRINGS, "value": [0.5]}, "`value` holds 0.5: send numbers as `scalars`"),
        ({**LIST, "value": [[1]]}, "cell is [1]"),
        ({**ROWS, "columns": [{"name": "x", "value": []}]}, "column 'x': column has 0 cells"),
        (
            {**ROWS, "columns": [{"name": "x", "value": [1]}, {"name": "x", "value": [1]}]},
            "column 'x' is there twice",
        ),
    ],
)
def test_event_that_breaks_its_contract_is_refused_by_its_place(
    event: dict[str, Any], said: str
) -> None:
    """Of thousands of events, the sender must find the one."""
    with pytest.raises(MalformedEvent) as refused:
        accepted(envelope({"type": "heartbeat", "ts_us": 1}, event))

    assert str(refused.value).startswith(f"event 1 (`{event['type']}`): ")
    assert said in str(refused.value)


def test_descending_range_is_measured_at_both_ends() -> None:
    """The first of a range that counts down is its highest."""
    event = {**SCALARS, "n": 2, "value": [1, 2], "ts_us": {"range": [0, -1]}, "step": [0, 1]}

    with pytest.raises(MalformedEvent, match="`ts_us` holds -1"):
        accepted(envelope(event))


def test_envelope_is_refused_as_when_it_is_parsed() -> None:
    with pytest.raises(MalformedEnvelope, match="not JSON"):
        accepted(b"{")
    with pytest.raises(EnvelopeTooLarge):
        accepted(b" " * (limits.ENVELOPE_BYTES_MAX + 1))
