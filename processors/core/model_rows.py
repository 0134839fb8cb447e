"""What events of models add to the tables.

A registration is a row that never changes. What is edited later is a row for each thing that can
be edited, of which the latest counts: who tags a version takes nothing from who describes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.core.names import find_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.core.model_events import ModelEdited, ModelRegistered


def registration_row(key: str, event: ModelRegistered) -> dict[str, object]:
    """Return the row of `models` for a registration in an envelope of `key`, without its place."""
    return {
        "run_id": key,
        "workspace": event.workspace,
        "name": find_model(key),
        "registration": event.registration,
        "source_run_id": event.run or "",
        "source_path": event.path or "",
        "description": event.description or "",
        "framework": event.framework or "",
        "framework_version": event.framework_version or "",
        "by": event.by or "",
        "tags": event.tags,
        "properties": event.properties,
        "file_paths": [file["path"] for file in event.files],
        "file_sha256s": [file["sha256"] for file in event.files],
        "file_sizes": [file["size_bytes"] for file in event.files],
        "ts": event.ts_us,
    }


def edit_rows(key: str, event: ModelEdited) -> Iterator[dict[str, object]]:
    """Yield the rows of `model_edits` for an edit in an envelope of `key`, without their place.

    A tag that one event both sets and removes is set.
    """
    for field, name, value, is_removed in _edits(event):
        yield {
            "run_id": key,
            "registration": event.registration,
            "field": field,
            "name": name,
            "value": value,
            "is_removed": is_removed,
            "by": event.by or "",
            "ts": event.ts_us,
        }


def _edits(event: ModelEdited) -> Iterator[tuple[str, str, str | None, bool]]:
    for field in ("description", "stage"):
        text = getattr(event, field)
        if text is not None:
            yield field, "", text, not text
    if event.deleted is not None:
        yield "version", "", "", event.deleted
    for name in event.remove:
        if name not in event.set:
            yield "tag", name, "", True
    for name, value in event.set.items():
        yield "tag", name, value, False
