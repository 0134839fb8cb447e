"""The code that a run ran with."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from query_api.context import CursorQuery, FreshParts
from query_api.file_response import attachment_headers, file_response
from query_api.job_answers import SnapshotPage
from query_api.reads import snapshots as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(prefix="/runs/{run_id}", tags=["jobs"])

FilePath = Annotated[str, Path(min_length=1, max_length=limits.FILE_PATH_CHARS_MAX)]

_PROBLEMS = documented(400, 404, 422, 503)
_BYTES: dict[str, Any] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
_FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file's bytes, in its own media type.", **_BYTES},
    206: {"description": "The range of them that was asked for.", **_BYTES},
    304: {"description": "The bytes are still those of `If-None-Match`."},
    **documented(400, 404, 416, 422, 503),
}
_ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A ZIP archive of all files.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    },
    **_PROBLEMS,
}


@router.get("/snapshot", response_model=SnapshotPage, responses=_PROBLEMS, dependencies=[READS])
def snapshot(
    parts: FreshParts,
    run_id: RunIdPath,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
    cursor: CursorQuery = None,
) -> Response:
    """Return a run's snapshot and its files by path."""
    position = parts.position()
    facts, manifest = reads.get_snapshot(parts.store, parts.artifacts, run_id)
    items, next_cursor = reads.list_files(manifest, limit=limit, cursor=cursor)
    left_out = [entry._asdict() for entry in manifest.left_out]
    page = {"items": items, "next_cursor": next_cursor, "position": position}
    return OrjsonResponse(facts | {"left_out": left_out} | page)


@router.get(
    "/snapshot/files/{path:any}",
    response_class=Response,
    responses=_FILE_ANSWERS,
    dependencies=[READS],
)
def file(parts: FreshParts, run_id: RunIdPath, path: FilePath, request: Request) -> Response:
    """Return the bytes of one file of a snapshot; ranges and conditional requests are answered."""
    _, manifest = reads.get_snapshot(parts.store, parts.artifacts, run_id)
    stored = reads.get_file(manifest, run_id, path)
    return file_response(parts.artifacts, stored, path, request.headers, is_head=False)


@router.get(
    "/snapshot.zip", response_class=StreamingResponse, responses=_ARCHIVE, dependencies=[READS]
)
def archive(parts: FreshParts, run_id: RunIdPath) -> Response:
    """Return all files of a snapshot as a ZIP archive."""
    facts, manifest = reads.get_snapshot(parts.store, parts.artifacts, run_id)
    return StreamingResponse(
        reads.stream_archive(manifest, parts.artifacts),
        media_type="application/zip",
        headers=attachment_headers(f"{facts['snapshot_id']}.zip"),
    )
