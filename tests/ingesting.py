"""The ingest service over a log and an artifact store, behind a real socket."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

import httpx

from ingest.app import create_app
from ingest.gate import Quotas
from runtide.artifacts.port import ArtifactStore
from runtide.errors import LogUnavailable
from runtide.log.memory import MemoryLog
from runtide.log.port import EventLog, Item
from tests.serving import ServerThread


class HeldLog(MemoryLog):
    """A log that takes nothing before it is let go, or says that it is away."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.free = threading.Event()
        self.free.set()

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        self.free.wait()
        self._answer()
        return super().append(items)

    def end(self, partition: int) -> int:
        self.free.wait()
        self._answer()
        return super().end(partition)

    def _answer(self) -> None:
        if self.is_away:
            raise LogUnavailable("no broker answers: start one")


@contextmanager
def running_ingest(
    log: EventLog,
    artifacts: ArtifactStore,
    *,
    quotas: Quotas | None = None,
    allowed_hosts: frozenset[str] = frozenset({"127.0.0.1"}),
) -> Iterator[httpx.Client]:
    """Yield a client of a running service, and end it."""
    app = create_app(
        log=log, artifacts=artifacts, quotas=quotas or Quotas(), allowed_hosts=allowed_hosts
    )
    server = ServerThread(app)
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            yield client
    finally:
        server.close()


def announced(content: bytes) -> dict[str, str]:
    """Return the header that announces a file."""
    return {"Repr-Digest": f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"}


def sample(client: httpx.Client, name: str) -> float:
    """Return one sample of `/metrics`."""
    lines = client.get("/metrics").text.splitlines()
    (value,) = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")] or ["0"]
    return float(value)
