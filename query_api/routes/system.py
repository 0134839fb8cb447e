"""What was measured of the machines that a run is on."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.context import FreshParts
from query_api.core.plan import Span
from query_api.reads.system import read_system
from query_api.scope import RunIdPath
from query_api.series_request import BUCKETS_MAX
from query_api.system_answers import SystemAnswer, system_json
from query_api.wire import Encoding, OrjsonResponse
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["system"])

TimeQuery = Annotated[
    int, Query(ge=0, le=limits.TIME_US_MAX, description="Microseconds since 1970.")
]


@router.get(
    "/runs/{run_id}/system",
    response_model=SystemAnswer,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def system(
    parts: FreshParts,
    run_id: RunIdPath,
    *,
    start: TimeQuery = 0,
    end: TimeQuery = limits.TIME_US_MAX,
    max_points: Annotated[int, Query(ge=2, le=BUCKETS_MAX)] = 500,
    encoding: Encoding = "array",
) -> Response:
    """Return CPU, memory, disk, network and GPU of a run's machines over the span [start, end).

    Of long series, buckets of time that keep the first, last, lowest and highest measurement, so
    that no spike is lost. None of them is a metric of the run.
    """
    position = parts.position()
    series = read_system(parts.store, run_id, Span(start, end), max_points=max_points)
    return OrjsonResponse(
        {"position": position, "series": [system_json(one, encoding) for one in series]}
    )
