"""The composition root of `runtide up`: the whole system in one process over one data folder.

    ingest  ->  SQLite log  ->  fold  ->  chDB  ->  query API and page

One process a folder: `server.lock` is held for as long as it lives, and the operating system lets
go of it however the process ends. `server.json` says where it answers, from ready to the end.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from ingest.access import Access
from ingest.routes import router as ingest_router
from processors.drivers.life import LifeWatch
from processors.drivers.liveness import LivenessWatch
from processors.drivers.local import LocalFold
from processors.life.expiry import Expiry, Rules
from processors.life.purge import Purger
from processors.replay.requests import ReplayDesk
from processors.replay.requests import router as replay_router
from query_api.app import create_app
from runtide.address import ServerAddress, folder_lock, published
from runtide.artifacts.local import LocalArtifacts
from runtide.client.spool import drain
from runtide.core.parents import CONTROLLER_TARGET
from runtide.errors import RuntideError
from runtide.folder_token import own_token
from runtide.http.access import OPERATES
from runtide.http.server import LOOPBACK_HOSTS, Server, open_listener, url_of
from runtide.http.token_use import TokenUse
from runtide.jobs.folders import JOBS_NAME, JobFolder
from runtide.jobs.local_queue import CONTROLLERS_MAX, TARGET, LocalQueue
from runtide.life_settings import parsed_days
from runtide.log.sqlite import SqliteLog
from runtide.replays import finish_swap, served_tables
from runtide.store.arrow_alone import leave_pandas_out
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate
from runtide.store.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from socket import socket

    from starlette.types import ASGIApp, Receive, Scope, Send

    from runtide.embedded_settings import EmbeddedSettings
    from runtide.log.port import EventLog, Record
    from runtide.oidc_settings import OidcSettings
    from runtide.store.port import MetricStore

_DRAIN_INTERVAL_S: Final = 10.0
"""How often the spool is looked at for what ended scripts left."""

_TOKENS_FOLDED_S: Final = 10.0
"""How long the start waits for the fold where tokens are demanded."""

_EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # what is no name

_log = logging.getLogger(__name__)


def serve(settings: EmbeddedSettings, *, on_ready: Callable[[ServerAddress], None]) -> None:
    """Run the embedded system until SIGINT, SIGTERM, or `settings.idle_exit_s` of quiet.

    Must be called in the main thread. `on_ready` is called once, when the URL answers.

    Raises:
        UsageError: The host or port cannot be listened on.
        FolderInUse: Another server has the folder.
        UnavailableError: The log, or the engine of the read model, does not open.
        CorruptionError: The folder was written by another version, or is damaged.
    """
    oidc = settings.oidc()
    leave_pandas_out()
    with ExitStack() as stack:
        stack.enter_context(folder_lock(settings.home))
        listener = open_listener(settings.host, settings.port)
        stack.callback(listener.close)
        log = SqliteLog(settings.home)
        stack.callback(log.close)
        store = open_chdb(settings.home)
        stack.callback(store.close)
        migrate(store)
        tables = served_tables(settings.home, log, store)
        finish_swap(tables)
        queues = _queues(settings)
        artifacts = LocalArtifacts(settings.home)
        life = _life_watch(settings, log, store, artifacts)
        fold = LocalFold(log, store, on_folded=partial(_show, [*queues, life]))
        fold.start()
        stack.callback(fold.stop)
        for watcher in (LivenessWatch(log, store, fold), _SpoolDrain(settings.home, log), life):
            watcher.start()
            stack.callback(watcher.stop)
        book = _tokens(settings, log, store, fold, stack) if _demands_tokens(settings) else None
        app = create_app(
            store=store,
            log=log,
            artifacts=artifacts,
            progress=fold,
            allowed_hosts=_host_names(settings, oidc),
            home=str(settings.home),
            tokens=book,
            oidc=oidc,
            analysis=store.analysis(settings.sql_limits()),
        )
        access = None if book is None else Access(book, store)
        app.include_router(ingest_router(log, artifacts, access=access))
        desk = ReplayDesk(
            database=tables.database, open_replay=tables.replay, version=version("runtide")
        )
        stack.callback(desk.stop)
        app.include_router(replay_router(desk), dependencies=[OPERATES])
        address = _address(listener)

        def announce() -> None:
            stack.enter_context(published(settings.home, address))
            for queue in queues:
                queue.start(address.url)
                # Stopped first: it asks this server, and records through the log.
                stack.callback(queue.stop)
            on_ready(address)

        activity = _Activity(app)
        server = Server(
            activity,
            is_over=_Idleness(activity, log, queues, settings.idle_exit_s).is_over_limit,
            on_ready=announce,
            on_stop=app.state.context.hub.close,
        )
        server.run(sockets=[listener])


class _SpoolDrain:
    """Delivers what ended scripts left in the spool, again and again, in a thread of its own.

    A script that could not deliver and has ended is not coming back for it.
    """

    def __init__(self, home: Path, log: EventLog) -> None:
        self._home = home
        self._log = log
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runtide-spool", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                if count := drain(self._home, self._log):
                    _log.warning("delivered %d envelopes and files that ended scripts left", count)
            except (RuntideError, OSError) as exc:
                _log.warning("the spool is tried again in %.0f s: %s", _DRAIN_INTERVAL_S, exc)
            if self._stopping.wait(_DRAIN_INTERVAL_S):
                return


class _Activity:
    """An ASGI application that knows how many requests are open and when the last one ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.open_count = 0
        self.quiet_since_s = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.open_count += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.open_count -= 1
            self.quiet_since_s = time.monotonic()


class _Idleness:
    """Says when there was no request, no new record and no run to execute for `limit_s`."""

    def __init__(
        self,
        activity: _Activity,
        log: EventLog,
        queues: Sequence[LocalQueue],
        limit_s: float | None,
    ) -> None:
        self._activity = activity
        self._queues = queues
        self._log = log
        self._limit_s = limit_s
        self._ends = self._log_ends()
        self._unchanged_since_s = time.monotonic()

    def is_over_limit(self) -> bool:
        if self._limit_s is None:
            return False
        now_s = time.monotonic()
        is_busy = any(queue.is_busy for queue in self._queues)
        if (ends := self._log_ends()) != self._ends or is_busy:
            self._ends, self._unchanged_since_s = ends, now_s
        quiet_since_s = max(self._activity.quiet_since_s, self._unchanged_since_s)
        if self._activity.open_count or now_s - quiet_since_s < self._limit_s:
            return False
        _log.info("nothing asked and nothing logged for a while: stopping")
        return True

    def _log_ends(self) -> list[int]:
        return [self._log.end(partition) for partition in range(self._log.partition_count)]


def _queues(settings: EmbeddedSettings) -> list[LocalQueue]:
    slots = {TARGET: settings.slots, CONTROLLER_TARGET: CONTROLLERS_MAX}
    return [LocalQueue(settings.home, target=t, slot_count=count) for t, count in slots.items()]


def _address(listener: socket) -> ServerAddress:
    return ServerAddress(os.getpid(), url_of(listener), version("runtide"), time.time_ns() // 1_000)


def _life_watch(
    settings: EmbeddedSettings, log: SqliteLog, store: MetricStore, artifacts: LocalArtifacts
) -> LifeWatch:
    def remove_work(run_id: str) -> None:
        # What is spooled would come later; in the log it is with all the rest.
        drain(settings.home, log)
        shutil.rmtree(JobFolder(settings.home / JOBS_NAME, run_id).path, ignore_errors=True)

    rules = Rules(settings.keep_bin_days, parsed_days(settings.keep_run_days))
    purger = Purger(store, artifacts, log=log, remove_work=remove_work)
    return LifeWatch(purger, Expiry(log, store, rules))


def _show(watchers: Sequence[LocalQueue | LifeWatch], records: Sequence[Record]) -> None:
    for watcher in watchers:
        watcher.see(records)


def _demands_tokens(settings: EmbeddedSettings) -> bool:
    is_reached = settings.host not in LOOPBACK_HOSTS
    return is_reached or settings.require_tokens or settings.oidc_file is not None


def _tokens(
    settings: EmbeddedSettings,
    log: EventLog,
    store: MetricStore,
    fold: LocalFold,
    stack: ExitStack,
) -> TokenBook:
    """Return where tokens are looked up."""
    use = TokenUse(log)
    stack.callback(use.stop)
    # A token that was made while no server ran is known from the start.
    fold.wait_until(0, log.end(0), timeout_s=_TOKENS_FOLDED_S)
    return TokenBook(store, own=own_token(settings.home), on_used=use.note)


def _host_names(settings: EmbeddedSettings, oidc: OidcSettings | None) -> frozenset[str]:
    named = frozenset(part.strip() for part in settings.allowed_hosts.split(","))
    public = frozenset() if oidc is None else {oidc.public_host}
    return (named | public | {settings.host}) - _EVERY_ADDRESS - {""}
