"""Jobs of runs, their states, and compute targets."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from query_api.context import FreshParts
from query_api.job_answers import JobAnswer, StateList, TargetAnswer, TargetList
from query_api.reads import jobs as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core import limits
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["jobs"])

TargetPath = Annotated[str, Path(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)]

_PROBLEMS = documented(400, 404, 422, 503)


@router.get(
    "/runs/{run_id}/job", response_model=JobAnswer, responses=_PROBLEMS, dependencies=[READS]
)
def job(parts: FreshParts, run_id: RunIdPath) -> Response:
    """Return what a run was submitted with; a run that nobody submitted has no job."""
    position = parts.position()
    return OrjsonResponse(reads.get_job(parts.store, run_id) | {"position": position})


@router.get(
    "/runs/{run_id}/states", response_model=StateList, responses=_PROBLEMS, dependencies=[READS]
)
def states(parts: FreshParts, run_id: RunIdPath) -> Response:
    """List the states that a run went through, by whom and when, in the order of the log."""
    position = parts.position()
    items = reads.list_states(parts.store, run_id)
    return OrjsonResponse({"items": items, "position": position})


@router.get(
    "/targets", response_model=TargetList, responses=documented(422, 503), dependencies=[READS]
)
def targets(parts: FreshParts) -> Response:
    """List the compute targets by name, with how many runs wait and are active."""
    position = parts.position()
    items = reads.list_targets(parts.store, workspace=parts.workspace)
    return OrjsonResponse({"items": items, "position": position})


@router.get(
    "/targets/{name:any}", response_model=TargetAnswer, responses=_PROBLEMS, dependencies=[READS]
)
def target(parts: FreshParts, name: TargetPath) -> Response:
    """Return the runs that wait for a compute target, and those that are on it."""
    position = parts.position()
    found = reads.get_target(parts.store, name, workspace=parts.workspace)
    return OrjsonResponse(found | {"position": position})
