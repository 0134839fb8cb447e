"""`runtide replay`, and what the tests do beside it, as processes over a data folder."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from runtide.log.sqlite import SqliteLog
from tests.forked import run_module
from tests.replay.histories import Script

if TYPE_CHECKING:
    from pathlib import Path


def script_of(home: Path, *, seed: int = 7, count: int = 120) -> Script:
    """Return a script that has logged so much to the folder."""
    script = Script(SqliteLog(home), seed)
    script.append(count)
    return script


def ran(*command: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    done = run_module(*command, environment=bare)
    assert code is None or done.returncode == code, done.stderr
    return done


def replayed(home: Path, *options: str, code: int | None = 0) -> dict[str, Any]:
    done = ran("runtide.cli", "replay", *options, "--json", "--home", str(home), code=code)
    document: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return document


def process(name: str, home: Path, *arguments: str, code: int | None = 0) -> str:
    done = ran("tests.replay.folder_process", name, str(home), *arguments, code=code)
    return done.stdout.strip()


def verified(home: Path) -> str:
    """Return the tables that are not what a first fold of the log gives."""
    return process("verify", home)
