"""Runs a command that dies with the process that started it.

python -I -S leash.py PARENT COMMAND [ARGUMENT...]

The kernel keeps the wish to die with one's parent over an exec, but it must be asked from within
the child. `preexec_fn` would do so between fork and exec, where a process with threads must not run
Python; this is a process of its own for the 20 ms that it takes, and then it is the command.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

NOT_FOUND: Final = 127
"""The exit code of a command that is not there, as shells have it."""

NOT_STARTED: Final = 126
"""The exit code of a command that the system does not start, as shells have it."""

_PR_SET_PDEATHSIG: Final = 1

if __name__ == "__main__":
    _parent, _command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != _parent:
        # It died before it could be told that we depend on it.
        sys.exit(NOT_STARTED)
    try:
        os.execvp(_command[0], _command)  # noqa: S606  # the user's command, and no shell
    except OSError as exc:
        sys.stderr.write(f"could not start {_command[0]!r} ({exc.strerror})\n")
        sys.exit(NOT_FOUND if isinstance(exc, FileNotFoundError) else NOT_STARTED)
