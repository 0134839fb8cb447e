"""Scripts that log, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.quiet import NO_CAPTURES

_DEADLINE_S = 60


def script_environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which a script logs to `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RUNTIDE_")}
    return kept | NO_CAPTURES | {"RUNTIDE_HOME": str(home)} | more


def run_script(home: Path, source: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script that logs to `home`, in an empty folder."""
    folder = home.parent / "cwd"
    folder.mkdir(exist_ok=True)
    path = folder / "script.py"
    path.write_text(textwrap.dedent(source))
    return subprocess.run(
        # Python 3.12 and later warn of every fork beside a thread; forks are what is tested.
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", str(path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        cwd=folder,
        env=script_environment(home, **more),
    )
