"""Processes that append to a log on command, and can be killed in the middle of it."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Final

from runtide.log.port import EventLog, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

ANSWER_TIMEOUT_S: Final = 60

_SPAWN: Final = multiprocessing.get_context("spawn")


def serve(open_log: Callable[[], EventLog], commands: Connection) -> None:
    """Append each list of values that comes, and answer with the offset after them."""
    log = open_log()
    while True:
        values = commands.recv()
        if values is None:
            break
        (end,) = log.append([Item("a", value) for value in values]).values()
        commands.send(end)
    log.close()


class LogWriter:
    """One process that appends to the log that `open_log` opens there."""

    def __init__(self, open_log: Callable[[], EventLog]) -> None:
        self._commands, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=serve, args=(open_log, theirs))
        self._process.start()
        theirs.close()

    def begin_append(self, values: Sequence[bytes]) -> None:
        """Send the command and do not wait for it to be done."""
        self._commands.send(values)

    def ack(self) -> int:
        """Wait until the append at hand is acknowledged, and return the offset after it."""
        assert self._commands.poll(ANSWER_TIMEOUT_S), "the writer does not answer"
        end: int = self._commands.recv()
        return end

    def append(self, values: Sequence[bytes]) -> int:
        """Append and wait."""
        self.begin_append(values)
        return self.ack()

    def kill(self) -> None:
        """End the process as a power cut ends it, wherever it stands."""
        self._process.kill()
        self._process.join()
        self._commands.close()

    def stop(self) -> None:
        """Let the process close its log and end."""
        self._commands.send(None)
        self._process.join()
        self._commands.close()
        assert self._process.exitcode == 0
