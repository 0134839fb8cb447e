"""Starting, hearing and killing real processes."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from tests.forked import Forked
from tests.quiet import NO_CAPTURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DEADLINE_S = 60.0
INGEST = ("runtide.cli", "serve", "ingest")


class Process:
    """A module that runs in a group of its own, and whose lines of output can be waited for.

    `command` is the module and its arguments.
    """

    def __init__(
        self, command: Sequence[str], *, home: Path, settings: dict[str, str] | None = None
    ) -> None:
        bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
        self._errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = Forked(
            *command,
            environment={**bare, **NO_CAPTURES, "RUNTIDE_HOME": str(home), **(settings or {})},
            stdin=subprocess.PIPE,
            has_own_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read_output, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def errors(self) -> str:
        """What it wrote to standard error so far."""
        return "".join(self._errors)

    def wait_for(self, word: str) -> list[str]:
        """Return the words after `word` of the next line that begins with it."""
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            line = self._lines.get(timeout=max(0.01, deadline_s - time.monotonic()))
            assert line is not None, f"it ended before it said {word!r}:\n{self.errors}"
            words = line.split()
            if words[:1] == [word]:
                return words[1:]

    def said(self, word: str) -> list[list[str]]:
        """Return the words after `word` of every line so far that begins with it."""
        found = []
        with contextlib.suppress(queue.Empty):
            while (line := self._lines.get_nowait()) is not None:
                words = line.split()
                if words[:1] == [word]:
                    found.append(words[1:])
        return found

    def go_on(self) -> None:
        """Give it the line that it waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Kill it and everything it started, as a power cut would, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait_until_ended()

    def stop(self) -> None:
        """Make it stand still, alive, with all that it holds open."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def wait_until_ended(self) -> int:
        """Return its exit code."""
        code = self._process.wait(DEADLINE_S)
        for reader in self._readers:
            reader.join(DEADLINE_S)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
        return code

    def terminate(self) -> int:
        """Ask it to end, and return its exit code."""
        self._process.terminate()
        return self.wait_until_ended()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)


@contextlib.contextmanager
def script(
    name: str, *arguments: str, home: Path, settings: dict[str, str] | None = None
) -> Iterator[Process]:
    """Run a function of `tests.faults.scripts`; kill it at the end if it still runs."""
    command = ["tests.faults.scripts", name, *arguments]
    process = Process(command, home=home, settings=settings)
    try:
        yield process
    finally:
        process.kill()


@contextlib.contextmanager
def server(
    home: Path, *, port: int = 0, settings: dict[str, str] | None = None
) -> Iterator[Process]:
    """Run `runtide up` and wait until it is ready; kill it at the end. Port 0 is any free one."""
    (home / "server.json").unlink(missing_ok=True)
    command = ["runtide.cli", "up", "--home", str(home)]
    command += ["--port", str(port)]
    process = Process(command, home=home, settings=settings)
    try:
        wait_until_ready(home, process)
        yield process
    finally:
        process.kill()


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """Run `runtide up` for as long as the block lasts; yield the address at which it answers."""
    with server(home) as process:
        yield wait_until_ready(home, process)


@contextlib.contextmanager
def ingest(home: Path, settings: dict[str, str], *, port: int = 0) -> Iterator[tuple[str, Process]]:
    """Run `runtide serve ingest`; yield its URL and its process when it answers, and end it.

    `settings` are named without their prefix and in small letters.
    """
    named = {f"RUNTIDE_{name.upper()}": value for name, value in settings.items()}
    process = Process([*INGEST, "--port", str(port)], home=home, settings=named)
    try:
        yield process.wait_for("ready")[-1], process
    finally:
        process.kill()


def wait_until_ready(home: Path, process: Process) -> str:
    """Return the address of the server of `home` once it has written it down."""
    deadline_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline_s:
        with contextlib.suppress(OSError, ValueError, KeyError):
            found = json.loads((home / "server.json").read_text(encoding="utf-8"))
            if found["pid"] == process.pid:
                return str(found["url"])
        threading.Event().wait(0.02)
    raise AssertionError(f"the server did not become ready:\n{process.errors}")
