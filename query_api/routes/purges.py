"""Removing runs for good, and the proof of it: how much there is left of them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.context import FreshParts
from query_api.life_answers import Purge, PurgeAnswer
from query_api.reads import life as reads
from query_api.recorder import now_us
from query_api.wire import OrjsonResponse
from runtide.core import names
from runtide.core.access import LOCAL
from runtide.core.life_events import RunPurged
from runtide.errors import NotFound, UsageError
from runtide.http.access import ADMINISTERS
from runtide.http.problems import documented

router = APIRouter(prefix="/purges", tags=["life"])

RUNS_MAX = 1_000
"""Runs that one request purges, or asks about."""


@router.get(
    "", response_model=PurgeAnswer, responses=documented(400, 422, 503), dependencies=[ADMINISTERS]
)
def left(
    parts: FreshParts,
    runs: Annotated[
        str, Query(max_length=300_000, description="Ids with commas between them, at most 1,000.")
    ],
) -> Response:
    """Return what there is of runs: rows in each table, and records that have bytes in the log.

    Of a run that is purged all are 0 once the purge is over.
    """
    named = _checked([part for part in runs.split(",") if part])
    ids = reads.known_ids(parts.store, named, workspace=parts.workspace)
    return OrjsonResponse(
        reads.left_of(parts.store, parts.log, ids) | {"position": parts.position()}
    )


@router.post(
    "",
    status_code=202,
    response_model=PurgeAnswer,
    responses=documented(400, 404, 409, 422, 503),
    dependencies=[ADMINISTERS],
)
def purge(parts: FreshParts, request: Purge) -> Response:
    """Remove runs for good, deleted or not; with `erase` also from the log.

    The answer says what there is of them. They are in no answer from here on; their rows and
    files are removed by whoever folds, which `GET` shows.
    """
    ids = _checked(request.runs)
    known = reads.known_ids(parts.store, ids, workspace=parts.workspace)
    if len(known) < len(ids):
        message = (
            f"{len(ids) - len(known):,} of {len(ids):,} runs are not there: GET /api/v1/runs, and "
            f"with `deleted=true` the bin, list what there is"
        )
        raise NotFound(message)
    reads.check_standing(parts.store, ids)
    before = reads.left_of(parts.store, parts.log, ids)
    who = request.by if parts.caller == LOCAL else parts.actor
    event = RunPurged(ts_us=now_us(), by=who, is_erased=request.erase)
    parts.recorder.record_each(ids, [event])
    action = "run.erase" if request.erase else "run.purge"
    for run_id in ids:
        parts.audit(action, run_id, workspace=parts.workspace)
    return OrjsonResponse(before | {"position": parts.position()}, status_code=202)


def _checked(runs: list[str]) -> list[str]:
    if len(runs) > RUNS_MAX:
        message = f"runs has {len(runs):,} ids, limit is {RUNS_MAX:,}: ask in parts"
        raise UsageError(message)
    return [names.run_id(run) for run in runs]
