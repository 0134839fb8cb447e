"""How a submitted run ended, from how its script did. Pure."""

from __future__ import annotations

import signal
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_LINES_MAX: Final = 20
"""Lines of output that a failed run's error holds."""

LINE_CHARS_MAX: Final = 2_000
"""Characters of one of them."""

_THREAD_FAILED: Final = "Exception in thread "
"""How Python begins to tell of an exception that ended a thread and not the script."""

EndStatus: TypeAlias = Literal["Completed", "Failed", "Canceled"]


class Outcome(NamedTuple):
    """The last state of a run."""

    status: EndStatus
    reason: str | None = None
    error: dict[str, Any] | None = None


class Output:
    """What is remembered of a script's output: its last lines, and whether a thread failed."""

    def __init__(self) -> None:
        self.has_failed_thread = False
        self._lines: deque[str] = deque(maxlen=LAST_LINES_MAX)
        self._open = ""

    def add(self, text: str) -> None:
        """Take the next piece of the output, which may end anywhere."""
        *ended, rest = (self._open + text).split("\n")
        for line in ended:
            self._add_line(line)
        # A progress bar redraws one line for hours: what it overwrote is of no use.
        self._open = rest.rpartition("\r")[2][-LINE_CHARS_MAX:]

    def last_lines(self) -> list[str]:
        """Return the last lines, the one that has no end yet included."""
        lines = [*self._lines, self._open] if self._open else [*self._lines]
        return lines[-LAST_LINES_MAX:]

    def _add_line(self, line: str) -> None:
        shown = line.rstrip("\r").rpartition("\r")[2]
        if shown.startswith(_THREAD_FAILED):
            self.has_failed_thread = True
        self._lines.append(shown[:LINE_CHARS_MAX])


def after_exit(code: int, output: Output, *, oom_kill_count: int) -> Outcome:
    """Return the outcome of a script that ended by itself.

    Args:
        code: Its exit code, or the negative number of the signal that ended it.
        output: What it printed.
        oom_kill_count: How many processes the kernel killed for want of memory meanwhile.
    """
    if code == 0:
        said = "a thread of the script ended by an exception: see its output"
        return Outcome("Completed", said if output.has_failed_thread else None)
    error: dict[str, Any] = {"code": "UserError"}
    if code > 0:
        reason = f"the script ended with exit code {code}"
        error["exit_code"] = code
    else:
        name = signal_name(-code)
        reason = f"the script was ended by {name}"
        error["signal"] = name
        if -code == signal.SIGKILL and oom_kill_count > 0:
            reason = f"the script ran out of memory: the kernel ended it by {name}"
            error["code"] = "OutOfMemory"
    return failed(reason, output.last_lines(), **error)


def failed(reason: str, lines: Iterable[str] = (), **error: object) -> Outcome:
    """Return the outcome of a run that failed: its error has `lines` under `output`."""
    document = {"code": "LaunchFailed", "message": reason, **error}
    shown = "\n".join(lines)
    return Outcome("Failed", reason, document | {"output": shown} if shown else document)


def signal_name(number: int) -> str:
    """Return what a signal is called."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
