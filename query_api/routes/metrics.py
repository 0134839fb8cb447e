"""What a run logged: read back exactly, and in summary."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from query_api.answers import MetricSummaryPage
from query_api.context import FreshParts
from query_api.reads import runs
from query_api.reads.lossless import read_entries
from query_api.reads.places import add_places
from query_api.reads.summaries import summarize_metrics
from query_api.scope import RunIdPath
from query_api.wire import COLUMNS_MEDIA_TYPE, OrjsonResponse, exact_json, shapes_json
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["metrics"])


@router.get(
    "/runs/{run_id}/metrics",
    responses={
        200: {
            "description": "What `get_metrics` gives; with `recursive`, that by run.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                COLUMNS_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/LosslessMetrics"}},
            },
        },
        **documented(400, 404, 422, 503),
    },
    dependencies=[READS],
)
def metrics(  # noqa: PLR0917  # FastAPI passes them by name
    parts: FreshParts,
    run_id: RunIdPath,
    name: Annotated[
        str | None, Query(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)
    ] = None,
    recursive: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    places: Annotated[  # noqa: FBT002  # a query parameter
        bool, Query(description="In the lossless form, add each value's step and time.")
    ] = False,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Return everything that a run logged.

    Non-finite numbers are the strings `NaN`, `Infinity` and `-Infinity`. Asked for as
    `application/vnd.runtide.columns+json`, every value keeps its type and every bit.
    """
    position = parts.position()
    wanted = [run_id]
    if recursive:
        wanted += runs.descendant_ids(parts.store, run_id, workspace=parts.workspace)
    entries_by_run = read_entries(parts.store, wanted, name=name)
    if COLUMNS_MEDIA_TYPE in accept:
        if places:
            add_places(parts.store, entries_by_run, name=name)
        body = {"position": position, "runs": entries_by_run}
        return OrjsonResponse(body, media_type=COLUMNS_MEDIA_TYPE)
    shapes = {run: shapes_json(entries) for run, entries in entries_by_run.items()}
    if recursive:
        return exact_json({run: values for run, values in shapes.items() if values})
    return exact_json(shapes.get(run_id, {}))


@router.get(
    "/runs/{run_id}/metrics/summary",
    response_model=MetricSummaryPage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def summary(parts: FreshParts, run_id: RunIdPath) -> Response:
    """Return what each metric of a run is, in order of first logging."""
    position = parts.position()
    items = summarize_metrics(parts.store, run_id)
    return OrjsonResponse({"items": items, "next_cursor": None, "position": position})
