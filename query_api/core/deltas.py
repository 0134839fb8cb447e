"""What a record of the log changes for somebody who looks at its run.

A record is decoded once, whoever watches. What many records change is merged before it is sent:
points of one series into one piece, of a field of a run the last value, and of everything else
that it changed at all. Merging keeps what is sent small however slow the watcher is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from query_api.core.downsample import Floats, Integers, kept_indices
from runtide.core.columns import column_values, parse_column
from runtide.core.envelope import Envelope, UnknownEvent
from runtide.core.events import (
    TERMINAL,
    ChartLogged,
    ConfigSet,
    FileUploaded,
    Heartbeat,
    ImageLogged,
    ListLogged,
    PropertiesAdded,
    RowsLogged,
    RunCreated,
    RunDescribed,
    Scalars,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
    ViewSaved,
)
from runtide.core.ids import is_outsider
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import find_experiment, find_model
from runtide.core.states import is_accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtide.core.events import Event

POINTS_PER_SERIES_MAX: Final = 500
"""Points of one series in one message; of more, those that keep every extreme are sent."""

_REMEMBERED_RUNS_MAX: Final = 100_000

_WHAT_BY_TYPE: Final = {
    "strings": "strings",
    "list": "lists",
    "rows": "tables",
    "image": "images",
    "chart": "charts",
}


class PointsDelta(NamedTuple):
    """Further points of one series."""

    run: str
    metric: str
    step: Integers
    ts_us: Integers
    value: Floats


class RunDelta(NamedTuple):
    """Fields of a run that have new values; `tags` and `properties` hold what was set alone."""

    run: str
    fields: dict[str, Any]


class Changed(NamedTuple):
    """Something of a run that is fetched again rather than sent."""

    run: str
    what: str
    name: str


class ViewDelta(NamedTuple):
    """A saved view of an experiment as it is now; a query of None says that it is deleted."""

    experiment: str
    name: str
    query: str | None
    saved_us: int


class RunDeltas(NamedTuple):
    """All that one record changes, of its one run, or of its experiment or model.

    Attributes:
        models: Names of models whose versions are fetched again rather than sent.
        stamp: The workspace of the token that the record came in with; None without one.
        claim: The workspace that the record itself says its run or model is in, if it does.
    """

    run: str
    points: list[PointsDelta]
    fields: list[RunDelta]
    changed: list[Changed]
    views: list[ViewDelta]
    models: list[str]
    stamp: str | None = None
    claim: str | None = None


class StatusRules:
    """Which states count: the first terminal one stays, and a run that is heard of responds.

    Remembers a bounded number of runs; it is a courtesy to watchers, the fold has the truth.
    """

    def __init__(self) -> None:
        self._status_by_run: dict[str, str] = {}

    def after(self, run: str, event: StateChanged) -> dict[str, Any]:
        """Return the fields that the event changes."""
        if not is_accepted(event.status, after=self._status_by_run.get(run, "NotStarted")):
            return {}
        self._remember(run, event.status)
        fields: dict[str, Any] = {
            "status": event.status,
            "status_by": event.by or "",
            "status_reason": event.reason or "",
        }
        if event.error:
            fields["error"] = event.error
        if event.status in TERMINAL:
            fields["ended_us"] = event.ts_us
        return fields

    def heard_of(self, run: str) -> dict[str, Any]:
        """Return the fields that a sign of life changes."""
        if self._status_by_run.get(run) != "NotResponding":
            return {}
        self._remember(run, "Running")
        return {"status": "Running", "status_by": "", "status_reason": ""}

    def _remember(self, run: str, status: str) -> None:
        if len(self._status_by_run) >= _REMEMBERED_RUNS_MAX:
            self._status_by_run.clear()
        self._status_by_run[run] = status


def deltas_of(envelope: Envelope, rules: StatusRules) -> RunDeltas:
    """Return what an envelope changes.

    Raises:
        MalformedEvent: A column is broken; the fold makes a dead letter of such an envelope.
    """
    run = envelope.run
    claims = (e.workspace for e in envelope.events if isinstance(e, RunCreated | ModelRegistered))
    deltas = RunDeltas(run, [], [], [], [], [], envelope.workspace, next(claims, None))
    if not is_outsider(envelope.writer) and (fields := rules.heard_of(run)):
        deltas.fields.append(RunDelta(run, fields))
    for event in envelope.events:
        if isinstance(event, Scalars):
            if event.n:
                deltas.points.append(_points(run, event))
        elif isinstance(event, ViewSaved):
            view = ViewDelta(find_experiment(run) or "", event.name, event.query, event.ts_us)
            deltas.views.append(view)
        elif isinstance(event, ModelRegistered | ModelEdited):
            deltas.models.append(find_model(run) or "")
        elif (changed := _changed(run, event)) is not None:
            deltas.changed.append(changed)
        elif fields := _fields(run, event, rules):
            deltas.fields.append(RunDelta(run, fields))
    return deltas


class Merged:
    """What many records change, merged into one message of each kind."""

    def __init__(self) -> None:
        self._points: dict[tuple[str, str], list[PointsDelta]] = defaultdict(list)
        self._fields: dict[str, dict[str, Any]] = {}
        self._changed: dict[Changed, None] = {}
        self._views: dict[tuple[str, str], ViewDelta] = {}
        self._models: dict[str, None] = {}

    def add(self, deltas: RunDeltas, *, fields_only: bool) -> None:
        """Merge in what one record changes; `fields_only` for those who watch all runs."""
        for delta in deltas.fields:
            _merge_fields(self._fields.setdefault(delta.run, {}), delta.fields)
        self._views |= {(view.experiment, view.name): view for view in deltas.views}
        self._models |= dict.fromkeys(deltas.models)
        if fields_only:
            return
        for points in deltas.points:
            self._points[points.run, points.metric].append(points)
        self._changed |= dict.fromkeys(deltas.changed)

    def points(self) -> list[PointsDelta]:
        """Return one piece a series, thinned to real points that keep every extreme."""
        return [_joined(pieces) for pieces in self._points.values()]

    def fields(self) -> Mapping[str, dict[str, Any]]:
        """Return the changed fields by run."""
        return self._fields

    def views(self) -> Iterable[ViewDelta]:
        """Return the saved views that changed, each as it was last."""
        return self._views.values()

    def models(self) -> Iterable[str]:
        """Return the models of which something changed, each once."""
        return self._models

    def changed(self) -> Iterable[Changed]:
        """Return what is to be fetched again, each thing once."""
        return self._changed


def _changed(run: str, event: Event | UnknownEvent) -> Changed | None:
    match event:
        case Strings() | ListLogged() | RowsLogged() | ImageLogged() | ChartLogged():
            return Changed(run, _WHAT_BY_TYPE[event.type], event.name)
        case FileUploaded():
            return Changed(run, "files", event.path)
        case TextLogged():
            return Changed(run, "logs", event.file)
        case SystemMeasured():
            # A few times a minute, and many quantities at once: they are asked for together.
            return Changed(run, "system", "")
        case ConfigSet():
            return Changed(run, "config", "")
        case _:
            return None


def _points(run: str, event: Scalars) -> PointsDelta:
    return PointsDelta(
        run,
        event.name,
        _numbers(event.step, event.n, np.dtype(np.int64)),
        _numbers(event.ts_us, event.n, np.dtype(np.int64)),
        _numbers(event.value, event.n, np.dtype(np.float64)),
    )


def _numbers(wire: object, n: int, dtype: np.dtype[Any]) -> Any:  # noqa: ANN401  # an array of `dtype`
    column = parse_column(wire, n)
    if column.kind == "f64":
        return np.frombuffer(column.data, "<f8").astype(dtype, copy=False)
    if column.kind == "i64":
        return np.frombuffer(column.data, "<i8").astype(dtype, copy=False)
    if column.kind == "range":
        start, stride = column.data
        return (start + stride * np.arange(n, dtype=np.int64)).astype(dtype, copy=False)
    return np.array(column_values(column), dtype)


def _fields(run: str, event: Event | UnknownEvent, rules: StatusRules) -> dict[str, Any]:
    match event:
        case RunCreated():
            return {
                "name": event.name,
                "experiment": event.experiment,
                "workspace": event.workspace,
                "parent_id": event.parent,
                "created_us": event.created_us,
            }
        case RunDescribed():
            edited = {
                "name": event.name,
                "description": event.description,
                "archived": event.archived,
            }
            return {key: value for key, value in edited.items() if value is not None}
        case RunDeleted() | RunPurged():
            return {"deleted_us": event.ts_us}
        case RunRestored():
            return {"deleted_us": None}
        case StateChanged():
            return rules.after(run, event)
        case Heartbeat():
            return {"seen_us": event.ts_us}
        case TagsChanged():
            return {"tags": dict(event.set), "tags_removed": list(event.remove)}
        case PropertiesAdded():
            return {"properties": dict(event.set)}
        case _:
            return {}


def _merge_fields(before: dict[str, Any], after: Mapping[str, Any]) -> None:
    if "tags" in after:
        removed = set(after["tags_removed"])
        tags = {k: v for k, v in before.get("tags", {}).items() if k not in removed}
        tags |= after["tags"]
        before_removed = set(before.get("tags_removed", ()))
        before["tags"] = tags
        before["tags_removed"] = sorted((before_removed | removed) - tags.keys())
    if "properties" in after:
        before["properties"] = after["properties"] | before.get("properties", {})
    before |= {k: v for k, v in after.items() if k not in {"tags", "tags_removed", "properties"}}


def _joined(pieces: list[PointsDelta]) -> PointsDelta:
    head = pieces[0]
    step, ts_us, value = head.step, head.ts_us, head.value
    if len(pieces) > 1:
        step = np.concatenate([piece.step for piece in pieces])
        ts_us = np.concatenate([piece.ts_us for piece in pieces])
        value = np.concatenate([piece.value for piece in pieces])
    kept = kept_indices(value, POINTS_PER_SERIES_MAX)
    if len(kept) < len(value):
        step, ts_us, value = step[kept], ts_us[kept], value[kept]
    return PointsDelta(head.run, head.metric, step, ts_us, value)
