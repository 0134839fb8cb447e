"""What goes wrong on the way to a script: the reason of a failed run, or of another try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


class LaunchFailed(UsageError):
    """What a run needs before its script can start is not to be had.

    Attributes:
        lines: The last lines that whoever failed has printed.
    """

    code = "launch-failed"

    def __init__(self, message: str, *, lines: Sequence[str] = ()) -> None:
        self.lines = tuple(lines)
        super().__init__(message)


class EngineUnavailable(UnavailableError):
    """What executes runs, such as Slurm, does not answer; nothing is known about the outcome."""

    code = "engine-unavailable"
