"""Text streams of a run, such as what it printed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from query_api.context import FreshParts
from query_api.file_response import attachment_headers
from query_api.log_answers import LogLines, LogMatches, LogPage, LogText
from query_api.reads import logs as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["logs"])

PLACE_MAX = 2**62
"""Largest offset of a character, and largest number of a line."""

StreamPath = Annotated[str, Path(min_length=1, max_length=limits.FILE_PATH_CHARS_MAX)]

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole stream in UTF-8, as it was logged.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    },
    **documented(400, 404, 422, 503),
}


@router.get(
    "/runs/{run_id}/logs",
    response_model=LogPage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def logs(parts: FreshParts, run_id: RunIdPath) -> Response:
    """List a run's text streams by name."""
    position = parts.position()
    items = reads.list_logs(parts.store, run_id)
    return OrjsonResponse({"items": items, "next_cursor": None, "position": position})


@router.get(
    "/runs/{run_id}/logs/{file:any}",
    response_model=LogText,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def log_text(
    parts: FreshParts,
    run_id: RunIdPath,
    file: StreamPath,
    offset: Annotated[int, Query(ge=0, le=PLACE_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=4_000_000)] = 100_000,
) -> Response:
    """Return a window of a text stream; offsets count characters."""
    position = parts.position()
    text = reads.read_log(parts.store, run_id, file, offset=offset, limit=limit)
    return OrjsonResponse(text | {"position": position})


@router.get(
    "/runs/{run_id}/log-lines/{file:any}",
    response_model=LogLines,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def log_lines(
    parts: FreshParts,
    run_id: RunIdPath,
    file: StreamPath,
    line: Annotated[
        int,
        Query(ge=-PLACE_MAX, le=PLACE_MAX, description="The first; negative: from the end."),
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 500,
) -> Response:
    """Return lines of a text stream as a terminal shows them, colours included."""
    position = parts.position()
    lines = reads.read_lines(parts.store, run_id, file, line=line, limit=limit)
    return OrjsonResponse(lines | {"position": position})


@router.get(
    "/runs/{run_id}/log-matches/{file:any}",
    response_model=LogMatches,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def log_matches(
    parts: FreshParts,
    run_id: RunIdPath,
    file: StreamPath,
    *,
    pattern: Annotated[str, Query(min_length=1, max_length=1000)],
    regex: Annotated[  # a query parameter
        bool, Query(description="The pattern is a regular expression of RE2.")
    ] = False,
    case: Annotated[  # a query parameter
        bool, Query(description="Capitals differ from small letters.")
    ] = False,
    offset: Annotated[int, Query(ge=0, le=PLACE_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
) -> Response:
    """Search all lines of a text stream, as they are shown and without their colours."""
    position = parts.position()
    search = reads.Search(pattern, regex, case)
    found = reads.find_lines(parts.store, run_id, file, search, offset=offset, limit=limit)
    return OrjsonResponse(found | {"position": position})


@router.get(
    "/runs/{run_id}/log-text/{file:any}",
    response_class=StreamingResponse,
    responses=_TEXT,
    dependencies=[READS],
)
def log_whole(parts: FreshParts, run_id: RunIdPath, file: StreamPath) -> Response:
    """Return all of a text stream as a file to save."""
    return StreamingResponse(
        reads.stream_log(parts.store, run_id, file),
        media_type="text/plain; charset=utf-8",
        headers=attachment_headers(file),
    )
