"""Series for charts."""

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from query_api.answers import SeriesAnswer
from query_api.context import FreshParts
from query_api.reads.series import read_series
from query_api.series_request import SeriesRequest
from query_api.series_wire import series_arrow, series_json
from query_api.wire import ARROW_MEDIA_TYPE, OrjsonResponse
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["series"])


@router.post(
    "/series",
    response_model=SeriesAnswer,
    responses={
        200: {
            "description": "The series that have points there, by run and then by metric.",
            "content": {ARROW_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(400, 413, 422, 503),
    },
    dependencies=[READS],
)
def series(
    parts: FreshParts, request: SeriesRequest, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """Return many series over one span: all points of short ones, buckets of long ones.

    A bucket keeps the first, last, lowest and highest of its points with their places, so that
    no zoom loses a spike.
    """
    position = parts.position()
    answers = read_series(parts.store, request, workspace=parts.workspace)
    if ARROW_MEDIA_TYPE in accept:
        headers = {"Runtide-Position": position}
        return Response(series_arrow(answers), media_type=ARROW_MEDIA_TYPE, headers=headers)
    return OrjsonResponse(
        {
            "position": position,
            "series": [series_json(answer, request.encoding) for answer in answers],
        }
    )
