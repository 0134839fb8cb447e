"""The composition root of `runtide serve query-api`: history from the store, live from the log."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

from query_api.app import create_app
from runtide.artifacts.opening import open_artifacts
from runtide.cluster.opening import open_log, open_store
from runtide.errors import UsageError
from runtide.http.server import LOOPBACK_HOSTS, Server, open_listener, url_of
from runtide.store.progress import StoredProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.settings import QueryApiSettings

_log = logging.getLogger(__name__)


def serve_query_api(settings: QueryApiSettings, *, on_ready: Callable[[str], None]) -> None:
    """Answer until SIGINT or SIGTERM. Must be called in the main thread.

    Args:
        settings: What to read, and where to listen.
        on_ready: Called once, with the URL, when it answers.

    Raises:
        UsageError: A setting does not fit, or the address cannot be listened on.
        StoreRefused: The store does not take what the settings say.
    """
    _check_reach(settings)
    if settings.artifacts_url is None:
        message = (
            "RUNTIDE_ARTIFACTS_URL is not set: name where ingest and scripts put files, "
            "`file:///folder` or `s3://bucket/prefix`"
        )
        raise UsageError(message)
    with ExitStack() as stack:
        listener = open_listener(settings.host, settings.port)
        stack.callback(listener.close)
        artifacts = open_artifacts(settings.artifacts_url)
        store = open_store(settings)
        stack.callback(store.close)
        log = open_log(settings)
        stack.callback(log.close)
        app = create_app(
            store=store,
            log=log,
            artifacts=artifacts,
            progress=StoredProgress(store),
            allowed_hosts=frozenset(name.strip() for name in settings.allowed_hosts.split(",")),
        )
        server = Server(
            app,
            on_ready=lambda: on_ready(url_of(listener)),
            on_stop=app.state.context.hub.close,
        )
        server.run(sockets=[listener])


def _check_reach(settings: QueryApiSettings) -> None:
    if settings.host in LOOPBACK_HOSTS:
        return
    if not settings.trust_network:
        message = (
            f"host is {settings.host!r}: whoever reaches it could read every run, and there are "
            f"no access tokens yet; listen on 127.0.0.1, or set "
            f"RUNTIDE_QUERY_API_TRUST_NETWORK=true where only those reach it who may"
        )
        raise UsageError(message)
    _log.warning("listening on %s: whoever reaches it can read every run", settings.host)
