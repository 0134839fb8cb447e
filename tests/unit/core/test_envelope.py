import orjson
import pytest

from runtide.core import limits
from runtide.core.envelope import encode_envelope, parse_envelope
from runtide.core.events import Heartbeat
from runtide.errors import EnvelopeTooLarge, MalformedEnvelope, MalformedEvent

HEAD: dict[str, object] = {"v": 1, "run": "r", "writer": "w", "seq": 1, "sent_us": 1, "events": []}


def envelope_of(event: bytes) -> bytes:
    return b'{"v":1,"run":"r","writer":"w","seq":1,"sent_us":1,"events":[' + event + b"]}"


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b'{"v":' + nested(1000) + b"}", id="version of the envelope"),
        pytest.param(envelope_of(b'{"type":"x","v":' + nested(1000) + b"}"), id="version"),
        pytest.param(
            envelope_of(b'{"type":"heartbeat","ts_us":' + nested(1000) + b"}"), id="field"
        ),
        pytest.param(envelope_of(b'{"type":"x","of":' + nested(200) + b"}"), id="unknown event"),
        pytest.param(nested(100_000), id="everything"),
    ],
)
def test_deeply_nested_json_is_rejected(value: bytes) -> None:
    """`repr` of what JSON may nest raises RecursionError, which would have stopped the fold."""
    with pytest.raises((MalformedEnvelope, MalformedEvent)):
        parse_envelope(value)


@pytest.mark.parametrize("version", [True, 1.0, 2, "1", None, [1]])
def test_envelope_of_another_version_is_rejected(version: object) -> None:
    """JSON's `true` equals 1 in Python; the published schema knows the difference."""
    with pytest.raises(MalformedEnvelope, match="envelope has version"):
        parse_envelope(orjson.dumps(HEAD | {"v": version}))


def test_error_message_stays_short_whatever_was_sent() -> None:
    """The message goes to the sender and into `dead_letters`: it must not carry the envelope."""
    value = orjson.dumps(HEAD | {"run": "x" * (limits.ENVELOPE_BYTES_MAX - 100)})

    with pytest.raises(MalformedEnvelope) as raised:
        parse_envelope(value)

    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run", ""),
        ("run", None),
        ("run", "x" * 257),
        ("run", "a/b"),
        ("run", "it's"),
        ("run", ".."),
        ("writer", ""),
        ("writer", "x" * 65),
        ("writer", 7),
        ("seq", 0),
        ("seq", 1.0),
        ("seq", True),
        ("seq", 2**63),
        ("sent_us", -1),
        ("sent_us", limits.TIME_US_MAX + 1),
        ("events", None),
        ("events", {}),
        ("events", [{"type": "heartbeat", "ts_us": 1}] * (limits.EVENTS_PER_ENVELOPE_MAX + 1)),
    ],
)
def test_envelope_with_a_wrong_head_is_rejected(field: str, value: object) -> None:
    """The message names the field."""
    with pytest.raises(MalformedEnvelope, match=f"`{field}` is"):
        parse_envelope(orjson.dumps(HEAD | {field: value}))


@pytest.mark.parametrize("field", list(HEAD))
def test_envelope_without_a_part_of_its_head_is_rejected(field: str) -> None:
    with pytest.raises(MalformedEnvelope):
        parse_envelope(orjson.dumps({k: v for k, v in HEAD.items() if k != field}))


@pytest.mark.parametrize("value", [b"", b"nonsense", b"\xff", b"[]", b"null", b"1e999"])
def test_bytes_that_are_no_json_object_are_rejected(value: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        parse_envelope(value)


@pytest.mark.parametrize(
    "event",
    [
        None,
        1,
        [],
        {},
        {"type": 1},
        {"type": "heartbeat"},
        {"type": "heartbeat", "v": 0, "ts_us": 1},
    ],
)
def test_event_that_is_none_is_rejected(event: object) -> None:
    with pytest.raises(MalformedEvent):
        parse_envelope(orjson.dumps(HEAD | {"events": [event]}))


def test_field_that_is_not_known_is_ignored() -> None:
    """A newer client may add a field that has a default."""
    event = {"type": "heartbeat", "ts_us": 7, "mood": "fine"}

    assert parse_envelope(orjson.dumps(HEAD | {"events": [event]})).events == [Heartbeat(ts_us=7)]


def test_envelope_beyond_the_limit_is_neither_written_nor_read() -> None:
    """Kafka would refuse it later, when nobody can split it any more."""
    event = {"type": "dream", "of": "x" * limits.ENVELOPE_BYTES_MAX}

    with pytest.raises(EnvelopeTooLarge):
        encode_envelope(run="r", writer="w", seq=1, sent_us=1, events=[event])
    with pytest.raises(EnvelopeTooLarge):
        parse_envelope(orjson.dumps(HEAD | {"events": [event]}))


VIEW = b'{"type":"view","name":"n","query":"","ts_us":1}'
EDIT = b'{"type":"model_edit","registration":"x","ts_us":1}'


@pytest.mark.parametrize(
    ("key", "event", "words"),
    [
        ("r", VIEW, "event `view` is in an envelope of 'r': want an experiment's"),
        ("@experiment/ex", b'{"type":"heartbeat","ts_us":1}', "want a run's"),
        ("@model/m", b'{"type":"heartbeat","ts_us":1}', "want a run's"),
        ("@model/m", VIEW, "want an experiment's"),
        ("r", EDIT, "event `model_edit` is in an envelope of 'r': want a model's"),
    ],
)
def test_event_of_something_else_than_the_envelope_is_rejected(
    key: str, event: bytes, words: str
) -> None:
    """The fold would not know what it is about."""
    value = envelope_of(event).replace(b'"run":"r"', f'"run":"{key}"'.encode())

    with pytest.raises(MalformedEvent, match=words):
        parse_envelope(value)


def test_envelope_of_an_experiment_holds_views_and_what_is_not_known_yet() -> None:
    value = envelope_of(VIEW + b',{"type":"dream"}').replace(b'"r"', b'"@experiment/ex"')

    envelope = parse_envelope(value)

    assert [event.type for event in envelope.events] == ["view", "dream"]


@pytest.mark.parametrize(
    "files",
    [
        "[]",
        '[{"path":"a","sha256":"s"}]',
        '[{"path":"../a","sha256":"s","size_bytes":1}]',
        '[{"path":"a","sha256":"s","size_bytes":-1}]',
        '[{"path":"a","sha256":"s","size_bytes":1,"more":1}]',
        "[3]",
        "{}",
    ],
)
def test_version_of_a_model_without_files_that_are_named_is_rejected(files: str) -> None:
    """Whoever downloads it would find nothing, or write outside of their folder."""
    event = f'{{"type":"model","registration":"x","ts_us":1,"files":{files}}}'.encode()
    value = envelope_of(event).replace(b'"run":"r"', b'"run":"@model/m"')

    with pytest.raises(MalformedEvent, match="`files` of event `model`"):
        parse_envelope(value)
