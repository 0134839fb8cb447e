"""The query API as one ASGI application."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, FastAPI

from query_api.answers import LosslessMetrics
from query_api.context import Context
from query_api.live import LiveHub
from query_api.oidc_door import CALLBACK_PATH, OidcDoor
from query_api.page import Dashboard
from query_api.policies import POLICY_BY_PREFIX
from query_api.reads.sql import Desk
from query_api.recorder import Recorder
from query_api.routes import (
    artifacts,
    audit,
    dead_letters,
    edits,
    fields,
    health,
    jobs,
    life,
    live,
    logs,
    metrics,
    models,
    oidc,
    purges,
    runs,
    saved_views,
    series,
    session,
    snapshots,
    sql,
    system,
    tables,
)
from query_api.routes import tokens as tokens_routes
from runtide.http import problems
from runtide.http.document import describe, installed_version
from runtide.http.guard import RequestGuard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from query_api.progress import FoldProgress
    from runtide.artifacts.port import ArtifactStore
    from runtide.log.port import EventLog
    from runtide.oidc_settings import OidcSettings
    from runtide.store.analysis import Analysis
    from runtide.store.port import MetricStore
    from runtide.store.tokens import TokenBook

API_PREFIX: Final = "/api/v1"

INGEST_PREFIX: Final = "/ingest/"
"""Where the embedded system has its ingest routes, which limit their bodies themselves."""

_DESCRIPTION: Final = (
    "Everything that runs logged, historical and live. Times are integers of microseconds since "
    "1970, UTC. Errors are RFC 9457 problems whose `type` ends in a stable code."
)


def create_app(
    *,
    store: MetricStore,
    log: EventLog,
    artifacts: ArtifactStore,
    progress: FoldProgress,
    allowed_hosts: frozenset[str],
    home: str = "",
    tokens: TokenBook | None = None,
    oidc: OidcSettings | None = None,
    analysis: Analysis | None = None,
) -> FastAPI:
    """Compose the query API over the parts of a running system.

    Args:
        store: The read model.
        log: The event log; live streams follow it.
        artifacts: The bytes of files.
        progress: How far the fold from `log` to `store` is.
        allowed_hosts: Names under which the server may be reached.
        home: The data folder, which `/health` names.
        tokens: Where tokens are looked up; without it none is demanded, and everybody may do
            everything in all workspaces.
        oidc: The provider through which browsers may sign in; needs `tokens`.
        analysis: Runs statements of analysts; None where nobody is set up for them.

    Returns:
        The application. `app.state.context.hub.close()` ends open live streams from any thread;
        a server that waits for open requests calls it before it waits. It is also called at the
        end of the application's lifespan.
    """
    hub = LiveHub(log, progress)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        hub.close()

    app = _bare_app(lifespan=lifespan)
    app.state.context = Context(
        store=store,
        log=log,
        artifacts=artifacts,
        progress=progress,
        hub=hub,
        recorder=Recorder(log, progress),
        sql=Desk(analysis),
        home=home,
        book=tokens,
    )
    app.state.tokens = tokens
    app.state.oidc = None if oidc is None else _door(oidc)
    app.state.request_count_by_status = Counter[int]()
    app.add_middleware(
        RequestGuard,
        allowed_hosts=allowed_hosts,
        request_count_by_status=app.state.request_count_by_status,
        policy_by_prefix=POLICY_BY_PREFIX,
        unlimited_prefix=INGEST_PREFIX,
    )
    # The dashboard answers only where no route matches at all, also of routers included later.
    app.router.default = Dashboard()
    return app


def _door(settings: OidcSettings) -> OidcDoor:
    # Here and not above: whoever has no provider need not load the cryptography.
    from query_api.oidc.sign_in import OidcSignIn  # noqa: PLC0415  # see above

    return OidcSignIn(settings, callback_path=API_PREFIX + CALLBACK_PATH)


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the query API; needs no running system."""
    return _bare_app().openapi()


def _bare_app(**options: Any) -> FastAPI:  # noqa: ANN401  # passed on to FastAPI
    app = FastAPI(
        title="Runtide",
        version=installed_version(),
        description=_DESCRIPTION,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,
        **options,
    )
    problems.install(app)
    api = APIRouter(prefix=API_PREFIX)
    for routes in (
        health,
        runs,
        edits,
        life,
        purges,
        jobs,
        snapshots,
        saved_views,
        fields,
        metrics,
        series,
        sql,
        system,
        tables,
        artifacts,
        logs,
        models,
        dead_letters,
        live,
        session,
        oidc,
        tokens_routes,
        audit,
    ):
        api.include_router(routes.router)
    app.include_router(api)
    describe(app, referenced=[LosslessMetrics])
    return app
