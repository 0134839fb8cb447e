"""Ingest as one ASGI application, for a service of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI

from ingest import health, routes
from ingest.gate import Gate, Quotas
from runtide.http import problems
from runtide.http.document import describe, installed_version
from runtide.http.guard import RequestGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.access import Access
    from runtide.artifacts.port import ArtifactStore
    from runtide.log.port import EventLog

_DESCRIPTION: Final = (
    "Takes what runs log, for clients that cannot reach the event log. Envelopes are documented in "
    "`docs/reference/events`. Errors are RFC 9457 problems whose `type` ends in a stable code."
)
_POLICY_BY_PREFIX: Final[Mapping[str, str]] = {
    "": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


def create_app(
    *,
    log: EventLog,
    artifacts: ArtifactStore,
    quotas: Quotas,
    allowed_hosts: frozenset[str],
    access: Access | None = None,
) -> FastAPI:
    """Compose the ingest service over a log and an artifact store.

    Args:
        log: The event log that envelopes are appended to.
        artifacts: Where the bytes of files go.
        quotas: How much is taken.
        allowed_hosts: Names under which the server may be reached; `*` is any.
        access: Where tokens are looked up; without it none is demanded.
    """
    request_count_by_status = Counter[int]()
    app = _app(log, artifacts, Gate(quotas), request_count_by_status, access)
    app.add_middleware(
        RequestGuard,
        allowed_hosts=allowed_hosts,
        request_count_by_status=request_count_by_status,
        policy_by_prefix=_POLICY_BY_PREFIX,
        unlimited_prefix=routes.INGEST_PREFIX,
    )
    return app


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the ingest service; needs no running system."""
    nothing: Any = None
    return _app(nothing, nothing, Gate(Quotas()), Counter()).openapi()


def _app(
    log: EventLog,
    artifacts: ArtifactStore,
    gate: Gate,
    request_count_by_status: Counter[int],
    access: Access | None = None,
) -> FastAPI:
    app = FastAPI(
        title="Runtide ingest",
        version=installed_version(),
        description=_DESCRIPTION,
        # A page would need scripts of another site; the query API has one.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.tokens = None if access is None else access.tokens
    problems.install(app)
    app.include_router(health.router(log, artifacts, gate, request_count_by_status))
    app.include_router(routes.router(log, artifacts, gate, access))
    describe(app)
    return app
