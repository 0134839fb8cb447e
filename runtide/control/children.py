"""The children of one parent: how they are submitted, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtide.client.run_snapshot import SNAPSHOT_PROPERTY
from runtide.client.script_run import RUN_TYPE
from runtide.control.record import BY, now_us
from runtide.core.envelope import parse_event
from runtide.core.events import (
    TERMINAL,
    ConfigSet,
    Event,
    JobSubmitted,
    PropertiesAdded,
    RunCreated,
    SnapshotTaken,
    StateChanged,
    Status,
)
from runtide.core.parents import child_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtide.control.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChild:
    """What makes a child.

    Attributes:
        name: Its name.
        properties: Its properties.
        script: The `job` and the `snapshot` that it has, as the parent's specification says them;
            None for a child that is not executed.
        command: Its command, if it is not the job's.
        variables: Environment variables beside the job's.
        config: Its config.
        status: The status that it begins in.
        reason: Why.
    """

    name: str
    properties: Mapping[str, str]
    script: Mapping[str, Any] | None = None
    command: Sequence[str] | None = None
    variables: Mapping[str, str] | None = None
    config: Mapping[str, Any] | None = None
    status: Status = "Queued"
    reason: str | None = None


class Children:
    """Reads what changed, and remembers what cannot change any more.

    Args:
        record: The record.
        user: Who submitted the parent.
    """

    def __init__(self, record: Record, *, user: str | None) -> None:
        self._record = record
        self._user = user
        self._parent: dict[str, Any] = {}
        self._details_by_id: dict[str, dict[str, Any]] | None = None

    def look(self) -> dict[str, dict[str, Any]]:
        """Return the details of every child by its id, and of the parent under its own.

        Raises:
            UnavailableError: No query API answers.
        """
        # The parent first: a child that is submitted is in the record before the parent ends.
        self._parent = self._record.parent()
        if self._details_by_id is None:
            self._details_by_id = {run["run_id"]: run for run in self._record.children()}
        else:
            known = self._details_by_id
            unended = [run_id for run_id, run in known.items() if run["status"] not in TERMINAL]
            known.update({run["run_id"]: run for run in self._record.runs(unended)})
        return self._details_by_id | {self._record.parent_id: self._parent}

    def add(self, index: int, child: NewChild) -> None:
        """Submit a child. One that was submitted already stays as it is.

        Raises:
            UnavailableError: Nothing is known about the outcome; retry.
        """
        assert self._details_by_id is not None
        run_id = child_id(self._record.parent_id, index)
        self._record.submit(run_id, self._events(child))
        # It is going on until the record says otherwise.
        self._details_by_id[run_id] = {"run_id": run_id, "status": "NotStarted"}

    def ask_to_end(
        self, index: int, reason: str, properties: Mapping[str, str] | None = None
    ) -> None:
        """Ask for the end of a child.

        Raises:
            UnavailableError: Nothing is known about the outcome; retry.
        """
        run_id = child_id(self._record.parent_id, index)
        self._record.ask_to_end(run_id, reason, properties or {})

    def _events(self, child: NewChild) -> list[Event]:
        at_us = now_us()
        parent = self._parent
        properties = dict(child.properties)
        what: list[Event] = []
        target = ""
        if child.script is not None:
            job, snapshot = _job(child, child.script), _snapshot(child.script)
            what = [replace(snapshot, ts_us=at_us), replace(job, ts_us=at_us)]
            target = job.target
            properties[SNAPSHOT_PROPERTY] = snapshot.snapshot_id
        if child.config:
            what.append(ConfigSet(ts_us=at_us, set=dict(child.config)))
        created = RunCreated(
            experiment=parent["experiment"],
            name=child.name,
            created_us=at_us,
            workspace=parent["workspace"],
            parent=parent["run_id"],
            run_type=RUN_TYPE,
            target=target,
            user=self._user,
        )
        state = StateChanged(status=child.status, ts_us=at_us, by=BY, reason=child.reason)
        return [created, PropertiesAdded(ts_us=at_us, set=properties), *what, state]


def _job(child: NewChild, script: Mapping[str, Any]) -> JobSubmitted:
    job = parse_event(script["job"])
    assert isinstance(job, JobSubmitted), job
    return replace(
        job,
        command=job.command if child.command is None else list(child.command),
        variables=job.variables | dict(child.variables or {}),
    )


def _snapshot(script: Mapping[str, Any]) -> SnapshotTaken:
    snapshot = parse_event(script["snapshot"])
    assert isinstance(snapshot, SnapshotTaken), snapshot
    return snapshot
