"""Asking the command line program of an engine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from runtide.jobs.failures import EngineUnavailable, LaunchFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANSWER_TIMEOUT_S: Final = 60.0
"""How long an engine may take; the programs themselves give up a little earlier."""


def ended_program(
    command: Sequence[str],
    text: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    install: str,
    look: str,
) -> subprocess.CompletedProcess[str]:
    """Run an engine's program to its end, whatever that is.

    Args:
        command: The program and its arguments.
        text: What it reads.
        environment: Its environment; default: this process's.
        install: What to do where there is no such program.
        look: The command that shows whether the engine is there.

    Raises:
        LaunchFailed: There is no such program.
        EngineUnavailable: It has not ended within its time.
    """
    try:
        return subprocess.run(  # noqa: S603  # a fixed program; no shell sees an argument
            command,
            input=text,
            capture_output=True,
            check=False,
            text=True,
            timeout=ANSWER_TIMEOUT_S,
            env=None if environment is None else dict(environment),
        )
    except FileNotFoundError as exc:
        message = f"`{command[0]}` was not found: {install}"
        raise LaunchFailed(message) from exc
    except subprocess.TimeoutExpired as exc:
        message = f"`{command[0]}` did not answer within {ANSWER_TIMEOUT_S:.0f} s: see `{look}`"
        raise EngineUnavailable(message) from exc
