"""Who did what."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.context import CursorQuery, FreshParts
from query_api.reads.audit import list_actions
from query_api.token_answers import AuditPage
from query_api.wire import OrjsonResponse
from runtide.http.access import ADMINISTERS
from runtide.http.problems import documented

router = APIRouter(tags=["access"])


@router.get(
    "/audit",
    response_model=AuditPage,
    responses=documented(400, 422, 503),
    dependencies=[ADMINISTERS],
)
def audit(
    parts: FreshParts,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: CursorQuery = None,
) -> Response:
    """List what was done in the caller's workspace, or in all, the newest first."""
    position = parts.position()
    items, next_cursor = list_actions(
        parts.store, workspace=parts.workspace, limit=limit, cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})
