"""What a run is, event by event: its state, tags, properties and configuration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from runtide.core.events import (
    TERMINAL,
    ConfigSet,
    Heartbeat,
    PropertiesAdded,
    RunCreated,
    RunDescribed,
    StateChanged,
    TagsChanged,
)
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.core.states import is_accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtide.core.envelope import UnknownEvent
    from runtide.core.events import Event

SILENT_AFTER_US: Final = 60_000_000
"""A run that should be running and was not heard of for this long is not responding."""

_STARTING: Final = frozenset({"Starting", "Running", "Finalizing", "Paused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One row of `runs`. Empty text and zero times mean unknown."""

    run_id: str
    workspace: str = "default"
    experiment: str = ""
    name: str = ""
    description: str = ""
    parent_id: str = ""
    run_type: str = ""
    target: str = ""
    user: str = ""
    host: str = ""
    status: str = "NotStarted"
    status_by: str = ""
    status_reason: str = ""
    error: str = ""
    created_us: int = 0
    started_us: int = 0
    ended_us: int = 0
    seen_us: int = 0
    archived: bool = False
    tags: Mapping[str, str | None] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    config: str = "{}"
    pos: int = 0
    deleted_us: int = 0
    """When the run was put into the bin, or 0 where it is not there."""

    deleted_by: str = ""


def after_events(run: Run, events: Iterable[Event | UnknownEvent]) -> Run:
    """Return the run after `events`; those that say nothing of the run itself change nothing.

    Takes as long as the run and the events are large: tags, properties and configuration are
    copied once, not once an event.
    """
    tags, properties = dict(run.tags), dict(run.properties)
    config: dict[str, Any] | None = None
    for event in events:
        match event:
            case TagsChanged():
                for name in event.remove:
                    tags.pop(name, None)
                tags |= event.set
            case PropertiesAdded():
                for name, value in event.set.items():
                    properties.setdefault(name, value)
            case ConfigSet():
                config = orjson.loads(run.config) if config is None else config
                config |= event.set
            case _:
                run = _after_event(run, event)
    if config is not None:
        run = replace(run, config=orjson.dumps(config).decode())
    return replace(run, tags=tags, properties=properties)


def after_sign_of_life(run: Run) -> Run:
    """Return the run after any envelope of its own writers: it responds."""
    if run.status != "NotResponding":
        return run
    return replace(run, status="Running", status_by="", status_reason="")


def silent_run_ids(runs: Iterable[Run], *, now_us: int) -> list[str]:
    """Return the runs that should be running and have not been heard of for too long."""
    return [
        run.run_id for run in runs if _is_going_on(run) and now_us - run.seen_us > SILENT_AFTER_US
    ]


def _is_going_on(run: Run) -> bool:
    # Of a run whose end is asked for before it has started there is nobody to be heard of.
    has_started = run.status == "CancelRequested" and run.started_us > 0
    return has_started or run.status in _STARTING


def _after_event(run: Run, event: Event | UnknownEvent) -> Run:
    match event:
        case RunCreated():
            return _created(run, event)
        case RunDescribed():
            return replace(
                run,
                name=run.name if event.name is None else event.name,
                description=run.description if event.description is None else event.description,
                archived=run.archived if event.archived is None else event.archived,
            )
        case StateChanged():
            return _in_state(run, event)
        case Heartbeat():
            return replace(run, seen_us=max(run.seen_us, event.ts_us))
        case RunDeleted() | RunPurged():
            return _in_bin(run, event)
        case RunRestored():
            return replace(run, deleted_us=0, deleted_by="")
        case _:
            return run


def _created(run: Run, event: RunCreated) -> Run:
    if run.experiment:
        return run
    return replace(
        run,
        workspace=event.workspace,
        experiment=event.experiment,
        name=run.name or event.name,
        description=run.description or event.description or "",
        parent_id=event.parent or "",
        run_type=event.run_type or "",
        target=event.target,
        user=event.user or "",
        host=event.host or "",
        created_us=event.created_us,
        seen_us=max(run.seen_us, event.created_us),
    )


def _in_bin(run: Run, event: RunDeleted | RunPurged) -> Run:
    if run.deleted_us:
        return run
    return replace(run, deleted_us=max(1, event.ts_us), deleted_by=event.by or "")


def _in_state(run: Run, event: StateChanged) -> Run:
    if not is_accepted(event.status, after=run.status):
        return run
    has_started = event.status in _STARTING and run.started_us == 0
    return replace(
        run,
        status=event.status,
        status_by=event.by or "",
        status_reason=event.reason or "",
        error=orjson.dumps(event.error).decode() if event.error else run.error,
        started_us=event.ts_us if has_started else run.started_us,
        ended_us=event.ts_us if event.status in TERMINAL else run.ended_us,
        seen_us=run.seen_us if event.status == "NotResponding" else max(run.seen_us, event.ts_us),
    )
