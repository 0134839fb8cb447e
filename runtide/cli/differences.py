"""What runs have in common and where they differ, row by row. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

ENDS: Final = ("last", "min", "max")


class Row(NamedTuple):
    """One thing that several runs have, and its value in each; None where a run lacks it."""

    name: str
    values: list[Any]

    @property
    def differs(self) -> bool:
        """Whether the runs do not all have the same value."""
        return any(value != self.values[0] for value in self.values)


def config_rows(configs: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the values of the runs' configurations; nested ones by their path with dots."""
    flat = [dict(_flat(config)) for config in configs]
    names = dict.fromkeys(name for config in flat for name in config)
    return [Row(name, [config.get(name) for config in flat]) for name in names]


def metric_rows(
    summaries: Sequence[Sequence[Mapping[str, Any]]], pattern: str = "*"
) -> dict[str, dict[str, Row]]:
    """Return the last, lowest and highest values of the runs' metrics by name, such as `last`.

    Args:
        summaries: What the query API says of each run's metrics.
        pattern: Which metrics, such as `val/*`.
    """
    by_run = [
        {metric["name"]: metric for metric in summary if fnmatchcase(metric["name"], pattern)}
        for summary in summaries
    ]
    names = dict.fromkeys(name for metrics in by_run for name in metrics)
    return {
        name: {
            end: Row(name, [_value(metrics.get(name), end) for metrics in by_run]) for end in ENDS
        }
        for name in names
    }


def _value(metric: Mapping[str, Any] | None, end: str) -> Any:  # noqa: ANN401  # a number or a text
    place = metric[end] if metric is not None else None
    return None if place is None else place["value"]


def _flat(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield f"{prefix}{key}", json.dumps(value, ensure_ascii=False)
        else:
            yield f"{prefix}{key}", value
