from dataclasses import fields
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from jsonschema import (  # type: ignore[import-untyped]  # it ships no types
    Draft202012Validator,
)

from runtide.core import limits
from runtide.core.envelope import UnknownEvent, parse_event
from runtide.core.events import EVENT_CLASS_BY_TYPE
from runtide.core.fields import is_nested_within
from runtide.core.schema import envelope_schema
from runtide.errors import MalformedEvent
from tests import histories
from tests.golden import golden_files

SCHEMA = envelope_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
EVENT_VALIDATORS = {
    kind: Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]})
    for kind in EVENT_CLASS_BY_TYPE
}
COLUMN_FIELDS = {
    kind: {f.name for f in fields(cls) if f.type in {"WireColumnField", "list[dict[str, Any]]"}}
    for kind, cls in EVENT_CLASS_BY_TYPE.items()
}


def is_known(document: dict[str, Any]) -> bool:
    """Whether the parser takes the document for an event of a type that it knows."""
    try:
        return not isinstance(parse_event(document), UnknownEvent)
    except MalformedEvent:
        return False


def has_whole_float(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(map(has_whole_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and value.is_integer()


def test_schema_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", golden_files(), ids=lambda path: path.name)
def test_golden_envelope_is_valid(path: Any) -> None:
    """What was shipped once stays within the published contract."""
    VALIDATOR.validate(orjson.loads(path.read_bytes()))


@given(histories.envelopes)
def test_envelope_that_our_encoder_writes_is_valid(sent: histories.Sent) -> None:
    """The one exception is an event of a type that only a newer version knows."""
    assume(all(document["type"] in EVENT_CLASS_BY_TYPE for document in sent.documents))

    VALIDATOR.validate(orjson.loads(sent.value))


@given(histories.broken_documents())
def test_event_that_the_schema_takes_is_taken_by_the_parser(document: dict[str, Any]) -> None:
    """Whoever checks against the schema before sending is never refused for a field's type.

    JSON Schema takes `1.0` for an integer and the parser does not: the schema's text says so.
    """
    is_valid = EVENT_VALIDATORS[document["type"]].is_valid(document)

    assert is_known(document) or not is_valid or has_whole_float(document)


@given(histories.broken_documents())
def test_event_that_the_parser_takes_is_valid_but_for_what_is_in_its_columns(
    document: dict[str, Any],
) -> None:
    """The parser leaves columns unread, and so may take what the schema does not."""
    kind = document["type"]
    broken = {e.path[0] if e.path else "" for e in EVENT_VALIDATORS[kind].iter_errors(document)}

    assert broken <= COLUMN_FIELDS[kind] or not is_known(document)


@pytest.mark.parametrize(
    ("levels", "want"), [(1, True), (limits.NESTING_LEVELS_MAX, True), (101, False), (250, False)]
)
def test_free_form_value_may_be_nested_so_deep(levels: int, want: bool) -> None:
    """JSON Schema cannot limit nesting; orjson writes no more than 254 levels, envelope included."""
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"inner": value}

    assert is_known({"type": "config", "ts_us": 1, "set": value}) is want


def test_nesting_counts_arrays_and_objects() -> None:
    assert is_nested_within(1, levels_max=0)
    assert is_nested_within([[1], {}], levels_max=2)
    assert not is_nested_within([[1], {"a": []}], levels_max=2)


@pytest.mark.parametrize(
    ("kind", "field", "value", "want"),
    [
        ("file", "size_bytes", -1, False),
        ("file", "size_bytes", 2**63 - 1, True),
        ("file", "size_bytes", 2**63, False),
        ("file", "path", "a/b.txt", True),
        ("file", "path", "", False),
        ("file", "path", "/a", False),
        ("file", "path", "a/", False),
        ("file", "path", "a//b", False),
        ("file", "path", "a/../b", False),
        ("file", "path", "..", False),
        ("file", "path", "./a", False),
        ("file", "path", "a\\b", False),
        ("file", "path", "a\x00", False),
        ("file", "path", "...", True),
        ("file", "path", "a.", True),
        ("file", "path", "x" * 1025, False),
        ("image", "width", 0, True),
        ("image", "width", -1, False),
        ("image", "width", 2**32, False),
        ("image", "width", None, True),
        ("image", "step", 2**62, True),
        ("image", "step", 2**62 + 1, False),
        ("heartbeat", "ts_us", limits.TIME_US_MAX, True),
        ("heartbeat", "ts_us", limits.TIME_US_MAX + 1, False),
        ("heartbeat", "ts_us", -1, False),
        ("heartbeat", "ts_us", True, False),
        ("list", "n", -1, False),
        ("list", "n", limits.PLACES_PER_ENVELOPE_MAX, True),
        ("list", "n", limits.PLACES_PER_ENVELOPE_MAX + 1, False),
        ("list", "name", "", False),
        ("list", "name", "ä" * 1024, True),
        ("list", "name", "ä" * 1025, False),
        ("run", "experiment", "", False),
        ("state", "status", "Sleeping", False),
        ("tag", "set", {"": "x"}, False),
        ("tag", "set", {"x": None}, True),
        ("property", "set", {"x": None}, False),
        ("rows", "columns", [{"name": "x"}], False),
        ("rows", "columns", [{"name": "", "value": []}], False),
        ("rows", "columns", [{"name": "x", "value": [], "more": 1}], False),
        ("rows", "columns", [{"name": "x", "value": []}] * 10_001, False),
    ],
)
def test_parser_and_schema_agree_at_the_edge_of_a_field(
    kind: str, field: str, value: object, want: bool
) -> None:
    """What the tables cannot hold stops the fold unless it is refused here."""
    path = next(p for p in golden_files() if p.name.startswith(f"{kind}-"))
    document = orjson.loads(path.read_bytes())["events"][0] | {field: value}

    assert is_known(document) is want
    assert EVENT_VALIDATORS[kind].is_valid(document) is want
