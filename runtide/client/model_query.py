"""Which versions of models a caller wants. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Pairs: TypeAlias = str | Mapping[str, str | None] | Sequence[str | Sequence[str]]
"""A key that must be there, a dict of keys and values, or a list of keys and `[key, value]`."""

_ANY: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFilter:
    """What a version must have; None asks for nothing."""

    version: int | None = None
    tags: Pairs | None = None
    properties: Pairs | None = None
    run_id: str | None = None
    stage: str | None = None

    def matches(self, details: Mapping[str, Any]) -> bool:
        """Return whether the version of `details` is wanted."""
        return (
            _has(details["tags"], self.tags)
            and _has(details["properties"], self.properties)
            and (self.version is None or details["version"] == self.version)
            and (self.run_id is None or details["run_id"] == self.run_id)
            and (self.stage is None or details["stage"] == self.stage)
        )


def _has(got: Mapping[str, Any], wanted: Pairs | None) -> bool:
    return all(
        key in got and (value is _ANY or got[key] == value) for key, value in _pairs(wanted or {})
    )


def _pairs(wanted: Pairs) -> Iterator[tuple[str, object]]:
    if isinstance(wanted, str):
        yield wanted, _ANY
    elif isinstance(wanted, Mapping):
        yield from wanted.items()
    else:
        for one in wanted:
            if isinstance(one, str):
                yield one, _ANY
            else:
                key, value = one
                yield key, value
