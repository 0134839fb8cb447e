"""A command whose output is read as it comes, and whose processes are all ended with it."""

from __future__ import annotations

import codecs
import os
import select
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.jobs import leash
from runtide.jobs.core.outcome import Output
from runtide.jobs.process_tree import descendants, end_all, reap_orphans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PIECE_BYTES_MAX: Final = 64 * 1024
"""Most output that is sent as one piece."""

PIECE_INTERVAL_S: Final = 0.1
"""How long output gathers before it is sent."""

TERM_GRACE_S: Final = 5.0
"""How long processes may take to end that were sent SIGTERM; then they are killed."""

LEFTOVER_WAIT_S: Final = 2.0
"""How long what a script has left running may take to end by itself, once the script has ended."""

_LOOK_INTERVAL_S: Final = 0.05
_REAP_INTERVAL_S: Final = 1.0

_PIPE_BYTES_MAX: Final = 1 << 20
"""More than a pipe holds, so what comes after it was written by somebody who could not be ended."""


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code, or the negative number of the signal that ended it.
        stopped: Why it was ended, if it did not end by itself.
        left_count: How many processes it had left running, which were ended.
    """

    code: int
    stopped: str | None
    output: Output
    left_count: int


def run_captured(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    send: Callable[[str], None],
    why_stop: Callable[[], str | None],
    on_started: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a command to its end, or until `why_stop` returns a reason; then it is ended.

    Must be called by the main thread: the command dies with the thread that started it. When it
    returns, no process of the command is left, as far as the system allows.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: All of its environment.
        send: Takes the output of the command and of all below it, a piece at a time, and may
            block: then the command waits.
        why_stop: Asked some twenty times a second.
        on_started: Called once the command has a process.

    Raises:
        OSError: It could not be started.
    """
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603  # what the user submitted is what is to run
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    on_started()
    output = Output()
    reader = _Reader(reading, output, send)
    reader.start()
    stopped = _waited(process, why_stop)
    left_count = 0
    if stopped is not None:
        end_all(descendants, grace_s=TERM_GRACE_S)
    elif _have_left(process.pid):
        left_count = len(descendants())
        end_all(descendants, grace_s=TERM_GRACE_S)
    code = process.wait()
    reap_orphans(process.pid)
    reader.finish()
    return Ended(code, stopped, output, left_count)


def _waited(process: subprocess.Popen[bytes], why_stop: Callable[[], str | None]) -> str | None:
    """Wait until the command has ended, or return why it should."""
    reap_at_s = time.monotonic() + _REAP_INTERVAL_S
    while process.poll() is None:
        if (reason := why_stop()) is not None:
            return reason
        if time.monotonic() >= reap_at_s:
            reap_orphans(process.pid)
            reap_at_s = time.monotonic() + _REAP_INTERVAL_S
        time.sleep(_LOOK_INTERVAL_S)
    return None


def _have_left(pid: int) -> bool:
    """Whether a command that has ended left processes that do not end by themselves."""
    deadline_s = time.monotonic() + LEFTOVER_WAIT_S
    while descendants():
        if time.monotonic() >= deadline_s:
            return True
        reap_orphans(pid)
        time.sleep(_LOOK_INTERVAL_S)
    return False


class _Reader:
    """Reads a pipe to its end in a thread, and passes on what came as text.

    Nothing is read while `send` blocks, so no more than two pieces are in memory: a command that
    prints faster than its output is taken waits for it, as it would for a slow terminal.
    """

    def __init__(self, descriptor: int, output: Output, send: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._output = output
        self._send = send
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runtide-output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Read what is left in the pipe, and no longer wait for its end."""
        # Without a process that writes, the end comes at once. One that could not be ended must
        # not hold up the run.
        self._is_over.set()
        self._thread.join()
        os.close(self._descriptor)

    def _run(self) -> None:
        is_open = True
        left_bytes = _PIPE_BYTES_MAX
        while is_open and left_bytes > 0:
            piece, is_open = self._piece()
            left_bytes -= len(piece) if self._is_over.is_set() else 0
            text = self._decoder.decode(piece, final=not is_open)
            if text:
                self._output.add(text)
                self._send(text)

    def _piece(self) -> tuple[bytes, bool]:
        """Return output that gathered for a moment, and whether there may be more."""
        gathered = bytearray()
        until_s = None
        while len(gathered) < PIECE_BYTES_MAX:
            now_s = time.monotonic()
            if until_s is not None and now_s >= until_s:
                break
            wait_s = PIECE_INTERVAL_S if until_s is None else until_s - now_s
            if not select.select([self._descriptor], [], [], wait_s)[0]:
                if self._is_over.is_set():
                    return bytes(gathered), False
                continue
            chunk = os.read(self._descriptor, PIECE_BYTES_MAX - len(gathered))
            if not chunk:
                return bytes(gathered), False
            gathered += chunk
            until_s = until_s or now_s + PIECE_INTERVAL_S
        return bytes(gathered), True
