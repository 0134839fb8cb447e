"""The bodies of answers about jobs, snapshots, states and compute targets, as OpenAPI has them."""

from typing import Any

from pydantic import Field

from query_api.answers import Answer, Page


class JobAnswer(Answer):
    """What a run was submitted with, and how far the log was folded when it was read."""

    run_id: str
    target: str
    priority: int
    command: list[str] = Field(
        description="A first word of exactly `python` stands for the environment's interpreter."
    )
    environment: dict[str, Any]
    variables: dict[str, str]
    snapshot_id: str | None
    source: str | None = Field(description="The folder that the run was submitted from.")
    duration_s_max: float | None
    submitted_us: int
    position: str


class State(Answer):
    """One state that somebody said a run is in."""

    status: str
    ts_us: int
    by: str | None
    reason: str | None
    error: dict[str, Any] | None
    accepted: bool = Field(
        description="Whether it counted: the first terminal state stays, and after a request to "
        "cancel a run only goes on to its end."
    )


class StateList(Answer):
    """The states of a run in the order of the log."""

    items: list[State]
    position: str


class Target(Answer):
    """A compute target, and how many runs wait for it and are on it."""

    name: str
    queued_count: int
    active_count: int


class TargetList(Answer):
    """Every compute target that a run was ever submitted to, by name."""

    items: list[Target]
    position: str


class TargetRun(Answer):
    """A run on a compute target."""

    run_id: str
    name: str
    experiment: str
    user: str | None
    status: str
    priority: int
    submitted_us: int
    started_us: int | None


class TargetAnswer(Answer):
    """What a compute target has to do."""

    name: str
    queued: list[TargetRun] = Field(
        description="In the order in which they are taken: the largest priority first, then by "
        "time of submission."
    )
    active: list[TargetRun] = Field(description="Those that were taken and have not ended.")
    position: str


class SnapshotFile(Answer):
    """A file of a snapshot."""

    path: str
    sha256: str
    size_bytes: int
    executable: bool


class LeftOut(Answer):
    """Something that a snapshot is without, and why."""

    path: str
    size_bytes: int
    reason: str


class SnapshotPage(Page):
    """The code of a run, with one page of its files by path."""

    snapshot_id: str = Field(description="A digest of what the files are: equal for equal files.")
    manifest_sha256: str
    file_count: int
    size_bytes: int
    taken_us: int
    left_out: list[LeftOut]
    items: list[SnapshotFile]
