"""Versions of models, made of their registrations and of what was edited since. Pure.

A version's number is the rank of its registration among those of its model and workspace, in the
order of the log. That order never changes, so no number does: a deleted version keeps its own, and
a registration that comes again is the version that it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_COLUMN_BY_TEXT: Final = {
    "run_id": "source_run_id",
    "path": "source_path",
    "description": "description",
    "framework": "framework",
    "framework_version": "framework_version",
    "user": "registered_by",
}
"""Where the texts of a version are in its row; one that is empty there is null."""

_TAKEN_OVER: Final = (
    "name",
    "workspace",
    "registration",
    "properties",
    "file_count",
    "size_bytes",
    "created_us",
)


class Wanted(NamedTuple):
    """Which versions a list has; None is no condition.

    Attributes:
        tags: `name`, or `name:value`; all of them.
        words: What the model's name contains, whatever its case.
    """

    workspace: str | None = None
    name: str | None = None
    words: str | None = None
    tags: Sequence[str] = ()
    stage: str | None = None
    run_id: str | None = None
    registration: str | None = None

    def matches(self, version: Mapping[str, Any]) -> bool:
        """Whether the list has `version`."""
        is_equal = all(
            wanted is None or version[field] == wanted
            for field, wanted in (
                ("workspace", self.workspace),
                ("name", self.name),
                ("stage", self.stage),
                ("run_id", self.run_id),
                ("registration", self.registration),
            )
        )
        has_words = self.words is None or self.words.casefold() in version["name"].casefold()
        return is_equal and has_words and all(_has_tag(version["tags"], tag) for tag in self.tags)


def versions(
    registrations: Iterable[Mapping[str, Any]], edits: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the versions that are not deleted, in the order of registration.

    Args:
        registrations: Rows of `models` in the order of the log.
        edits: Rows of `model_edits`, one for each thing that was edited.
    """
    edits_by_registration: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for edit in edits:
        edits_by_registration[edit["key"], edit["registration"]].append(edit)
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in registrations:
        identity = row["key"], row["registration"]
        if identity in found:
            continue
        counts[row["workspace"], row["name"]] += 1
        number = counts[row["workspace"], row["name"]]
        found[identity] = _version(row, number, edits_by_registration[identity])
    return [version for version in found.values() if not version.pop("is_deleted")]


def latest_versions(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last of each model's versions, by name and workspace."""
    latest = {(version["name"], version["workspace"]): version for version in found}
    return [latest[identity] for identity in sorted(latest)]


def newest_first(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return versions by name and workspace, and of one model the newest first."""
    return sorted(found, key=lambda one: (one["name"], one["workspace"], -one["version"]))


def _version(
    row: Mapping[str, Any], number: int, edits: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    version = {field: row[field] for field in _TAKEN_OVER}
    version |= {field: row[column] or None for field, column in _COLUMN_BY_TEXT.items()}
    version |= {"version": number, "id": f"{row['name']}:{number}", "stage": None}
    tags = dict(row["tags"])
    is_deleted = False
    for edit in edits:
        value = None if edit["is_removed"] else edit["value"]
        match edit["field"]:
            case "tag" if edit["is_removed"]:
                tags.pop(edit["name"], None)
            case "tag":
                tags[edit["name"]] = value
            case "version":
                is_deleted = edit["is_removed"]
            case field:
                version[field] = value
    return version | {"tags": tags, "is_deleted": is_deleted}


def _has_tag(tags: Mapping[str, str | None], wanted: str) -> bool:
    name, colon, value = wanted.partition(":")
    return name in tags and (not colon or tags[name] == value)
