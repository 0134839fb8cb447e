"""The published JSON schemas of the four charts, as checks with a message. Pure.

confusion_matrix   data: class_labels [C], matrix [C][C]
accuracy_table     data: class_labels [C], probability_tables and percentile_tables
                   [C][M][4], probability_thresholds and percentile_thresholds [M]
residuals          data: bin_edges [n + 1], bin_counts [n]
predictions        data: bin_averages, bin_errors, bin_counts [n], bin_edges [n + 1]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import orjson

from runtide.core.shown import shown
from runtide.errors import UsageError

_CELLS_PER_THRESHOLD: Final = 4
"""True positives, false positives, true negatives, false negatives."""


class Chart(NamedTuple):
    """A chart's document as JSON, and what it says it is."""

    schema_type: str
    schema_version: str
    data: bytes


def chart(schema_type: str, value: object, *, what: str) -> Chart:
    """Return the chart that `value`, a dict or JSON text, describes.

    Raises:
        UsageError: It breaks the schema; the message says where.
    """
    document = _document(value, what=what)
    declared = document.get("schema_type", schema_type)
    if declared != schema_type:
        message = f"`schema_type` of {what} is {declared!r}: want {schema_type!r}"
        raise UsageError(message)
    version = document.get("schema_version")
    if not isinstance(version, str):
        message = f"`schema_version` of {what} is {shown(version)}: want text such as '1.0.0'"
        raise UsageError(message)
    data = document.get("data")
    if not isinstance(data, dict):
        message = f"`data` of {what} is {shown(data)}: want an object"
        raise UsageError(message)
    _CHECKS[schema_type](data, what)
    document["schema_type"] = schema_type
    return Chart(schema_type, version, orjson.dumps(document))


def _document(value: object, *, what: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        try:
            # Through JSON and back: arrays become lists, and what is no JSON is found here.
            value = orjson.dumps(dict(value), default=_listed, option=orjson.OPT_NON_STR_KEYS)
        except TypeError as exc:
            message = f"{what} holds something that is no JSON ({exc}): use numbers and text"
            raise UsageError(message) from exc
    if not isinstance(value, str | bytes):
        message = (
            f"{what} is {shown(value)} of type {type(value).__name__}: want a dict or JSON text"
        )
        raise UsageError(message)
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as exc:
        message = f"{what} is not JSON ({exc})"
        raise UsageError(message) from exc
    if not isinstance(document, dict):
        message = f"{what} is {shown(document)}: want a JSON object"
        raise UsageError(message)
    return document


def _listed(value: Any) -> object:  # noqa: ANN401  # arrays of any library
    for method in ("tolist", "item"):
        if callable(found := getattr(value, method, None)):
            return found()
    raise TypeError(shown(value))


def _check_confusion_matrix(data: dict[str, Any], what: str) -> None:
    labels = _list(data, "class_labels", what)
    matrix = _list(data, "matrix", what, length=len(labels))
    for place, line in enumerate(matrix):
        _numbers(line, f"`matrix[{place}]` of {what}", length=len(labels))


def _check_accuracy_table(data: dict[str, Any], what: str) -> None:
    labels = _list(data, "class_labels", what)
    for kind in ("probability", "percentile"):
        thresholds = _list(data, f"{kind}_thresholds", what)
        _numbers(thresholds, f"`{kind}_thresholds` of {what}")
        tables = _list(data, f"{kind}_tables", what, length=len(labels))
        for c, table in enumerate(tables):
            place = f"`{kind}_tables[{c}]` of {what}"
            for line in _sequence(table, place, length=len(thresholds)):
                _numbers(line, place, length=_CELLS_PER_THRESHOLD)


def _check_residuals(data: dict[str, Any], what: str) -> None:
    counts = _list(data, "bin_counts", what)
    _numbers(counts, f"`bin_counts` of {what}")
    _numbers(_list(data, "bin_edges", what), f"`bin_edges` of {what}", length=len(counts) + 1)


def _check_predictions(data: dict[str, Any], what: str) -> None:
    _check_residuals(data, what)
    n = len(data["bin_counts"])
    for name in ("bin_averages", "bin_errors"):
        _numbers(_list(data, name, what), f"`{name}` of {what}", length=n)


_CHECKS: Final[dict[str, Callable[[dict[str, Any], str], None]]] = {
    "confusion_matrix": _check_confusion_matrix,
    "accuracy_table": _check_accuracy_table,
    "residuals": _check_residuals,
    "predictions": _check_predictions,
}


def _list(data: dict[str, Any], name: str, what: str, *, length: int | None = None) -> list[Any]:
    if name not in data:
        message = f"`data` of {what} lacks `{name}`: want a list"
        raise UsageError(message)
    return _sequence(data[name], f"`{name}` of {what}", length=length)


def _sequence(value: object, place: str, *, length: int | None = None) -> list[Any]:
    if not isinstance(value, list):
        message = f"{place} is {shown(value)}: want a list"
        raise UsageError(message)
    if length is not None and len(value) != length:
        message = f"{place} has {len(value):,} entries: want {length:,}"
        raise UsageError(message)
    return value


def _numbers(value: object, place: str, *, length: int | None = None) -> None:
    for entry in _sequence(value, place, length=length):
        # JSON has no NaN: a bin without samples has null.
        if entry is not None and (isinstance(entry, bool) or not isinstance(entry, int | float)):
            message = f"{place} holds {shown(entry)}: want numbers"
            raise UsageError(message)
