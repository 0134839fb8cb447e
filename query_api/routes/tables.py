"""Tables that a run logged."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from query_api.answers import TableAnswer, TablePage
from query_api.context import FreshParts
from query_api.core.table_text import Form
from query_api.file_response import attachment_headers
from query_api.reads import tables as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse, exact_json
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["tables"])

ROW_MAX = 2**62
"""Largest offset of a row."""


NamePath = Annotated[str, Path(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)]

_EXPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole table.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        },
    },
    **documented(400, 404, 422, 503),
}


@router.get(
    "/runs/{run_id}/tables",
    response_model=TablePage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def tables(parts: FreshParts, run_id: RunIdPath) -> Response:
    """List a run's tables in order of first logging."""
    position = parts.position()
    items = reads.list_tables(parts.store, run_id)
    return OrjsonResponse({"items": items, "next_cursor": None, "position": position})


@router.get(
    "/runs/{run_id}/tables/{name:any}",
    response_model=TableAnswer,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def table(
    parts: FreshParts,
    run_id: RunIdPath,
    name: NamePath,
    *,
    offset: Annotated[int, Query(ge=0, le=ROW_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
    sort: Annotated[
        str,
        Query(
            max_length=limits.METRIC_NAME_CHARS_MAX + 1,
            description="A column; `-` before it turns round.",
        ),
    ] = "",
    search: Annotated[
        str, Query(max_length=1000, description="Only rows with this text in a cell.")
    ] = "",
) -> Response:
    """Return a window of a table's rows, column by column."""
    position = parts.position()
    view = reads.View(sort, search)
    rows = reads.read_rows(parts.store, run_id, name, offset=offset, limit=limit, view=view)
    return exact_json(rows | {"position": position})


@router.get(
    "/runs/{run_id}/table-export/{name:any}",
    response_class=StreamingResponse,
    responses=_EXPORT,
    dependencies=[READS],
)
def table_export(
    parts: FreshParts,
    run_id: RunIdPath,
    name: NamePath,
    form: Annotated[Form, Query(alias="format")] = "csv",
) -> Response:
    """Return a whole table as a file to save: CSV, or a JSON array of an object a row."""
    return StreamingResponse(
        reads.stream_rows(parts.store, run_id, name, form),
        media_type="text/csv; charset=utf-8" if form == "csv" else "application/json",
        headers=attachment_headers(f"{name.replace('/', '_')}.{form}"),
    )
