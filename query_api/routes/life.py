"""Deleting runs and experiments, and taking them out of the bin again."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from query_api.context import Context, FreshParts
from query_api.life_answers import LifeAnswer
from query_api.reads import life as reads
from query_api.reads.runs import BIN, KEPT
from query_api.recorder import now_us
from query_api.wire import OrjsonResponse
from runtide.core import limits, names
from runtide.core.access import LOCAL
from runtide.core.events import Event
from runtide.core.life_events import RunDeleted, RunRestored
from runtide.http.access import WRITES
from runtide.http.problems import documented

router = APIRouter(tags=["life"])

_PROBLEMS = documented(400, 404, 422, 503)
_RunId = Annotated[
    str, Path(min_length=1, max_length=limits.RUN_ID_CHARS_MAX, description="A run's id.")
]
_Experiment = Annotated[str, Path(min_length=1, max_length=limits.EXPERIMENT_NAME_CHARS_MAX)]
_Children = Annotated[bool, Query(description="Also all generations of its children.")]
_By = Annotated[str, Query(min_length=1, max_length=256, description="Who does it, as they say.")]


@router.delete(
    "/runs/{run_id}",
    response_model=LifeAnswer,
    responses=_PROBLEMS | documented(409),
    dependencies=[WRITES],
)
def delete_run(
    parts: FreshParts, run_id: _RunId, *, children: _Children = False, by: _By = "query-api"
) -> Response:
    """Put a run into the bin: no answer shows it any more, and it can be restored.

    A run that is going on has to be canceled first.
    """
    ids = reads.family(
        parts.store, names.run_id(run_id), children=children, workspace=parts.workspace, source=KEPT
    )
    return _delete(parts, ids, by)


@router.post(
    "/runs/{run_id}/restore", response_model=LifeAnswer, responses=_PROBLEMS, dependencies=[WRITES]
)
def restore_run(
    parts: FreshParts, run_id: _RunId, *, children: _Children = False, by: _By = "query-api"
) -> Response:
    """Take a run out of the bin: it is as it was."""
    ids = reads.family(
        parts.store, names.run_id(run_id), children=children, workspace=parts.workspace, source=BIN
    )
    return _recorded(parts, ids, RunRestored(ts_us=now_us(), by=_who(parts, by)))


@router.delete(
    "/experiments/{experiment}",
    response_model=LifeAnswer,
    responses=_PROBLEMS | documented(409),
    dependencies=[WRITES],
)
def delete_experiment(
    parts: FreshParts, experiment: _Experiment, by: _By = "query-api"
) -> Response:
    """Put all runs of an experiment into the bin; an experiment is there as long as a run is."""
    return _delete(
        parts,
        reads.experiment_ids(parts.store, experiment, workspace=parts.workspace, source=KEPT),
        by,
    )


@router.post(
    "/experiments/{experiment}/restore",
    response_model=LifeAnswer,
    responses=_PROBLEMS,
    dependencies=[WRITES],
)
def restore_experiment(
    parts: FreshParts, experiment: _Experiment, by: _By = "query-api"
) -> Response:
    """Take all deleted runs of an experiment out of the bin."""
    ids = reads.experiment_ids(parts.store, experiment, workspace=parts.workspace, source=BIN)
    return _recorded(parts, ids, RunRestored(ts_us=now_us(), by=_who(parts, by)))


def _delete(parts: Context, ids: list[str], by: str) -> Response:
    reads.check_standing(parts.store, ids)
    return _recorded(parts, ids, RunDeleted(ts_us=now_us(), by=_who(parts, by)))


def _recorded(parts: Context, ids: list[str], event: Event) -> Response:
    action = "run.delete" if isinstance(event, RunDeleted) else "run.restore"
    parts.recorder.record_each(ids, [event])
    for run_id in ids:
        parts.audit(action, run_id, workspace=parts.workspace)
    return OrjsonResponse({"runs": ids, "position": parts.position()})


def _who(parts: Context, by: str) -> str:
    return by if parts.caller == LOCAL else parts.actor
