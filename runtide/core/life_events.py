"""The events of a run's end of life; see `runtide.core.events` and docs/adr/0020."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from runtide.core.annotations import TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDeleted:
    """The run is put into the bin: no query shows it any more. What it logs further is kept."""

    type: ClassVar[str] = "run_deleted"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRestored:
    """The run is taken out of the bin, and is as it was, with what it logged meanwhile."""

    type: ClassVar[str] = "run_restored"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPurged:
    """The run is removed for good: no table holds a row of it, and nothing of it is folded again.

    What stays is that there was a run of this id. `is_erased` says that its records are removed
    from the log as well, all but this one.
    """

    type: ClassVar[str] = "run_purged"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    by: str | None = None
    is_erased: bool = False
