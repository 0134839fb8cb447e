"""The events: every fact that a run can hold, one class a type.

A class is the contract of one event type: its fields, their types and their meaning. The JSON
Schema under `docs/reference/events` and the parser in `runtide.core.envelope` are both derived
from here, so they cannot disagree. Times are integers of microseconds since 1970, UTC. A field
without a default is required. Adding a field with a default is an addition; anything else is a
new version of the type (see `runtide.core.upcast`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.annotations import (
    Command,
    Count,
    DurationS,
    ExperimentName,
    FileCount,
    FilePath,
    Name,
    Pixels,
    Priority,
    SizeBytes,
    Step,
    TimeUs,
    ViewQuery,
    WireColumnField,
)
from runtide.core.model_events import ModelEdited, ModelRegistered

Status: TypeAlias = Literal[
    "NotStarted",
    "Queued",
    "Preparing",
    "Provisioning",
    "Starting",
    "Running",
    "CancelRequested",
    "Canceled",
    "Finalizing",
    "Completed",
    "Failed",
    "NotResponding",
    "Paused",
]
"""Where a run stands. Completed, Failed and Canceled are terminal."""

TERMINAL: frozenset[str] = frozenset({"Completed", "Failed", "Canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCreated:
    """A run exists from now on; the first event of every run."""

    type: ClassVar[str] = "run"
    version: ClassVar[int] = 1

    experiment: ExperimentName
    name: str
    created_us: TimeUs
    workspace: str = "default"
    parent: str | None = None
    run_type: str | None = None
    target: str = "local"
    user: str | None = None
    host: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDescribed:
    """The run's display name or description was edited, or it was archived or brought back.

    A field that is null stays as it was.
    """

    type: ClassVar[str] = "describe"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    name: str | None = None
    description: str | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """The run is in another state. The first terminal state wins over all later ones."""

    type: ClassVar[str] = "state"
    version: ClassVar[int] = 1

    status: Status
    ts_us: TimeUs
    by: str | None = None
    reason: str | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The writer is alive. A run in NotResponding is Running again."""

    type: ClassVar[str] = "heartbeat"
    version: ClassVar[int] = 1

    ts_us: TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsChanged:
    """Tags were set and removed; others stay. A tag's value may be null."""

    type: ClassVar[str] = "tag"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    set: dict[Name, str | None] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesAdded:
    """Properties were added. The first value of a property stays for ever."""

    type: ClassVar[str] = "property"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    set: dict[Name, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigSet:
    """Configuration values, merged by key into those the run has."""

    type: ClassVar[str] = "config"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    set: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalars:
    """Points of one numeric metric: floats, ints of 64 bits, or booleans.

    `value`, `step` and `ts_us` are columns of `n` values each.
    """

    type: ClassVar[str] = "scalars"
    version: ClassVar[int] = 1

    name: Name
    n: Count
    value: WireColumnField
    step: WireColumnField
    ts_us: WireColumnField


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings:
    """Points of one metric that are not 64-bit numbers: text, null, or a longer integer.

    `value`, `step` and `ts_us` are columns of `n` values each.
    """

    type: ClassVar[str] = "strings"
    version: ClassVar[int] = 1

    name: Name
    n: Count
    value: WireColumnField
    step: WireColumnField
    ts_us: WireColumnField


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLogged:
    """One list, or a further piece of it: lists under one name concatenate."""

    type: ClassVar[str] = "list"
    version: ClassVar[int] = 1

    name: Name
    n: Count
    value: WireColumnField
    ts_us: TimeUs
    step: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsLogged:
    """Rows of a table. Rows under one name concatenate, whatever call they came from.

    `columns` is a list of `{"name": ..., "value": <column of n values>}` in the caller's order.
    """

    type: ClassVar[str] = "rows"
    version: ClassVar[int] = 1

    name: Name
    n: Count
    columns: list[dict[str, Any]]
    ts_us: TimeUs
    step: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLogged:
    """An image whose bytes are in the artifact store under `sha256`."""

    type: ClassVar[str] = "image"
    version: ClassVar[int] = 1

    name: Name
    path: FilePath
    sha256: str
    size_bytes: SizeBytes
    media_type: str
    ts_us: TimeUs
    step: Step | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLogged:
    """A chart in one of the published JSON schemas; its JSON is in the artifact store."""

    type: ClassVar[str] = "chart"
    version: ClassVar[int] = 1

    name: Name
    schema_type: str
    schema_version: str
    path: FilePath
    sha256: str
    size_bytes: SizeBytes
    ts_us: TimeUs
    step: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUploaded:
    """A file of the run; its bytes are in the artifact store. A path seen again is replaced."""

    type: ClassVar[str] = "file"
    version: ClassVar[int] = 1

    path: FilePath
    sha256: str
    size_bytes: SizeBytes
    ts_us: TimeUs
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLogged:
    """A piece of a text stream such as a log file, in the order it was written."""

    type: ClassVar[str] = "log"
    version: ClassVar[int] = 1

    file: FilePath
    text: str
    ts_us: TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTaken:
    """The code of the run was copied: the manifest is a JSON document in the artifact store.

    The manifest lists each file's path, digest and size; the files are in the artifact store too.
    """

    type: ClassVar[str] = "snapshot"
    version: ClassVar[int] = 1

    snapshot_id: str
    manifest_sha256: str
    file_count: FileCount
    size_bytes: SizeBytes
    ts_us: TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSubmitted:
    """The run waits to be executed on a compute target, by whoever executes runs there.

    A first word of the command that is exactly `python` stands for the interpreter of the
    environment. `environment` is `{"kind": "current" | "interpreter" | "venv" | "conda", "name":
    text, "python": path, version or null, "requirements": [lines as pip reads them], "conda":
    a conda specification}`, of which what the kind does not need is left out; `current` is the
    interpreter of whoever executes the run. `variables` are environment variables. `source` is
    the folder that the run was submitted from, for people to read. A run that is going on for
    longer than `duration_s_max` is ended.
    """

    type: ClassVar[str] = "job"
    version: ClassVar[int] = 1

    command: Command
    ts_us: TimeUs
    target: Name = "local"
    priority: Priority = 0
    environment: dict[str, Any] = field(default_factory=dict)
    variables: dict[Name, str] = field(default_factory=dict)
    snapshot_id: str | None = None
    source: str | None = None
    duration_s_max: DurationS | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMeasured:
    """What was measured of a machine that the run is on: one quantity, at `n` moments.

    `value`, numbers, and `ts_us` are columns of `n` values each. No quantity is a metric of the
    run, whatever its name.
    """

    type: ClassVar[str] = "system"
    version: ClassVar[int] = 1

    name: Name
    n: Count
    value: WireColumnField
    ts_us: WireColumnField
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSaved:
    """A state of an experiment's runs page has a name from now on, or no more.

    It stands in an envelope of the experiment. `query` is the part of the page's address behind
    the `?`; where it is null, the view is deleted.
    """

    type: ClassVar[str] = "view"
    version: ClassVar[int] = 1

    name: Name
    query: ViewQuery | None
    ts_us: TimeUs


Event: TypeAlias = (
    RunCreated
    | RunDescribed
    | StateChanged
    | Heartbeat
    | TagsChanged
    | PropertiesAdded
    | ConfigSet
    | Scalars
    | Strings
    | ListLogged
    | RowsLogged
    | ImageLogged
    | ChartLogged
    | FileUploaded
    | TextLogged
    | SnapshotTaken
    | JobSubmitted
    | SystemMeasured
    | ViewSaved
    | ModelRegistered
    | ModelEdited
    | TokenCreated
    | TokenRevoked
    | TokenUsed
    | Audited
)

EVENT_CLASS_BY_TYPE: dict[str, type[Event]] = {cls.type: cls for cls in get_args(Event)}
