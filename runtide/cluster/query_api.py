"""The composition root of `runtide serve query-api`: history from the store, live from the log."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from query_api.app import create_app
from runtide.artifacts.opening import open_artifacts
from runtide.cluster.opening import open_log, open_store
from runtide.cluster.reach import demands_tokens, host_names
from runtide.errors import UsageError
from runtide.http.descriptors import raise_descriptor_limit
from runtide.http.server import Server, open_listener, url_of
from runtide.http.token_use import TokenUse
from runtide.store.arrow_alone import leave_pandas_out
from runtide.store.progress import StoredProgress
from runtide.store.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.settings import QueryApiSettings


def serve_query_api(settings: QueryApiSettings, *, on_ready: Callable[[str], None]) -> None:
    """Answer until SIGINT or SIGTERM. Must be called in the main thread.

    Args:
        settings: What to read, and where to listen.
        on_ready: Called once, with the URL, when it answers.

    Raises:
        UsageError: A setting does not fit, or the address cannot be listened on.
        StoreRefused: The store does not take what the settings say.
    """
    oidc = settings.oidc()
    raise_descriptor_limit()
    leave_pandas_out()
    needs_tokens = demands_tokens(
        settings.host,
        requires_tokens=settings.require_tokens or oidc is not None,
        trusts_network=settings.trust_network,
        setting="RUNTIDE_QUERY_API_TRUST_NETWORK",
        harm="read and change every run",
    )
    names = host_names(settings.allowed_hosts)
    if "*" in names:
        message = (
            "RUNTIDE_QUERY_API_ALLOWED_HOSTS is '*': a page of any other site could read and change every run "
            "under a name of its own; list the names under which the service is reached"
        )
        raise UsageError(message)
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
        use = TokenUse(log)
        stack.callback(use.stop)
        app = create_app(
            store=store,
            log=log,
            artifacts=artifacts,
            progress=StoredProgress(store),
            allowed_hosts=names | ({oidc.public_host} if oidc else frozenset()),
            tokens=TokenBook(store, on_used=use.note) if needs_tokens else None,
            oidc=oidc,
            analysis=store.analysis(settings.sql_limits()),
        )
        server = Server(
            app,
            on_ready=lambda: on_ready(url_of(listener)),
            on_stop=app.state.context.hub.close,
        )
        server.run(sockets=[listener])
