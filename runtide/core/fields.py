"""What each annotation in `runtide.core.annotations` means: the check of a value, and its JSON Schema.

One table serves the parser and the published schema, so that both accept the same documents, but
for what JSON Schema cannot say: how deep a value is nested, and that `1.0` is no integer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from runtide.core import limits
from runtide.core.access import ROLES
from runtide.core.annotations import (
    Command,
    Count,
    DurationS,
    ExperimentName,
    FileCount,
    FilePath,
    ModelFiles,
    Name,
    Pixels,
    Priority,
    RoleName,
    Sha256,
    SizeBytes,
    StageName,
    Step,
    TimeUs,
    ViewQuery,
)
from runtide.core.events import Status

if TYPE_CHECKING:
    from collections.abc import Callable


class FieldRule(NamedTuple):
    """How a field of one annotation is checked and described."""

    is_valid: Callable[[Any], bool]
    json_schema: dict[str, Any]


def is_nested_within(value: object, *, levels_max: int) -> bool:
    """Whether objects and arrays stand at most `levels_max` deep in a JSON value."""
    containers = [value] if isinstance(value, dict | list) else []
    for _ in range(levels_max):
        if not containers:
            break
        containers = [
            inner
            for outer in containers
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return not containers


def _text(chars_max: int) -> FieldRule:
    return FieldRule(
        lambda value: isinstance(value, str) and 0 < len(value) <= chars_max,
        {"type": "string", "minLength": 1, "maxLength": chars_max},
    )


def _text_or_empty(chars_max: int) -> FieldRule:
    return FieldRule(
        lambda value: isinstance(value, str) and len(value) <= chars_max,
        {"type": "string", "maxLength": chars_max},
    )


def _integer(low: int, high: int) -> FieldRule:
    return FieldRule(
        lambda value: type(value) is int and low <= value <= high,
        {"type": "integer", "minimum": low, "maximum": high},
    )


def _or_null(rule: FieldRule) -> FieldRule:
    return FieldRule(
        lambda value: value is None or rule.is_valid(value),
        {"anyOf": [rule.json_schema, {"type": "null"}]},
    )


def _named(rule: FieldRule) -> FieldRule:
    return FieldRule(
        lambda value: (
            isinstance(value, dict)
            and all(map(_NAME.is_valid, value))
            and all(map(rule.is_valid, value.values()))
        ),
        {
            "type": "object",
            "propertyNames": _NAME.json_schema,
            "additionalProperties": rule.json_schema,
        },
    )


def _is_column(value: object) -> bool:
    return isinstance(value, list | dict)


def _is_object(value: object) -> bool:
    return isinstance(value, dict) and is_nested_within(value, levels_max=limits.NESTING_LEVELS_MAX)


def _are_columns(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= limits.COLUMNS_PER_ROW_MAX
        and all(
            isinstance(item, dict)
            and item.keys() == {"name", "value"}
            and _NAME.is_valid(item["name"])
            and _is_column(item["value"])
            for item in value
        )
    )


def _is_file_path(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= limits.FILE_PATH_CHARS_MAX
        and not {"", ".", ".."} & set(value.split("/"))
        and not {"\\", "\x00"} & set(value)
    )


def _are_model_files(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= limits.MODEL_FILES_MAX
        and all(isinstance(item, dict) and item.keys() == _MODEL_FILE.keys() for item in value)
        and all(_MODEL_FILE[name].is_valid(item[name]) for item in value for name in _MODEL_FILE)
    )


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _is_command(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= limits.COMMAND_WORDS_MAX
        and all(isinstance(word, str) and "\x00" not in word for word in value)
    )


def _is_duration_s(value: object) -> bool:
    return type(value) in {int, float} and 0 < value <= limits.DURATION_S_MAX  # type: ignore[operator]  # a number


_SHA256: Final = re.compile("^[0-9a-f]{64}$")
_TEXT: Final = FieldRule(lambda value: isinstance(value, str), {"type": "string"})
_NAME: Final = _text(limits.METRIC_NAME_CHARS_MAX)
_STEP: Final = _integer(-limits.STEP_MAX, limits.STEP_MAX)
_PIXELS: Final = _integer(0, limits.PIXELS_MAX)
_BOOLEAN: Final = FieldRule(lambda value: isinstance(value, bool), {"type": "boolean"})
_OBJECT: Final = FieldRule(_is_object, {"type": "object"})
_SIZE_BYTES: Final = _integer(0, 2**63 - 1)
_FILE_PATH: Final = FieldRule(
    _is_file_path,
    {
        "type": "string",
        "description": "Relative, with `/`, and without empty, `.` and `..` parts.",
        "maxLength": limits.FILE_PATH_CHARS_MAX,
        "pattern": r"^(?!([^/]*/)*\.{0,2}(/|$))[^\\\u0000]+$",
    },
)
_MODEL_FILE: Final = {"path": _FILE_PATH, "sha256": _TEXT, "size_bytes": _SIZE_BYTES}

RULE_BY_ANNOTATION: Final[dict[Any, FieldRule]] = {
    str: _TEXT,
    str | None: _or_null(_TEXT),
    Name: _NAME,
    ExperimentName: _text(limits.EXPERIMENT_NAME_CHARS_MAX),
    FilePath: _FILE_PATH,
    ViewQuery | None: _or_null(_text_or_empty(limits.VIEW_QUERY_CHARS_MAX)),
    TimeUs: _integer(0, limits.TIME_US_MAX),
    TimeUs | None: _or_null(_integer(0, limits.TIME_US_MAX)),
    RoleName: FieldRule(lambda value: value in ROLES, {"enum": list(ROLES)}),
    Sha256: FieldRule(_is_sha256, {"type": "string", "pattern": _SHA256.pattern}),
    Count: _integer(0, limits.PLACES_PER_ENVELOPE_MAX),
    SizeBytes: _SIZE_BYTES,
    FileCount: _integer(0, 2**63 - 1),
    Priority: _integer(-limits.PRIORITY_MAX, limits.PRIORITY_MAX),
    DurationS | None: _or_null(
        FieldRule(
            _is_duration_s,
            {"type": "number", "exclusiveMinimum": 0, "maximum": limits.DURATION_S_MAX},
        )
    ),
    Command: FieldRule(
        _is_command,
        {
            "type": "array",
            "minItems": 1,
            "maxItems": limits.COMMAND_WORDS_MAX,
            "items": {"type": "string", "pattern": r"^[^\u0000]*$"},
        },
    ),
    Pixels | None: _or_null(_PIXELS),
    Step | None: _or_null(_STEP),
    bool: _BOOLEAN,
    bool | None: _or_null(_BOOLEAN),
    dict[str, Any]: _OBJECT,
    dict[str, Any] | None: _or_null(_OBJECT),
    dict[Name, str]: _named(_TEXT),
    dict[Name, str | None]: _named(_or_null(_TEXT)),
    list[str]: FieldRule(
        lambda value: isinstance(value, list) and all(map(_TEXT.is_valid, value)),
        {"type": "array", "items": _TEXT.json_schema},
    ),
    list[dict[str, Any]]: FieldRule(
        _are_columns,
        {
            "type": "array",
            "maxItems": limits.COLUMNS_PER_ROW_MAX,
            "items": {
                "type": "object",
                "required": ["name", "value"],
                "additionalProperties": False,
                "properties": {"name": _NAME.json_schema, "value": {"$ref": "#/$defs/column"}},
            },
        },
    ),
    ModelFiles: FieldRule(
        _are_model_files,
        {
            "type": "array",
            "minItems": 1,
            "maxItems": limits.MODEL_FILES_MAX,
            "items": {
                "type": "object",
                "required": list(_MODEL_FILE),
                "additionalProperties": False,
                "properties": {name: rule.json_schema for name, rule in _MODEL_FILE.items()},
            },
        },
    ),
    StageName | None: _or_null(_text_or_empty(limits.STAGE_NAME_CHARS_MAX)),
    Status: FieldRule(
        lambda value: value in get_args(Status),
        {"enum": list(get_args(Status))},
    ),
    Any: FieldRule(_is_column, {"$ref": "#/$defs/column"}),
}
