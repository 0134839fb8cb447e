"""Changes as server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from query_api.wire import json_floats, json_value

if TYPE_CHECKING:
    from query_api.core.deltas import Merged, PointsDelta


def event_bytes(event: str, data: dict[str, Any], *, position: str | None = None) -> bytes:
    """Return one event; `position` becomes its id, from which a watcher can resume."""
    lines = [f"event: {event}".encode(), b"data: " + orjson.dumps(data)]
    if position is not None:
        lines.append(f"id: {position}".encode())
    return b"\n".join(lines) + b"\n\n"


def merged_bytes(merged: Merged, *, position: str) -> bytes:
    """Return the events of what was merged, nothing if that is nothing.

    Only the last one has an id: whoever resumes in between gets all of it again.
    """
    events: list[tuple[str, dict[str, Any]]] = []
    if points := merged.points():
        events.append(("points", {"series": [_series(piece) for piece in points]}))
    events += [("changed", dict(changed._asdict())) for changed in merged.changed()]
    events += [("view", dict(view._asdict())) for view in merged.views()]
    events += [("model", {"name": name}) for name in merged.models()]
    # A run's own fields come last: whoever stops at its terminal state has all of its points.
    events += [
        ("run", {"run_id": run, **json_value(fields)}) for run, fields in merged.fields().items()
    ]
    return b"".join(
        event_bytes(event, data, position=position if i == len(events) else None)
        for i, (event, data) in enumerate(events, start=1)
    )


def _series(piece: PointsDelta) -> dict[str, Any]:
    return {
        "run": piece.run,
        "metric": piece.metric,
        "step": piece.step.tolist(),
        "ts_us": piece.ts_us.tolist(),
        "value": json_floats(piece.value),
    }
