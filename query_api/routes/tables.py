"""Tables that a run logged."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from query_api.answers import TableAnswer, TablePage
from query_api.context import FreshParts, RunIdPath
from query_api.reads import tables as reads
from query_api.reads.runs import check_run
from query_api.wire import OrjsonResponse, exact_json
from runtide.core import limits
from runtide.http.problems import documented

router = APIRouter(tags=["tables"])

ROW_MAX = 2**62
"""Largest offset of a row."""


@router.get(
    "/runs/{run_id}/tables", response_model=TablePage, responses=documented(400, 404, 422, 503)
)
def tables(parts: FreshParts, run_id: RunIdPath) -> Response:
    """List a run's tables in order of first logging."""
    position = parts.position()
    check_run(parts.store, run_id)
    items = reads.list_tables(parts.store, run_id)
    return OrjsonResponse({"items": items, "next_cursor": None, "position": position})


@router.get(
    "/runs/{run_id}/tables/{name:any}",
    response_model=TableAnswer,
    responses=documented(400, 404, 422, 503),
)
def table(
    parts: FreshParts,
    run_id: RunIdPath,
    name: Annotated[str, Path(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)],
    offset: Annotated[int, Query(ge=0, le=ROW_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> Response:
    """Return a window of a table's rows, column by column."""
    position = parts.position()
    rows = reads.read_rows(parts.store, run_id, name, offset=offset, limit=limit)
    return exact_json(rows | {"position": position})
