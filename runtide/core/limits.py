"""Every limit of the event contract, with its name and unit.

A limit is part of the published contract: raising one is an addition, lowering one breaks
clients.
"""

from __future__ import annotations

from typing import Final

ENVELOPE_BYTES_MAX: Final = 900 * 1024
"""Largest envelope the log accepts. Kafka's own default is 1 MiB; the rest is headroom."""

ENVELOPE_BYTES_TARGET: Final = 192 * 1024
"""Where a client closes an envelope and starts the next: 64 to 256 KiB fold fastest."""

EVENTS_PER_ENVELOPE_MAX: Final = 20_000
"""Events in one envelope."""

PLACES_PER_ENVELOPE_MAX: Final = 1_000_000
"""Points, cells and other values in one envelope: a `range` names many in a few bytes."""

METRIC_NAME_CHARS_MAX: Final = 1024
"""Characters in a metric's, column's, tag's or property's name."""

VIEW_QUERY_CHARS_MAX: Final = 65_536
"""Characters of the address that a saved view keeps: a thousand selected runs fit."""

EXPERIMENT_NAME_CHARS_MAX: Final = 255
"""Characters in an experiment's name."""

RUN_ID_CHARS_MAX: Final = 256
"""Characters in a run's id."""

WORKSPACE_NAME_CHARS_MAX: Final = 255

WRITER_CHARS_MAX: Final = 64
"""Characters in a writer's id."""

COLUMNS_PER_ROW_MAX: Final = 10_000
"""Columns in one row or table."""

TEXT_CHARS_MAX: Final = 262_144
"""Characters in one logged string, one tag's value or one cell: it must fit an envelope."""

COMMAND_WORDS_MAX: Final = 10_000
"""Words of a command: a program and its arguments."""

PRIORITY_MAX: Final = 1_000_000
"""Largest absolute value of a job's priority."""

DURATION_S_MAX: Final = 3_155_760_000
"""Longest time that a job can be given: a hundred years."""

FILE_PATH_CHARS_MAX: Final = 1024
"""Characters in a file's path within its run."""

MODEL_FILES_MAX: Final = 4_096
"""Files in one version of a model: their names and digests must fit an envelope."""

STAGE_NAME_CHARS_MAX: Final = 64
"""Characters in the name of a stage of a model's version."""

STEP_MAX: Final = 2**62
"""Largest absolute value of a step."""

TIME_US_MAX: Final = 9_000_000_000_000_000
"""The year 2255: the tables hold times as DateTime64, which ends in 2299."""

PIXELS_MAX: Final = 2**32 - 1
"""Largest width and height of an image."""

EVENT_VERSION_MAX: Final = 2**32 - 1
"""Largest version of an event's type."""

NESTING_LEVELS_MAX: Final = 100
"""Levels of objects and arrays in a free-form JSON value: encoders give up soon after."""
