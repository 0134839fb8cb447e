"""Laws of the codec: exact for what we write, unshakeable for what others write."""

import tracemalloc
from time import thread_time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.core.fold import State, step
from runtide.core import limits
from runtide.core.columns import Cell, decode_column, encode_column, escape_cell, unescape_cell
from runtide.core.envelope import Envelope, event_document, parse_envelope
from runtide.errors import RejectedError
from runtide.log.port import ERASED, Record
from tests import histories, strategies
from tests.merging import canonical


def over_the_wire(value: object) -> Any:
    return orjson.loads(orjson.dumps(value))


@given(strategies.columns())
def test_decoded_column_is_what_was_encoded(values: list[Cell]) -> None:
    """In value and in type, for every value that a caller may pass."""
    decoded = decode_column(over_the_wire(encode_column(values)), len(values))

    assert [canonical(value) for value in decoded] == [canonical(value) for value in values]


@given(strategies.cells)
def test_unescaped_cell_is_what_was_escaped(value: Cell) -> None:
    assert canonical(unescape_cell(over_the_wire(escape_cell(value)))) == canonical(value)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**40), 2**40), st.integers(0, 50))
def test_range_stands_for_its_integers_or_is_rejected(start: int, stride: int, n: int) -> None:
    want = [start + stride * i for i in range(n)]
    try:
        got = decode_column({"range": [start, stride]}, n)
    except RejectedError:
        assert not all(-(2**63) <= number < 2**63 for number in [start, *want])
    else:
        assert got == want


@given(histories.envelopes)
def test_parsed_envelope_is_what_was_encoded(sent: histories.Sent) -> None:
    envelope = parse_envelope(sent.value)

    assert envelope[:4] == sent[:4]
    assert len(envelope.events) == len(sent.documents)


@given(st.lists(strategies.events, max_size=4))
def test_event_survives_the_wire(events: list[Any]) -> None:
    """Fields that hold their default are left out, and come back."""
    sent = histories.Sent("a", "w", 1, 1, [event_document(e) for e in events])

    assert parse_envelope(sent.value).events == events


def fold_of(value: bytes) -> None:
    """Parse and fold; a dead letter is the one thing that may come of hostile bytes."""
    try:
        envelope: Envelope | None = parse_envelope(value)
    except RejectedError:
        envelope = None
    after, effects = step(State(0), [Record(0, 0, envelope.run if envelope else "a", value)])
    assert after.next_offset == 1
    # A record without a byte is one that was erased.
    assert envelope is not None or list(effects.tables) == ["dead_letters"] * (value != ERASED)


@given(st.binary())
def test_arbitrary_bytes_are_parsed_or_rejected(value: bytes) -> None:
    """Anything but RejectedError would stop the fold, and with it every run."""
    fold_of(value)


@given(strategies.json_values())
def test_arbitrary_json_is_parsed_or_rejected(document: Any) -> None:
    fold_of(orjson.dumps(document))


@given(st.lists(histories.broken_documents() | strategies.json_values(), max_size=3))
def test_envelope_of_arbitrary_events_is_parsed_or_rejected(events: list[Any]) -> None:
    head = {"v": 1, "run": "a", "writer": "w", "seq": 1, "sent_us": 1}

    fold_of(orjson.dumps(head | {"events": events}))


@given(
    st.sampled_from(["v", "run", "writer", "seq", "sent_us", "events"]),
    strategies.json_values() | strategies.i64s,
)
def test_envelope_with_an_arbitrary_head_is_parsed_or_rejected(field: str, value: Any) -> None:
    head = {"v": 1, "run": "a", "writer": "w", "seq": 1, "sent_us": 1, "events": []}

    fold_of(orjson.dumps(head | {field: value}))


@given(histories.envelopes, st.data())
def test_envelope_that_lost_bytes_is_parsed_or_rejected(
    sent: histories.Sent, data: st.DataObject
) -> None:
    value = sent.value
    cut = data.draw(st.integers(0, len(value)))

    fold_of(value[:cut])


def envelope_of(events: bytes) -> bytes:
    return b'{"v":1,"run":"a","writer":"w","seq":1,"sent_us":1,"events":[' + events + b"]}"


def repeated(event: bytes, count: int) -> bytes:
    return envelope_of(b",".join([event] * count))


RANGE = b'{"range":[0,1]}'
HUGE_LIST = b'{"type":"list","name":"x","n":%d,"ts_us":1,"value":' + RANGE + b"}"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(envelope_of(HUGE_LIST % 2**62), id="range of 2^62"),
        pytest.param(repeated(HUGE_LIST % 999_999, 2_000), id="thousands of huge ranges"),
        pytest.param(b"[" * 900_000, id="nested 900,000 deep"),
        pytest.param(
            envelope_of(b'{"type":"dream","a":' + b'{"a":' * 800 + b"1" + b"}" * 801),
            id="nested event",
        ),
        pytest.param(repeated(b"{}", 20_000), id="20,000 empty events"),
        pytest.param(repeated(b'{"type":"heartbeat","ts_us":1}', 20_000), id="20,000 heartbeats"),
        pytest.param(repeated(b'{"type":"dream"}', 20_000), id="20,000 unknown events"),
        pytest.param(repeated(b"1", 400_000), id="400,000 numbers for events"),
        pytest.param(
            repeated(b'{"type":"rows","name":"x","n":0,"columns":[],"ts_us":1}', 14_000),
            id="14,000 empty blocks",
        ),
        pytest.param(
            envelope_of(
                b'{"type":"list","name":"x","n":220,"ts_us":1,"value":['
                + b",".join([b'{"int":"' + b"9" * 4000 + b'"}'] * 220)
                + b"]}"
            ),
            id="220 integers of 4,000 digits",
        ),
        pytest.param(b'{"v":' + b"9" * 900_000 + b"}", id="number of 900,000 digits"),
        pytest.param(b'{"v":1' + b',"v":1' * 150_000 + b"}", id="150,000 times one key"),
    ],
)
def test_small_hostile_input_takes_little_time_and_memory(value: bytes) -> None:
    """Each is under a megabyte; none may take the fold more than a few times that."""
    assert len(value) <= limits.ENVELOPE_BYTES_MAX
    tracemalloc.start()
    started_s = thread_time()

    fold_of(value)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Tracing makes this several times slower than it is.
    assert thread_time() - started_s < 10
    assert peak_bytes < 150_000_000
