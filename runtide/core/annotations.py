"""What the fields of events are annotated with: each name is a type, a unit and a limit.

`runtide.core.fields` has the check of each, and its JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

WireColumnField: TypeAlias = Any
"""A wire column of the event's `n` values; `runtide.core.columns` has the forms."""

TimeUs: TypeAlias = Annotated[int, "time_us"]
"""Microseconds since 1970, UTC."""

Count: TypeAlias = Annotated[int, "count"]
"""How many values each of the event's columns holds."""

SizeBytes: TypeAlias = Annotated[int, "size_bytes"]
"""How many bytes a stored file has."""

Pixels: TypeAlias = Annotated[int, "pixels"]
"""The width or height of an image."""

Step: TypeAlias = Annotated[int, "step"]
"""The caller's position in a run."""

Name: TypeAlias = Annotated[str, "name"]
"""The name of a metric, column, tag or property."""

ExperimentName: TypeAlias = Annotated[str, "experiment_name"]
"""The name of an experiment."""

FilePath: TypeAlias = Annotated[str, "file_path"]
"""A file's path within its run."""

ViewQuery: TypeAlias = Annotated[str, "view_query"]
"""The state of a page, as its address has it."""

ModelFiles: TypeAlias = Annotated[list[dict[str, Any]], "model_files"]
"""The files of a model's version: their paths within it, digests and sizes."""

StageName: TypeAlias = Annotated[str, "stage_name"]
"""Where a model's version stands on its way into use; empty text is nowhere."""

RoleName: TypeAlias = Annotated[str, "role_name"]
"""What a token lets do; `runtide.core.access` has the roles."""

Sha256: TypeAlias = Annotated[str, "sha256"]
"""A SHA-256 in lower-case hexadecimal."""

Command: TypeAlias = Annotated[list[str], "command"]
"""A program and its arguments, as the operating system takes them."""

FileCount: TypeAlias = Annotated[int, "file_count"]
"""How many files something has."""

Priority: TypeAlias = Annotated[int, "priority"]
"""Which of several waiting runs is first: the one with the larger number."""

DurationS: TypeAlias = Annotated[float, "duration_s"]
"""A length of time in seconds, more than 0."""
