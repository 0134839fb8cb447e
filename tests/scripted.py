"""A log that fails by script, for the sender to deliver to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO

from runtide.artifacts.port import Blob
from runtide.client.writer import Writer
from runtide.errors import LogUnavailable
from runtide.log.memory import MemoryLog
from runtide.log.port import Item
from tests.recorded import Recorded, recorded_in


class ScriptedTransport:
    """A log whose `send` first asks `fault`, which may raise; `after` may raise once it is done."""

    send_bytes_max = 1 << 20

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.fault: Callable[[Sequence[Item]], None] = lambda items: None
        self.after: Callable[[], None] = lambda: None
        self.send_count = 0
        self.asks_for_s: float | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Append, with whatever the script says."""
        self.send_count += 1
        self.fault(items)
        self.log.append(items)
        self.after()

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Refuse: no test here stores files."""
        raise AssertionError(run, path, source)

    def is_stored(self, sha256: str) -> bool:
        """Say no: nothing was stored."""
        return False

    def retry_after_s(self) -> float | None:
        """Ask for what the script says."""
        return self.asks_for_s

    def before_fork(self) -> None:
        """Do nothing."""

    def after_fork(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Keep everything."""

    def recorded(self) -> Recorded:
        """Return what the log holds."""
        return recorded_in(self.log)


def log(writer: Writer, *values: float) -> None:
    """Log values of the metric `x`."""
    rows = writer.buffer.series_rows("x")
    for value in values:
        rows.extend((value, None, 0))


def unavailable(_: object = None) -> None:
    """Fail as a log that does not answer."""
    message = "the log is away"
    raise LogUnavailable(message)
