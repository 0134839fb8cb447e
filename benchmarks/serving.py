"""A real server as a process, with its fold caught up, for the benchmarks that ask it things."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DEADLINE_S = 300.0


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, int]]:
    """Run `runtide up` over `home` and yield its host and port once everything is folded."""
    command = [sys.executable, "-m", "runtide.cli", "up", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        address = _address(home, process.pid)
        _wait_until_folded(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _address(home: Path, pid: int) -> tuple[str, int]:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        try:
            found = json.loads((home / "server.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        if found.get("pid") == pid:
            url = urlsplit(found["url"])
            return str(url.hostname), int(url.port or 80)
        time.sleep(0.05)
    raise TimeoutError(f"no server came up over {home}")


def _wait_until_folded(address: tuple[str, int]) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        connection = HTTPConnection(*address, timeout=60)
        try:
            connection.request("GET", "/api/v1/runs?limit=1&fresh=true")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()
    raise TimeoutError("the fold did not catch up")
