"""What was logged under one name, in the shape that `Run.get_metrics` gives. Pure.

An *entry* is everything a run holds under one name, without loss:

    {"name": ..., "kind": "scalar" | "list" | "image" | "chart", "n": 3, "value": <wire column>}
    {"name": ..., "kind": "table", "n": 3, "columns": [{"name": ..., "value": <wire column>}, ...]}

in the order of logging. The shapes are those of the retired Azure ML SDK, which its users' code
unpacks:

    kind             one value                 several
    scalar, list     the value                 the list of values
    table            {column: value}           {column: [value, ...]}
    image, chart     the artifact's path       the path that was logged first

A cell that a row did not have is None. Columns keep the order in which they were first seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from runtide.core.columns import Cell, decode_column
from runtide.errors import MalformedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MetricValue: TypeAlias = Cell | list[Cell] | dict[str, Cell] | dict[str, list[Cell]]
"""Everything logged under one name: what `Run.get_metrics` has as its values."""


def metric_value(entry: Mapping[str, Any]) -> MetricValue:
    """Return the shape of one entry.

    An empty list is `[]`, and a table without rows has an empty list in each column.

    Raises:
        MalformedEvent: A column does not hold `n` values, or the kind is not one of the five.
    """
    n = entry["n"]
    match entry["kind"]:
        case "scalar" | "list":
            values = decode_column(entry["value"], n)
            return values[0] if n == 1 else values
        case "image" | "chart":
            return decode_column(entry["value"], n)[0]
        case "table":
            columns = {c["name"]: decode_column(c["value"], n) for c in entry["columns"]}
            return {name: cells[0] for name, cells in columns.items()} if n == 1 else columns
        case other:
            message = (
                f"entry {entry['name']!r} is of kind {other!r}: "
                f"want `scalar`, `list`, `table`, `image` or `chart`"
            )
            raise MalformedEvent(message)


def metric_values(entries: Iterable[Mapping[str, Any]]) -> dict[str, MetricValue]:
    """Return the shapes of a run's entries by name, in their order."""
    return {entry["name"]: metric_value(entry) for entry in entries}
