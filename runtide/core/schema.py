"""The event contract as JSON Schema, derived from the event classes."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from runtide.core import limits
from runtide.core.envelope import ENVELOPE_VERSION
from runtide.core.events import EVENT_CLASS_BY_TYPE, Event
from runtide.core.fields import RULE_BY_ANNOTATION
from runtide.core.names import (
    ACCESS_KEY_PREFIX,
    EXPERIMENT_KEY_PREFIX,
    MODEL_KEY_PREFIX,
    MODEL_NAME_PATTERN,
    RUN_ID_PATTERN,
    WORKSPACE_KEY_PREFIX,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_CELL: dict[str, Any] = {
    "description": "One value; NaN, infinities and integers outside 64 bits are objects.",
    "anyOf": [
        {"type": ["number", "string", "boolean", "null"]},
        {
            "type": "object",
            "required": ["float"],
            "additionalProperties": False,
            "properties": {"float": {"enum": ["nan", "inf", "-inf"]}},
        },
        {
            "type": "object",
            "required": ["int"],
            "additionalProperties": False,
            "properties": {"int": {"type": "string", "pattern": "^-?[0-9]{1,4000}$"}},
        },
    ],
}


def _packed(kind: str, meaning: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": meaning,
        "required": [kind],
        "additionalProperties": False,
        "properties": {kind: {"type": "string", "contentEncoding": "base64"}},
    }


_COLUMN: dict[str, Any] = {
    "description": "The values of one quantity, in order.",
    "anyOf": [
        {"type": "array", "items": {"$ref": "#/$defs/cell"}},
        _packed("f64", "Little-endian IEEE 754 doubles, eight bytes a value."),
        _packed("i64", "Little-endian signed integers, eight bytes a value."),
        _packed("bool", "One byte a value, 0 or 1."),
        {
            "type": "object",
            "description": "The integers start, start + stride, ...",
            "required": ["range"],
            "additionalProperties": False,
            "properties": {
                "range": {
                    "type": "array",
                    "items": {"type": "integer"},
                    "minItems": 2,
                    "maxItems": 2,
                }
            },
        },
    ],
}


def envelope_schema() -> dict[str, Any]:
    """Return the JSON Schema of an envelope and of every event in it."""
    return {
        "$schema": _DIALECT,
        "title": "Runtide envelope",
        "description": (
            "One record of the event log: consecutive events of one writer of one run. Integers "
            "are written without fraction and exponent, and free-form values are nested at most "
            f"{limits.NESTING_LEVELS_MAX} levels deep."
        ),
        "type": "object",
        "required": ["v", "run", "writer", "seq", "sent_us", "events"],
        "properties": {
            "v": {"const": ENVELOPE_VERSION},
            "run": {
                "type": "string",
                "description": "A run's id, or what stands for an experiment or a model: then all "
                "events are of types that experiments have (`view`), or models (`model`, "
                "`model_edit`), and otherwise none is. What stands for access (`token_created`, …) "
                "ingest takes from nobody.",
                "pattern": f"^({RUN_ID_PATTERN}|{EXPERIMENT_KEY_PREFIX}[\\s\\S]{{1,"
                f"{limits.EXPERIMENT_NAME_CHARS_MAX}}}|{MODEL_KEY_PREFIX}{MODEL_NAME_PATTERN}"
                f"|{WORKSPACE_KEY_PREFIX}[a-zA-Z0-9_.\\-]{{1,255}}/experiment/[\\s\\S]{{1,"
                f"{limits.EXPERIMENT_NAME_CHARS_MAX}}}|{ACCESS_KEY_PREFIX}[a-z0-9]{{1,64}})$",
            },
            "writer": {"type": "string", "minLength": 1, "maxLength": limits.WRITER_CHARS_MAX},
            "seq": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
            "sent_us": {"type": "integer", "minimum": 0, "maximum": limits.TIME_US_MAX},
            "workspace": {
                "type": "string",
                "description": "The workspace of the token with which it came in. Ingest alone "
                "writes it, over whatever was there; clients leave it out.",
                "minLength": 1,
                "maxLength": limits.WORKSPACE_NAME_CHARS_MAX,
            },
            "events": {
                "type": "array",
                "maxItems": limits.EVENTS_PER_ENVELOPE_MAX,
                "items": {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in EVENT_CLASS_BY_TYPE]},
            },
        },
        "$defs": {
            "cell": _CELL,
            "column": _COLUMN,
            **{name: _event_schema(cls) for name, cls in EVENT_CLASS_BY_TYPE.items()},
        },
    }


def _event_schema(cls: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        "type": "object",
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "required": [
            "type",
            *(f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING),
        ],
        "properties": {
            "type": {"const": cls.type},
            "v": {"const": cls.version},
            **{f.name: RULE_BY_ANNOTATION[hints[f.name]].json_schema for f in fields(cls)},
        },
    }
