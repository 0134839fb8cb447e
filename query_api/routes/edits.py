"""What people change of a run: events of the log like any other."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.answers import RunAnswer
from query_api.context import Context, FreshParts
from query_api.edit_request import RunEdit
from query_api.reads import jobs
from query_api.reads import runs as reads
from query_api.recorder import now_us
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core.access import LOCAL
from runtide.core.events import (
    TERMINAL,
    Event,
    RunDescribed,
    StateChanged,
    Status,
    TagsChanged,
)
from runtide.errors import Conflict, UsageError
from runtide.http.access import WRITES
from runtide.http.problems import documented

router = APIRouter(prefix="/runs/{run_id}", tags=["runs"])

_PROBLEMS = documented(400, 404, 413, 422, 503)


@router.patch("", response_model=RunAnswer, responses=_PROBLEMS, dependencies=[WRITES])
def edit(parts: FreshParts, run_id: RunIdPath, change: RunEdit) -> Response:
    """Rename, describe, tag, archive or bring back a run, and return it as it is then.

    The same change can be made again without harm. A run does not count as heard of because
    somebody edits it.
    """
    events = _events(change)
    if not events:
        message = "nothing is to change: name `name`, `description`, `archived` or `tags`"
        raise UsageError(message)
    parts.recorder.record(run_id, events)
    _audit(parts, "run.edit", run_id)
    return _answer(parts, run_id)


@router.post(
    "/cancel",
    response_model=RunAnswer,
    responses=_PROBLEMS | documented(409),
    dependencies=[WRITES],
)
def cancel(
    parts: FreshParts,
    run_id: RunIdPath,
    by: Annotated[
        str,
        Query(
            min_length=1,
            max_length=256,
            description="Who cancels, as they say; whoever comes with a token is called as that.",
        ),
    ] = "query-api",
) -> Response:
    """Cancel a run that has not ended, and return it.

    A run that was submitted is asked to end: it is CancelRequested until whoever executes it has
    ended its processes. Any other run is Canceled at once, and its process is not stopped. What
    that goes on logging is kept, and how it ends changes the status no more: the first end of a
    run is the one that counts.
    """
    status = reads.get_run(parts.store, run_id)["status"]
    if status in TERMINAL - {"Canceled"}:
        message = f"run {run_id} is {status}: only a run that has not ended can be canceled"
        raise Conflict(message)
    wanted: Status = "Canceled" if jobs.find_job(parts.store, run_id) is None else "CancelRequested"
    if status not in {"Canceled", wanted}:
        who = by if parts.caller == LOCAL else parts.actor
        canceled = StateChanged(status=wanted, ts_us=now_us(), by=who, reason="canceled by hand")
        parts.recorder.record(run_id, [canceled])
        _audit(parts, "run.cancel", run_id)
    return _answer(parts, run_id)


def _events(change: RunEdit) -> list[Event]:
    at_us = now_us()
    described = RunDescribed(
        ts_us=at_us, name=change.name, description=change.description, archived=change.archived
    )
    tagged = TagsChanged(
        ts_us=at_us,
        set={key: value for key, value in change.tags.items() if value is not None},
        remove=[key for key, value in change.tags.items() if value is None],
    )
    events: list[Event] = []
    if described != RunDescribed(ts_us=at_us):
        events.append(described)
    if change.tags:
        events.append(tagged)
    return events


def _audit(parts: Context, action: str, run_id: str) -> None:
    parts.audit(action, run_id, workspace=reads.get_run(parts.store, run_id)["workspace"])


def _answer(parts: Context, run_id: str) -> Response:
    position = parts.position()
    return OrjsonResponse(reads.get_run(parts.store, run_id) | {"position": position})
