"""Is it alive, does it answer, and how is it doing."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from query_api.answers import Health, Readiness
from query_api.context import OpenParts, Parts
from query_api.progress import lag_count
from query_api.wire import OrjsonResponse
from runtide.errors import UnavailableError
from runtide.http.access import OPEN_TO_ALL, OPERATES
from runtide.http.document import installed_version
from runtide.http.problems import documented

router = APIRouter(tags=["health"])

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health", response_model=Health, dependencies=[OPEN_TO_ALL])
def health(parts: OpenParts) -> Response:
    """Say that the process is alive; nothing else is asked."""
    return OrjsonResponse({"status": "ok", "version": installed_version(), "home": parts.home})


@router.get(
    "/ready",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Queries are not answered; why."}},
    dependencies=[OPEN_TO_ALL],
)
def ready(parts: OpenParts) -> Response:
    """Say whether queries are answered and the fold goes on."""
    body: dict[str, Any] = {"status": "ready", "reason": None, "lag_count": None, "position": None}
    try:
        parts.store.query("SELECT 1")
        body["position"] = parts.position()
        body["lag_count"] = lag_count(parts.log, parts.progress)
        if parts.progress.failure is not None:
            body |= {
                "status": "unavailable",
                "reason": f"the fold has stopped: {parts.progress.failure}",
            }
    except UnavailableError as exc:
        body |= {"status": "unavailable", "reason": str(exc)}
    return OrjsonResponse(body, status_code=200 if body["status"] == "ready" else 503)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {}}}, **documented(503)},
    dependencies=[OPERATES],
)
def prometheus(parts: Parts, request: Request) -> Response:
    """Answer with what Prometheus collects."""
    log, progress = parts.log, parts.progress
    lines = [
        "# HELP runtide_fold_lag_records Records of the log that no query shows yet.",
        "# TYPE runtide_fold_lag_records gauge",
        f"runtide_fold_lag_records {lag_count(log, progress)}",
        "# HELP runtide_fold_next_offset First offset that no query shows yet.",
        "# TYPE runtide_fold_next_offset counter",
        *(
            f'runtide_fold_next_offset{{partition="{p}"}} {progress.next_offset(p)}'
            for p in range(log.partition_count)
        ),
        "# HELP runtide_fold_up Whether the fold goes on.",
        "# TYPE runtide_fold_up gauge",
        f"runtide_fold_up {int(progress.failure is None)}",
        "# HELP runtide_live_watchers Open live streams.",
        "# TYPE runtide_live_watchers gauge",
        f"runtide_live_watchers {parts.hub.watcher_count}",
        "# HELP runtide_http_requests_total Answered requests by status.",
        "# TYPE runtide_http_requests_total counter",
        *(
            f'runtide_http_requests_total{{status="{status}"}} {count}'
            for status, count in sorted(request.app.state.request_count_by_status.items())
        ),
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type=_PROMETHEUS)
