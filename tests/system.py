"""A whole embedded system in the test's process: log, fold, store, query API and a client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from ingest.routes import router as ingest_router
from processors.drivers.local import LocalFold
from query_api.app import create_app
from runtide.artifacts.local import LocalArtifacts
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import Event, RunCreated, StateChanged
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog
from runtide.store.engine import ClickHouseStore
from runtide.store.sql_limits import SqlLimits
from tests.engine import drop_store, empty_store
from tests.serving import ServerThread

CREATED_US = 1_795_450_000_000_000


class System:
    """The parts, and short ways to log and to ask."""

    def __init__(
        self,
        log: SqliteLog,
        store: ClickHouseStore,
        fold: LocalFold,
        artifacts: LocalArtifacts,
        sql_limits: SqlLimits,
    ) -> None:
        self.log, self.store, self.fold, self.artifacts = log, store, fold, artifacts
        self.app = create_app(
            store=store,
            log=log,
            artifacts=artifacts,
            progress=fold,
            allowed_hosts=frozenset({"127.0.0.1"}),
            home="/data",
            analysis=store.analysis(sql_limits),
        )
        self.app.include_router(ingest_router(log, artifacts))
        self._server = ServerThread(self.app)
        self.url = self._server.url
        self.client = httpx.Client(base_url=self.url, timeout=60)
        self._seq_by_writer: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        """End the server; open streams end with it."""
        self.client.close()
        self.app.state.context.hub.close()
        self._server.close()

    def append(self, run: str, *events: Event, writer: str = "w1") -> int:
        """Append one envelope, and return the offset after it."""
        seq = self._seq_by_writer.get((run, writer), 0) + 1
        self._seq_by_writer[run, writer] = seq
        value = encode_envelope(
            run=run,
            writer=writer,
            seq=seq,
            sent_us=CREATED_US,
            events=[event_document(event) for event in events],
        )
        return self.log.append([Item(run, value)])[0]

    def start_run(self, run: str, *events: Event, **fields: Any) -> None:
        """Append a run that is running, and further events of it."""
        created = RunCreated(
            **{"experiment": "exp", "name": run, "created_us": CREATED_US, **fields}
        )
        running = StateChanged(status="Running", ts_us=created.created_us + 1)
        self.append(run, created, running, *events)

    def fold_all(self) -> None:
        """Wait until everything in the log can be queried."""
        assert self.fold.wait_until(0, self.log.end(0), timeout_s=60), self.fold.failure

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON of a GET below /api/v1 that must succeed, of everything logged."""
        self.fold_all()
        answer = self.client.get(f"/api/v1{path}", **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, **options: Any) -> Any:
        """Return the JSON of a POST below /api/v1 that must succeed, of everything logged."""
        self.fold_all()
        answer = self.client.post(f"/api/v1{path}", json=body, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running_system(
    folder: Path,
    store: ClickHouseStore | None = None,
    *,
    sql_limits: SqlLimits = SqlLimits(),  # noqa: B008  # frozen
) -> Iterator[System]:
    """Yield a system over an empty log in `folder` and maybe a given store, and end them."""
    log = SqliteLog(folder)
    store = store or empty_store()
    fold = LocalFold(log, store)
    fold.start()
    system = System(log, store, fold, LocalArtifacts(folder), sql_limits)
    try:
        yield system
    finally:
        system.close()
        fold.stop()
        drop_store(store)
        log.close()
