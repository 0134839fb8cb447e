"""The events of models; see `runtide.core.events`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from runtide.core.annotations import ModelFiles, Name, StageName, TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRegistered:
    """A model has a further version, made of files whose bytes are in the artifact store.

    It stands in an envelope of the model. The version's number is how many registrations of the
    model its workspace has up to this one, in the order of the log; it is computed and nowhere
    written down, so that nobody who registers has to wait for anybody else. `registration` is a
    text that nobody else chooses, such as 16 random bytes in hexadecimal: one that comes again is
    the same version.

    `files` is a list of `{"path": ..., "sha256": ..., "size_bytes": ...}`. `run` is the run that
    the version comes from, and `path` what was registered of it, a file or a folder.
    """

    type: ClassVar[str] = "model"
    version: ClassVar[int] = 1

    registration: Name
    files: ModelFiles
    ts_us: TimeUs
    workspace: str = "default"
    run: str | None = None
    path: str | None = None
    description: str | None = None
    framework: str | None = None
    framework_version: str | None = None
    tags: dict[Name, str | None] = field(default_factory=dict)
    properties: dict[Name, str] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEdited:
    """A version of a model was described, put into a stage, tagged, or deleted.

    It stands in an envelope of the model. A field that is null stays as it was; empty text takes a
    description or a stage away. A deleted version keeps its number.
    """

    type: ClassVar[str] = "model_edit"
    version: ClassVar[int] = 1

    registration: Name
    ts_us: TimeUs
    description: str | None = None
    stage: StageName | None = None
    set: dict[Name, str | None] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    deleted: bool | None = None
    by: str | None = None
