"""What a process prints, kept for its run as it is printed.

The streams stay the objects that they are, because loggers and libraries hold on to them: only
their `write` is covered, and bare again when no run is open. What somebody redirects elsewhere goes
elsewhere, as before. A covered `write` does what it did, and puts the text into a list that the
run's buffer drains; it takes no lock and cannot fail where the bare one did not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import time_ns
from typing import Any, Final

CONSOLE_FILE: Final = "user_logs/std_log.txt"
"""The text stream that holds what a run printed, on both streams."""


class Console:
    """The process's standard streams, and where their text goes."""

    def __init__(self) -> None:
        self._covers: list[_Cover] = []

    def lead_to(self, rows: list[Any] | None) -> None:
        """Keep what is printed from now on in `rows`, as text, time, text, time; None is nowhere.

        Times are nanoseconds since 1970.
        """
        wanted = [] if rows is None else _distinct(sys.stdout, sys.stderr)
        for cover in self._covers:
            if not any(cover.stream is stream for stream in wanted):
                cover.remove()
        kept = [c for c in self._covers if any(c.stream is stream for stream in wanted)]
        covered = [cover.stream for cover in kept]
        added = [_cover(s) for s in wanted if not any(s is stream for stream in covered)]
        self._covers = [*kept, *(cover for cover in added if cover is not None)]
        for cover in self._covers:
            cover.rows = rows


class _Cover:
    """One stream whose `write` is covered."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401  # anything that can be written to
        self.stream = stream
        self.rows: list[Any] | None = None
        self._own = vars(stream).get("write")
        write: Callable[[str], Any] = stream.write

        def keep_and_write(text: str) -> Any:  # noqa: ANN401  # as the stream answers
            answer = write(text)
            rows = self.rows
            if rows is not None:
                rows.extend((text, time_ns()))
            return answer

        self._write = keep_and_write
        stream.write = keep_and_write

    def remove(self) -> None:
        """Keep nothing more, and lay the stream bare unless somebody has covered it again."""
        self.rows = None
        if vars(self.stream).get("write") is not self._write:
            return
        if self._own is None:
            del self.stream.write
        else:
            self.stream.write = self._own


def _cover(stream: object) -> _Cover | None:
    try:
        return _Cover(stream)
    except (AttributeError, TypeError):
        # No attribute can be set on it, or it has none: its text is not kept.
        return None


def _distinct(*streams: object) -> list[object]:
    found: list[object] = []
    for stream in streams:
        if stream is not None and not any(stream is one for one in found):
            found.append(stream)
    return found
