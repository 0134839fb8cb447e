"""Images, charts and files of a run."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from query_api.answers import ChartPage, FilePage, ImagePage
from query_api.context import CursorQuery, FreshParts
from query_api.file_response import file_response
from query_api.reads import artifacts as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core import limits, names
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["artifacts"])

PageLimit = Annotated[int, Query(ge=1, le=10_000)]
MetricQuery = Annotated[str | None, Query(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)]
FilePath = Annotated[str, Path(min_length=1, max_length=limits.FILE_PATH_CHARS_MAX)]

_BYTES: dict[str, Any] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file's bytes, in its own media type.", **_BYTES},
    206: {"description": "The range of them that was asked for.", **_BYTES},
    304: {"description": "The bytes are still those of `If-None-Match`."},
    **documented(400, 404, 416, 422, 503),
}


@router.get(
    "/runs/{run_id}/images",
    response_model=ImagePage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def images(
    parts: FreshParts,
    run_id: RunIdPath,
    name: MetricQuery = None,
    limit: PageLimit = 1000,
    cursor: CursorQuery = None,
) -> Response:
    """List a run's images in order of logging."""
    position = parts.position()
    items, next_cursor = reads.list_logged(
        parts.store, "images", run_id, name=name, limit=limit, cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})


@router.get(
    "/runs/{run_id}/charts",
    response_model=ChartPage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def charts(
    parts: FreshParts,
    run_id: RunIdPath,
    name: MetricQuery = None,
    limit: PageLimit = 1000,
    cursor: CursorQuery = None,
) -> Response:
    """List a run's charts, such as confusion matrices, in order of logging."""
    position = parts.position()
    items, next_cursor = reads.list_logged(
        parts.store, "charts", run_id, name=name, limit=limit, cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})


@router.get(
    "/runs/{run_id}/files",
    response_model=FilePage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def files(
    parts: FreshParts,
    run_id: RunIdPath,
    prefix: Annotated[str, Query(max_length=limits.FILE_PATH_CHARS_MAX)] = "",
    limit: PageLimit = 1000,
    cursor: CursorQuery = None,
) -> Response:
    """List a run's files by path."""
    position = parts.position()
    items, next_cursor = reads.list_files(
        parts.store, run_id, prefix=prefix, limit=limit, cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})


@router.head("/runs/{run_id}/files/{path:any}", responses=FILE_ANSWERS, dependencies=[READS])
@router.get(
    "/runs/{run_id}/files/{path:any}",
    response_class=Response,
    responses=FILE_ANSWERS,
    dependencies=[READS],
)
def file(parts: FreshParts, run_id: RunIdPath, path: FilePath, request: Request) -> Response:
    """Return a file's bytes; ranges and conditional requests are answered."""
    stored = reads.get_file(parts.store, run_id, names.file_path(path))
    is_head = request.method == "HEAD"
    return file_response(parts.artifacts, stored, path, request.headers, is_head=is_head)
