"""Which runs of a list a caller wants. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_TYPE_BY_OLDER_NAME: Final = {"azureml.scriptrun": "script"}
"""What scripts for the retired SDK call the types of runs that have a name here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """What a run must have; None asks for nothing.

    Tags and properties are a key that must be there, or a dict of values that all must be there.
    """

    tags: str | Mapping[str, str | None] | None = None
    properties: str | Mapping[str, str] | None = None
    type: str | None = None
    status: str | None = None
    workspace: str | None = None

    @property
    def run_type(self) -> str | None:
        """The wanted type by its name here."""
        return None if self.type is None else _TYPE_BY_OLDER_NAME.get(self.type, self.type)

    def question(self) -> dict[str, Any]:
        """Return the filter as the query API takes it. `matches` still has the last word."""
        return {
            "tag": list(_terms(self.tags)) or None,
            "property": list(_terms(self.properties)) or None,
            "run_type": self.run_type,
            "status": self.status,
        }

    def matches(self, details: Mapping[str, Any]) -> bool:
        """Return whether the run of `details` is wanted."""
        return (
            _has(details["tags"], self.tags)
            and _has(details["properties"], self.properties)
            and (self.run_type is None or details["run_type"] == self.run_type)
            and (self.status is None or details["status"] == self.status)
            and (self.workspace is None or details["workspace"] == self.workspace)
        )


def _terms(wanted: str | Mapping[str, str | None] | None) -> Iterator[str]:
    if isinstance(wanted, str):
        # The query API reads `key:value`; a key with a colon is left to `matches`.
        if ":" not in wanted:
            yield wanted
        return
    for key, value in (wanted or {}).items():
        if ":" not in key:
            yield key if value is None else f"{key}:{value}"


def _has(got: Mapping[str, Any], wanted: str | Mapping[str, Any] | None) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return wanted in got
    return all(key in got and got[key] == value for key, value in wanted.items())
