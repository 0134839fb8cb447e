"""What is let in: envelopes that the fold can read down to the last column."""

from base64 import b64encode
from typing import Any

import orjson
import pytest

from ingest.core.admission import ENVELOPES_PER_POST_MAX, admit, split_body
from runtide.errors import MalformedEnvelope, MalformedEvent
from tests.building import points, record

COLUMN = {"value": [1.0], "step": [0], "ts_us": [0]}
SCALARS = {"type": "scalars", "name": "m", "n": 1, **COLUMN}
STRINGS = {**SCALARS, "type": "strings", "value": ["a"]}
LIST = {"type": "list", "name": "m", "n": 2, "value": [1, "a"], "ts_us": 0}
X = {"name": "x", "value": [1]}
STEP_ONE_SWAPPED: dict[str, Any] = {**SCALARS, "step": {"i64": "fwAAAAAAAAA="}}
ROWS = {"type": "rows", "name": "m", "n": 1, "ts_us": 0, "columns": [X]}


def envelope(seq: int = 1, run: str = "r", **event: Any) -> bytes:
    document: dict[str, Any] = orjson.loads(record(0, points("m", 1.0), run=run, seq=seq).value)
    if event:
        document["events"] = [event]
    return orjson.dumps(document)


def i64(*numbers: int) -> dict[str, str]:
    return {
        "i64": b64encode(b"".join(n.to_bytes(8, "little", signed=True) for n in numbers)).decode()
    }


def test_body_is_one_envelope_or_an_array_or_lines() -> None:
    one, two = envelope(1), envelope(2)

    assert split_body(one, is_lines=False) == [one]
    assert split_body(b" [" + one + b"," + two + b"]", is_lines=False) == [one, two]
    assert split_body(one + b"\n\n" + two + b"\n", is_lines=True) == [one, two]


@pytest.mark.parametrize(
    ("body", "is_lines", "word"),
    [
        (b"[1", False, "body is not JSON"),
        (b"x\n" * (ENVELOPES_PER_POST_MAX + 1), True, "send them in several posts"),
    ],
)
def test_body_of_something_else_is_refused(body: bytes, is_lines: bool, word: str) -> None:
    with pytest.raises(MalformedEnvelope, match=word):
        split_body(body, is_lines=is_lines)


def test_document_that_is_read_and_cannot_be_written_is_refused() -> None:
    """It is nested too deep for the one, and not for the other."""
    with pytest.raises(MalformedEnvelope, match="envelope 0 cannot be written"):
        split_body(b"[" * 300 + b"]" * 300, is_lines=False)


@pytest.mark.parametrize(
    "event",
    [
        SCALARS,
        {**SCALARS, "n": 0, "value": [], "step": [], "ts_us": []},
        {**SCALARS, "value": [True]},
        {**SCALARS, "value": [2**63 - 1]},
        {**SCALARS, "value": {"f64": "AAAAAAAAAAA="}},
        {**SCALARS, "step": i64(-5), "ts_us": {"range": [7, 1]}},
        {**SCALARS, "n": 0, "value": [], "step": i64(), "ts_us": {"range": [7, 1]}},
        STRINGS,
        {**STRINGS, "value": [{"int": str(2**64)}]},
        LIST,
        ROWS,
        {"type": "of tomorrow", "anything": 1},
    ],
)
def test_good_event_is_let_in_as_it_was_sent(event: dict[str, Any]) -> None:
    value = envelope(**event)

    assert admit([value]) == [("r", "w", 1, value)]


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({**SCALARS, "step": [0.5]}, "want integers"),
        ({**SCALARS, "step": [2**63 - 1]}, "`step` holds"),
        ({**SCALARS, "step": i64(2**63 - 1)}, "`step` holds"),
        ({**SCALARS, "ts_us": [-1]}, "`ts_us` holds -1"),
        ({**SCALARS, "value": ["x"]}, "as `strings`"),
        ({**SCALARS, "value": [None]}, "as `strings`"),
        ({**STRINGS, "value": {"f64": "AAAAAAAAAAA="}}, "as `scalars`"),
        ({**STRINGS, "value": [1.0]}, "as `scalars`"),
        ({**LIST, "value": [1]}, "column has 1 cells"),
        ({**ROWS, "columns": [X, X]}, "is there twice"),
        ({**ROWS, "columns": [{**X, "value": []}]}, "column 'x'"),
    ],
)
def test_bad_event_is_refused_with_its_place(event: dict[str, Any], word: str) -> None:
    with pytest.raises(MalformedEvent, match=rf"event 0 \(`{event['type']}`\): .*{word}"):
        admit([envelope(**event)])


def test_bad_envelope_among_others_is_named_by_its_place() -> None:
    with pytest.raises(MalformedEnvelope, match="envelope 1 of 2: "):
        admit([envelope(1), envelope(2, run="../etc")])


def test_big_endian_machines_read_little_endian_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wire has one order of bytes, whatever the machine's."""
    monkeypatch.setattr("ingest.core.admission.byteorder", "big")

    with pytest.raises(MalformedEvent, match="`step` holds"):
        admit([envelope(**STEP_ONE_SWAPPED)])
