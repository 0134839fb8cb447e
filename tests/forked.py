"""Processes that are forked from one that has all modules: most of a start is loading them.

Real processes, which can be killed at any moment; only the interpreter's own start is left out.
What a start as a user makes it is like, tests/e2e/test_up.py tests.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_START_TIMEOUT_S = 120.0


class Forked:
    """A process that runs the module `module` as `python -m` does; `subprocess.Popen` in small.

    What it prints is there line by line.

    Args:
        module: What is run; `tests.forking` lists which are loaded already.
        arguments: Its command line.
        environment: All of its environment; without it, that of this process.
        folder: Where it runs.
        stdin: A file, or `subprocess.PIPE` or `subprocess.DEVNULL`; as the other two.
        has_own_session: Whether it leads a session and a group of its own.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stdin: IO[str] | int = subprocess.DEVNULL,
        stdout: IO[str] | int = subprocess.PIPE,
        stderr: IO[str] | int = subprocess.PIPE,
        has_own_session: bool = False,
    ) -> None:
        self.returncode: int | None = None
        wanted = {
            "module": module,
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "folder": str(folder or Path.cwd()),
            "has_own_session": has_own_session,
        }
        self._reported, report = os.pipe()
        theirs_in, self.stdin = _stream(stdin, is_input=True)
        theirs_out, self.stdout = _stream(stdout)
        theirs_err, self.stderr = _stream(stderr)
        theirs = [theirs_in, theirs_out, theirs_err, report]
        try:
            self.pid = _forker().fork(json.dumps(wanted).encode(), theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended.

        Raises:
            TimeoutExpired: It has not, after `timeout` seconds.
        """
        if (code := self._ended_within(timeout)) is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, timeout_s: float | None) -> int | None:
        if self.returncode is not None:
            return self.returncode
        # Not `select`, which takes no descriptor beyond 1,023: a process of tests has many open.
        reports = select.poll()
        reports.register(self._reported, select.POLLIN)
        if reports.poll(None if timeout_s is None else timeout_s * 1_000):
            text = os.read(self._reported, 64)
            os.close(self._reported)
            assert text, "the process that forks is gone"
            self.returncode = int(text)
        return self.returncode


def run_module(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text_in: str = "",
    timeout_s: float = 120.0,
) -> subprocess.CompletedProcess[str]:
    """Run a module to its end, as `subprocess.run` does, and return what it printed."""
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        given.write(text_in)
        given.seek(0)
        process = Forked(
            module,
            *arguments,
            environment=environment,
            folder=folder,
            stdin=given,
            stdout=out,
            stderr=err,
        )
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        for printed in (out, err):
            printed.seek(0)
        return subprocess.CompletedProcess(
            [module, *arguments], code, stdout=out.read(), stderr=err.read()
        )


class _Forker:
    """The process that forks, which ends with this one."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_TIMEOUT_S)
        command = [sys.executable, "-m", "tests.forking", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        atexit.register(self._close)
        assert self._control.recv(16) == b"ready", "the process that forks did not start"

    def fork(self, wanted: bytes, descriptors: list[int]) -> int:
        socket.send_fds(self._control, [wanted], descriptors)
        return int(self._control.recv(16))

    def _close(self) -> None:
        self._control.close()
        self._process.wait()


@functools.cache
def _forker() -> _Forker:
    return _Forker()


def _stream(wanted: IO[str] | int, *, is_input: bool = False) -> tuple[int, IO[str] | None]:
    """Return the new process's end of a stream, and ours where it is a pipe."""
    if wanted == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR), None
    if wanted == subprocess.PIPE:
        reads, writes = os.pipe()
        theirs, ours = (reads, writes) if is_input else (writes, reads)
        return theirs, os.fdopen(ours, "w" if is_input else "r", encoding="utf-8")
    assert not isinstance(wanted, int)
    return os.dup(wanted.fileno()), None
