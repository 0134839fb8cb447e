"""A ClickHouse server for the tests: its HTTP interface over chDB, in a process of its own.

It can be stopped, killed and started again on the same folder and port, and made to fail in the
ways in which a server fails. It ends with the process that started it.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from tests.forked import Forked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FaultKind = Literal["error", "hang", "late", "mute", "drop", "refuse"]


class Bridge:
    """One server, with its data in `folder`, on a port of its own.

    Args:
        folder: Holds its data and what it says.
        user: The only user that it knows.
        password: That user's.
        certificate: PEM file of a certificate and its key; it speaks HTTPS then.
        config: XML file of ClickHouse's settings, such as clusters.
        others: Further users, and their passwords.
    """

    def __init__(
        self,
        folder: Path,
        *,
        user: str = "default",
        password: str = "",
        certificate: Path | None = None,
        config: Path | None = None,
        others: dict[str, str] | None = None,
    ) -> None:
        self.port = 0
        self._folder = folder
        self._scheme = "https" if certificate else "http"
        self._options = {
            "user": user,
            "password": password,
            "certificate": str(certificate) if certificate else None,
            "config": str(config) if config else None,
            "others": others or {},
        }
        self._process: Forked | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it answers. From the second time on, on the same port."""
        options = json.dumps({**self._options, "port": self.port})
        with (self._folder / "output").open("a") as output:
            self._process = Forked(
                "tests.bridge_http",
                str(self._folder / "data"),
                options,
                stdin=subprocess.PIPE,
                stderr=output,
            )
        self.port = int(self._line().split()[1])

    def stop(self) -> None:
        """End it as an operator would. Stopping twice is harmless."""
        self._end(is_sudden=False)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(is_sudden=True)

    def fault(
        self,
        kind: FaultKind,
        *,
        code: int = 0,
        times: int | None = None,
        matching: str = "",
    ) -> None:
        """Make requests fail whose statement the pattern `matching` finds, the first `times`.

        error   answer with ClickHouse's `code`, and do nothing
        hang    do nothing, and answer nothing until healed
        late    do it once healed, when nobody waits any more
        mute    do it, and answer nothing until healed
        drop    do it, and close the connection without an answer
        refuse  accept no connections, and close those that are open; the other arguments say nothing
        """
        planned = {"kind": kind, "code": code, "times": times, "matching": matching}
        self._tell({"fault": planned})

    def heal(self) -> None:
        """End every fault."""
        self._tell({"heal": True})

    def fault_count(self) -> int:
        """Return how many requests a fault has struck."""
        return int(self._tell({"count": True})["count"])

    def _tell(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._line())
        return answer

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            said = (self._folder / "output").read_text(errors="replace")
            message = f"the bridge ended by itself:\n{said}"
            raise AssertionError(message)
        return line

    def _end(self, *, is_sudden: bool) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if is_sudden:
            process.kill()
        assert process.stdin is not None
        assert process.stdout is not None
        # The end of its input is what it ends at.
        process.stdin.close()
        process.wait()
        process.stdout.close()


@contextmanager
def running_bridge(folder: Path, **options: Any) -> Iterator[Bridge]:
    """Start a bridge, and end it with the block. `options` are those of `Bridge`."""
    bridge = Bridge(folder, **options)
    bridge.start()
    try:
        yield bridge
    finally:
        bridge.kill()
