"""The envelope: what one record of the event log holds.

    {"v": 1, "run": "...", "writer": "...", "seq": 41, "sent_us": 1795450000123456, "events": [...]}

`seq` counts a writer's envelopes 1, 2, 3, ... without gaps, so `(run, writer, seq)` identifies an
envelope for ever: one that comes again is recognised, and a gap is a loss that can be counted.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_type_hints

import orjson

from runtide.core import limits
from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.events import (
    EVENT_CLASS_BY_TYPE,
    Event,
    ListLogged,
    RowsLogged,
    Scalars,
    Strings,
    SystemMeasured,
    ViewSaved,
)
from runtide.core.fields import RULE_BY_ANNOTATION, is_nested_within
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import (
    EXPERIMENT_KEY_PREFIX,
    MODEL_KEY_PREFIX,
    RUN_ID_PATTERN,
    Subject,
    is_key,
    subject_of,
)
from runtide.core.shown import shown
from runtide.core.upcast import upcast
from runtide.errors import EnvelopeTooLarge, MalformedEnvelope, MalformedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENVELOPE_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a type or version that this code does not know yet: parked, never dropped."""

    type: str
    version: int
    data: dict[str, Any]


class Envelope(NamedTuple):
    """One writer's consecutive events of one run, checked field by field.

    `run` is the run's id. An envelope of an experiment or of a model has that one's key there, and
    holds no events but those of experiments or models; see `runtide.core.names.subject_of`.
    `workspace` is that of the token with which it came in, which ingest alone writes there.
    """

    run: str
    writer: str
    seq: int
    sent_us: int
    events: list[Event | UnknownEvent]
    workspace: str | None = None


class _FieldCheck(NamedTuple):
    name: str
    is_required: bool
    is_valid: Callable[[Any], bool]
    want: str


def _field_checks(cls: type[Event]) -> tuple[_FieldCheck, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        _FieldCheck(
            f.name,
            f.default is MISSING and f.default_factory is MISSING,
            RULE_BY_ANNOTATION[hints[f.name]].is_valid,
            orjson.dumps(RULE_BY_ANNOTATION[hints[f.name]].json_schema).decode(),
        )
        for f in fields(cls)
    )


@cache
def _checks_by_type() -> dict[str, tuple[type[Event], tuple[_FieldCheck, ...]]]:
    # Made when something is parsed: a training script, which only writes, starts without them.
    return {name: (cls, _field_checks(cls)) for name, cls in EVENT_CLASS_BY_TYPE.items()}


_SUBJECT_BY_CLASS: Final[dict[type, Subject]] = {
    ViewSaved: "experiment",
    ModelRegistered: "model",
    ModelEdited: "model",
    TokenCreated: "access",
    TokenRevoked: "access",
    TokenUsed: "access",
    Audited: "access",
}
"""What has to be the subject of an envelope with such an event, where it is not a run."""


def event_document(event: Event) -> dict[str, Any]:
    """Return the wire form of one event. Fields that hold their default are left out."""
    document: dict[str, Any] = {"type": event.type}
    if event.version > 1:
        document["v"] = event.version
    for f in fields(event):
        value = getattr(event, f.name)
        if f.default is MISSING or value != f.default:
            document[f.name] = value
    return document


def encode_envelope(
    *, run: str, writer: str, seq: int, sent_us: int, events: Sequence[dict[str, Any]]
) -> bytes:
    """Encode the wire forms of `events` as one envelope.

    Raises:
        EnvelopeTooLarge: It exceeds `limits.ENVELOPE_BYTES_MAX`; nothing was written.
    """
    value = orjson.dumps(
        {
            "v": ENVELOPE_VERSION,
            "run": run,
            "writer": writer,
            "seq": seq,
            "sent_us": sent_us,
            "events": events,
        }
    )
    if len(value) > limits.ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge(size_bytes=len(value), limit_bytes=limits.ENVELOPE_BYTES_MAX)
    return value


def parse_envelope(value: bytes) -> Envelope:
    """Check untrusted bytes and take them apart. Old events come back in their newest version.

    Columns are checked for their JSON type alone; `runtide.core.columns` reads them.

    Raises:
        EnvelopeTooLarge: The bytes exceed `limits.ENVELOPE_BYTES_MAX`.
        MalformedEnvelope: The bytes are not JSON, the head of the envelope is wrong, or it holds
            more than `limits.PLACES_PER_ENVELOPE_MAX` values.
        MalformedEvent: An event breaks its type's contract.
    """
    if len(value) > limits.ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge(size_bytes=len(value), limit_bytes=limits.ENVELOPE_BYTES_MAX)
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as exc:
        message = f"envelope is not JSON ({exc}): send one JSON object in UTF-8"
        raise MalformedEnvelope(message) from exc
    _check_head(document)
    events = [parse_event(event) for event in document["events"]]
    _check_subject(document["run"], events)
    held = sum(map(value_count, events))
    if held > limits.PLACES_PER_ENVELOPE_MAX:
        message = (
            f"envelope holds {held:,} values, limit is {limits.PLACES_PER_ENVELOPE_MAX:,}: "
            f"send fewer in one envelope"
        )
        raise MalformedEnvelope(message)
    return Envelope(
        run=document["run"],
        writer=document["writer"],
        seq=document["seq"],
        sent_us=document["sent_us"],
        events=events,
        workspace=document.get("workspace"),
    )


def value_count(event: Event | UnknownEvent) -> int:
    """Return how many values `event` holds, at least 1: about how much room its rows take."""
    match event:
        case Scalars() | Strings() | ListLogged() | SystemMeasured():
            return max(1, event.n)
        case ModelRegistered():
            return len(event.files)
        case RowsLogged():
            return max(1, event.n * len(event.columns))
        case _:
            return 1


def parse_event(document: object) -> Event | UnknownEvent:
    """Check one untrusted event. Fields this version does not know are ignored.

    Raises:
        MalformedEvent: It is not an object with a `type`, or a field breaks its contract.
    """
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        message = "event is not an object with a `type`: see docs/reference/events"
        raise MalformedEvent(message)
    kind, version = document["type"], document.get("v", 1)
    if type(version) is not int or not 1 <= version <= limits.EVENT_VERSION_MAX:
        message = (
            f"event {shown(kind)} has version {shown(version)}: "
            f"want an integer from 1 to {limits.EVENT_VERSION_MAX}"
        )
        raise MalformedEvent(message)
    if kind not in EVENT_CLASS_BY_TYPE or version > EVENT_CLASS_BY_TYPE[kind].version:
        return _unknown(kind, version, document)
    document = upcast(document, version=version)
    cls, checks = _checks_by_type()[kind]
    values = {}
    for check in checks:
        if check.name not in document:
            if check.is_required:
                message = f"event `{kind}` lacks `{check.name}`: want {check.want}"
                raise MalformedEvent(message)
            continue
        value = document[check.name]
        if not check.is_valid(value):
            message = f"`{check.name}` of event `{kind}` is {shown(value)}: want {check.want}"
            raise MalformedEvent(message)
        values[check.name] = value
    return cls(**values)


def _unknown(kind: str, version: int, document: dict[str, Any]) -> UnknownEvent:
    if not is_nested_within(document, levels_max=limits.NESTING_LEVELS_MAX):
        message = (
            f"event {shown(kind)} is nested deeper than {limits.NESTING_LEVELS_MAX} levels: "
            f"flatten it"
        )
        raise MalformedEvent(message)
    return UnknownEvent(kind, version, document)


def _check_subject(key: str, events: Sequence[Event | UnknownEvent]) -> None:
    """Refuse events of a run in an envelope of an experiment, and the other ways round."""
    subject = subject_of(key)
    for event in events:
        if isinstance(event, UnknownEvent):
            continue
        wanted = _SUBJECT_BY_CLASS.get(type(event), "run")
        if wanted != subject:
            article = "an" if wanted in {"experiment", "access"} else "a"
            message = (
                f"event `{event.type}` is in an envelope of {shown(key)}: want {article} {wanted}'s"
            )
            raise MalformedEvent(message)


def _check_head(document: object) -> None:
    if not isinstance(document, dict):
        message = "envelope is not a JSON object: see docs/reference/events"
        raise MalformedEnvelope(message)
    version = document.get("v")
    if type(version) is not int or version != ENVELOPE_VERSION:
        message = f"envelope has version {shown(version)}: this Runtide reads 1; update it"
        raise MalformedEnvelope(message)
    run, writer = document.get("run"), document.get("writer")
    if not is_key(run):
        message = (
            f"`run` is {shown(run)}: want a text of the form {RUN_ID_PATTERN}, or "
            f"`{EXPERIMENT_KEY_PREFIX}…` or `{MODEL_KEY_PREFIX}…` with a name"
        )
        raise MalformedEnvelope(message)
    if not isinstance(writer, str) or not 0 < len(writer) <= limits.WRITER_CHARS_MAX:
        message = f"`writer` is {shown(writer)}: want 1 to {limits.WRITER_CHARS_MAX} characters"
        raise MalformedEnvelope(message)
    for name, least, most in (("seq", 1, 2**63 - 1), ("sent_us", 0, limits.TIME_US_MAX)):
        number = document.get(name)
        if type(number) is not int or not least <= number <= most:
            message = f"`{name}` is {shown(number)}: want an integer from {least} to {most}"
            raise MalformedEnvelope(message)
    # Also null is refused: of a name that is there twice readers take the last.
    workspace = document.get("workspace", "default")
    if not isinstance(workspace, str) or not 0 < len(workspace) <= limits.WORKSPACE_NAME_CHARS_MAX:
        message = (
            f"`workspace` is {shown(workspace)}: leave it out; ingest writes it where tokens are "
            f"demanded"
        )
        raise MalformedEnvelope(message)
    events = document.get("events")
    if not isinstance(events, list) or len(events) > limits.EVENTS_PER_ENVELOPE_MAX:
        message = (
            f"`events` is {shown(events)}: "
            f"want an array of at most {limits.EVENTS_PER_ENVELOPE_MAX:,} events"
        )
        raise MalformedEnvelope(message)
