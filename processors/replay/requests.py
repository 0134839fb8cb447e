"""Replays that a running server is asked for, because it alone may open its tables.

    POST /replays/v1/{name}     begin it or go on; answers at once how it stands
    GET  /replays/v1/{name}     how it stands
    DELETE /replays/v1/{name}   drop it

One runs at a time, in a thread. It goes on when nobody looks any more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Protocol

from fastapi import APIRouter
from pydantic import BaseModel

from processors.core.replay import database_of
from processors.replay.job import ReplayJob, Status, Wishes
from processors.replay.rebuild import Folded
from processors.replay.replay import Replay
from runtide.errors import NotFound, ReplayConflict, RuntideError

REPLAY_PREFIX: Final = "/replays/v1"

_log = logging.getLogger(__name__)


class OpensReplay(Protocol):
    """How a replay is made; see `Replay` for the arguments."""

    def __call__(
        self,
        name: str,
        *,
        takes_over: bool = False,
        on_folded: Callable[[Folded], None] = lambda _: None,
    ) -> Replay:
        """Return a replay of the folder's tables."""
        ...


class ReplayRequest(BaseModel):
    """What is wanted of a replay."""

    folds: bool = True
    swaps: bool = True
    forces: bool = False


class _Stopping(Exception):  # no error: the server ends, and the replay is gone on with later
    """The job must end after the batch at hand."""


class ReplayDesk:
    """Runs one replay at a time. Any thread may call.

    Args:
        database: The live tables.
        open_replay: Makes a replay of a name.
        version: The version of this server.
    """

    def __init__(self, *, database: str, open_replay: OpensReplay, version: str) -> None:
        self._database = database
        self._open_replay = open_replay
        self._version = version
        self._lock = threading.Lock()
        self._job: ReplayJob | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._error: RuntideError | None = None

    def start(self, name: str, wishes: Wishes) -> Status:
        """Begin the replay or go on with it; one that runs already is left to run.

        Raises:
            ReplayConflict: Another one runs.
            UsageError: It is no name of a replay.
        """
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                assert self._job is not None
                if self._job.status.name != name:
                    self._refuse_second(self._job.status.name)
                return self._status(self._job)
            job = ReplayJob(name, database_of(self._database, name), wishes, self._end_if_stopping)
            self._job, self._error = job, None
            self._thread = threading.Thread(
                target=self._run, args=(job, wishes), name="runtide-replay", daemon=True
            )
            self._thread.start()
            return self._status(job)

    def status(self, name: str) -> Status:
        """Return how the replay stands that was asked for last.

        Raises:
            NotFound: Another one, or none, was.
        """
        with self._lock:
            if self._job is None or self._job.status.name != name:
                message = f"no replay into {name!r} was asked for since the server started"
                raise NotFound(message)
            return self._status(self._job)

    def drop(self, name: str) -> None:
        """Remove what a replay has made.

        Raises:
            ReplayConflict: It runs, or has swapped only some of its tables.
            NotFound: There is no such replay.
        """
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                assert self._job is not None
                self._refuse_second(self._job.status.name)
            self._open_replay(name).drop()
            self._job = None

    def stop(self) -> None:
        """End after the batch at hand, or the swap; it is gone on with when it is asked for."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, job: ReplayJob, wishes: Wishes) -> None:
        try:
            replay = self._open_replay(
                job.status.name, takes_over=wishes.forces, on_folded=job.on_folded
            )
            try:
                job.run(replay, self._version)
            finally:
                replay.close()
        except _Stopping:
            _log.info("the replay into %r is gone on with later", job.status.name)
        except RuntideError as exc:
            _log.warning("the replay into %r ended: %s", job.status.name, exc)
            self._error = exc
        # A thread that dies in silence would leave its reader waiting: whatever it is, it is told.
        except Exception as exc:  # noqa: BLE001  # see above
            _log.exception("the replay into %r ended", job.status.name)
            self._error = RuntideError(f"the replay failed ({exc}): see the server's output")

    def _status(self, job: ReplayJob) -> Status:
        if self._error is not None:
            return replace(job.status, step="ended", error=self._error)
        return job.status

    def _end_if_stopping(self, _status: Status) -> None:
        if self._stopping.is_set():
            raise _Stopping

    def _refuse_second(self, name: str) -> None:
        message = f"the replay into {name!r} runs: wait until it has ended"
        raise ReplayConflict(message)


def router(desk: ReplayDesk) -> APIRouter:
    """Return the routes by which replays are asked for. Errors leave them as our own."""
    routes = APIRouter(prefix=REPLAY_PREFIX, tags=["replays"], include_in_schema=False)

    @routes.post("/{name}")
    def start(name: str, request: ReplayRequest) -> dict[str, Any]:
        wishes = Wishes(folds=request.folds, swaps=request.swaps, forces=request.forces)
        return desk.start(name, wishes).document()

    @routes.get("/{name}")
    def status(name: str) -> dict[str, Any]:
        return desk.status(name).document()

    @routes.delete("/{name}")
    def drop(name: str) -> dict[str, Any]:
        desk.drop(name)
        return {"dropped": name}

    return routes
