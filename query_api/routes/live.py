"""What changes, as it changes."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from query_api.context import Context, Parts
from query_api.live_scope import LiveScope
from query_api.progress import parse_positions
from query_api.reads.life import gone_ids
from runtide.core import names
from runtide.errors import UsageError
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["live"])

WATCHED_RUNS_MAX = 1000
"""Runs that one stream can watch."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events `open`, `points`, `run`, `view`, `model`, `changed`, `lag`, "
            "`reset`; "
            "an id is a position, and `Last-Event-ID` resumes there.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **documented(400, 422, 503),
    },
    dependencies=[READS],
)
async def live(
    parts: Parts,
    runs: Annotated[
        str | None,
        Query(
            max_length=300_000,
            description="Ids with commas between them. Without it, `run` events of "
            "all runs, `view` events of all experiments and `model` events of all models.",
        ),
    ] = None,
    since: Annotated[
        str | None, Query(max_length=1024, description="The `position` of an earlier answer.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=1024)] = None,
) -> Response:
    """Stream what happens to runs from a position on, or from now."""
    watched = _watched(runs)
    start = _start(parts, last_event_id or since)
    parts.hub.check_room(parts.caller)
    scope = None if parts.workspace is None else LiveScope(parts.store, parts.workspace)
    gone = await run_in_threadpool(gone_ids, parts.store)
    return StreamingResponse(
        parts.hub.stream(watched, start, scope, gone, parts.caller),
        media_type="text/event-stream",
        headers=_HEADERS,
    )


def _watched(runs: str | None) -> frozenset[str] | None:
    if not runs:
        return None
    watched = frozenset(names.run_id(run) for run in runs.split(","))
    if len(watched) > WATCHED_RUNS_MAX:
        message = (
            f"runs names {len(watched):,} runs, limit is {WATCHED_RUNS_MAX:,}: open two streams"
        )
        raise UsageError(message)
    return watched


def _start(parts: Context, text: str | None) -> dict[int, int] | None:
    if not text:
        return None
    try:
        start = parse_positions(text)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    if any(p >= parts.log.partition_count or offset >= 2**63 for p, offset in start.items()):
        message = f"position is {text[:80]!r}: this log has {parts.log.partition_count} partitions"
        raise UsageError(message)
    return start
