"""Saved views of an experiment's runs page, which everybody who uses its workspace shares."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from query_api.context import FreshParts
from query_api.edit_request import ViewState
from query_api.reads import saved_views as reads
from query_api.recorder import now_us
from query_api.saved_view_answers import SavedViewAnswer, SavedViewPage
from query_api.wire import OrjsonResponse
from runtide.core import limits
from runtide.core.events import ViewSaved
from runtide.core.names import experiment_key, view_name
from runtide.http.access import READS, WRITES
from runtide.http.problems import documented

router = APIRouter(prefix="/experiments/{experiment}/views", tags=["experiments"])

ExperimentPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.EXPERIMENT_NAME_CHARS_MAX,
        description="An experiment's name.",
    ),
]
ViewPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.METRIC_NAME_CHARS_MAX,
        description="What the view is called.",
    ),
]
_PROBLEMS = documented(400, 404, 422, 503)


@router.get(
    "", response_model=SavedViewPage, responses=documented(400, 422, 503), dependencies=[READS]
)
def saved_views(parts: FreshParts, experiment: ExperimentPath) -> Response:
    """List an experiment's views by name."""
    position = parts.position()
    items = reads.list_views(parts.store, experiment, parts.own_workspace)
    return OrjsonResponse({"items": items, "next_cursor": None, "position": position})


@router.get(
    "/{view:any}", response_model=SavedViewAnswer, responses=_PROBLEMS, dependencies=[READS]
)
def saved_view(parts: FreshParts, experiment: ExperimentPath, view: ViewPath) -> Response:
    """Return one view."""
    position = parts.position()
    found = reads.get_view(parts.store, experiment, parts.own_workspace, view)
    return OrjsonResponse(found | {"position": position})


@router.put(
    "/{view:any}", response_model=SavedViewAnswer, responses=_PROBLEMS, dependencies=[WRITES]
)
def save_view(
    parts: FreshParts, experiment: ExperimentPath, view: ViewPath, state: ViewState
) -> Response:
    """Save a view, in place of the one that has the name already, and return it."""
    name = view_name(view)
    reads.check_room(
        parts.store, experiment, name, visible=parts.workspace, workspace=parts.own_workspace
    )
    saved = ViewSaved(name=name, query=state.query, ts_us=now_us())
    parts.recorder.record(experiment_key(experiment, parts.own_workspace), [saved])
    parts.audit("view.save", f"{experiment}/{name}", workspace=parts.own_workspace)
    return saved_view(parts, experiment, name)


@router.delete("/{view:any}", status_code=204, responses=_PROBLEMS, dependencies=[WRITES])
def delete_view(parts: FreshParts, experiment: ExperimentPath, view: ViewPath) -> Response:
    """Delete a view."""
    reads.get_view(parts.store, experiment, parts.own_workspace, view)
    gone = ViewSaved(name=view, query=None, ts_us=now_us())
    parts.recorder.record(experiment_key(experiment, parts.own_workspace), [gone])
    parts.audit("view.delete", f"{experiment}/{view}", workspace=parts.own_workspace)
    return Response(status_code=204)
