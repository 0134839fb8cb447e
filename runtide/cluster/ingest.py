"""The composition root of `runtide serve ingest`: HTTP in, the log and the artifact store out."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from ingest.access import Access
from ingest.app import create_app
from ingest.core.quota import Share
from ingest.gate import Quotas
from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.opening import open_artifacts
from runtide.client.options import file_folder
from runtide.cluster.opening import open_log, open_store
from runtide.cluster.reach import demands_tokens, host_names
from runtide.errors import UsageError
from runtide.http.descriptors import raise_descriptor_limit
from runtide.http.server import Server, open_listener, url_of
from runtide.http.token_use import TokenUse
from runtide.log.kafka_settings import parse_bootstrap
from runtide.log.sqlite import SqliteLog
from runtide.store.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtide.artifacts.port import ArtifactStore
    from runtide.settings import IngestSettings

_KAFKA_SCHEME: Final = "kafka://"

_STOP_GRACE_S: Final = 20
"""How long open requests may take to end: what a file needs that is nearly there."""


def serve_ingest(settings: IngestSettings, *, on_ready: Callable[[str], None]) -> None:
    """Take what is sent until SIGINT or SIGTERM. Must be called in the main thread.

    Args:
        settings: Where to listen, what to take, and where it goes.
        on_ready: Called once, with the URL, when it answers.

    Raises:
        UsageError: A setting does not fit, or the address cannot be listened on.
    """
    raise_descriptor_limit()
    needs_tokens = demands_tokens(
        settings.host,
        requires_tokens=settings.require_tokens,
        trusts_network=settings.trust_network,
        setting="RUNTIDE_INGEST_TRUST_NETWORK",
        harm="write to every run",
    )
    if needs_tokens and settings.clickhouse() is None:
        message = (
            "tokens are demanded, and RUNTIDE_CLICKHOUSE_URL is not set: name the server that has "
            "them, or listen on 127.0.0.1"
        )
        raise UsageError(message)
    folder = _find_folder(settings)
    named = settings if folder is not None else _with_brokers(settings)
    artifacts = _open_artifacts(settings, folder)
    with ExitStack() as stack:
        listener = open_listener(settings.host, settings.port)
        stack.callback(listener.close)
        log = open_log(named) if folder is None else SqliteLog(folder)
        stack.callback(log.close)
        access = None
        if needs_tokens:
            store = open_store(settings)
            stack.callback(store.close)
            use = TokenUse(log)
            stack.callback(use.stop)
            access = Access(TokenBook(store, on_used=use.note), store)
        app = create_app(
            log=log,
            artifacts=artifacts,
            quotas=_quotas(settings),
            allowed_hosts=host_names(settings.allowed_hosts),
            access=access,
        )
        server = Server(
            app, on_ready=lambda: on_ready(url_of(listener)), stop_grace_s=_STOP_GRACE_S
        )
        server.run(sockets=[listener])


def _find_folder(settings: IngestSettings) -> Path | None:
    """Return the data folder that is the log, or None if the log is in Kafka."""
    url = settings.log_url
    if url is None or url.startswith(_KAFKA_SCHEME):
        return None
    folder = file_folder(url)
    if folder is None:
        message = (
            f"RUNTIDE_INGEST_LOG_URL is {url!r}: want `kafka://host:port[,host:port][/topic]` or "
            f"`file:///folder`"
        )
        raise UsageError(message)
    return folder


def _with_brokers(settings: IngestSettings) -> IngestSettings:
    """Return the settings with what a `kafka://` URL says in the place of Kafka's own."""
    if settings.log_url is not None:
        servers, _, topic = settings.log_url.removeprefix(_KAFKA_SCHEME).partition("/")
        parse_bootstrap(servers, name="RUNTIDE_INGEST_LOG_URL")
        named = {"kafka_bootstrap": servers, "kafka_topic": topic or settings.kafka_topic}
        return settings.model_copy(update=named)
    if settings.kafka_bootstrap is None:
        message = (
            "no event log is named: set RUNTIDE_KAFKA_BOOTSTRAP to `host:port` of some brokers, "
            "or RUNTIDE_INGEST_LOG_URL"
        )
        raise UsageError(message)
    return settings


def _open_artifacts(settings: IngestSettings, folder: Path | None) -> ArtifactStore:
    if settings.artifacts_url is not None:
        return open_artifacts(settings.artifacts_url)
    if folder is not None:
        return LocalArtifacts(folder)
    message = (
        "RUNTIDE_ARTIFACTS_URL is not set: name where the query API finds files, "
        "`file:///folder` or `s3://bucket/prefix`"
    )
    raise UsageError(message)


def _quotas(settings: IngestSettings) -> Quotas:
    return Quotas(
        run=Share(
            bytes_per_s=settings.run_bytes_per_s,
            bytes_burst=settings.run_bytes_burst,
            envelopes_per_s=settings.run_envelopes_per_s,
            envelopes_burst=settings.run_envelopes_burst,
        ),
        client=Share(
            bytes_per_s=settings.client_bytes_per_s,
            bytes_burst=settings.client_bytes_burst,
            envelopes_per_s=settings.client_envelopes_per_s,
            envelopes_burst=settings.client_envelopes_burst,
        ),
        body_bytes_max=settings.body_bytes_max,
        file_bytes_max=settings.file_bytes_max,
        in_flight_bytes_max=settings.in_flight_bytes_max,
        appends_max=settings.appends_max,
        uploads_max=settings.uploads_max,
    )
