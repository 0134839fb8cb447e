"""Models: named, numbered versions of files, each with the run that it comes from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from query_api.context import CursorQuery, FreshParts
from query_api.core.model_versions import Wanted
from query_api.edit_request import ModelEdit
from query_api.file_response import file_response
from query_api.model_answers import ModelFileList, ModelVersionAnswer, ModelVersionPage
from query_api.reads import models as reads
from query_api.recorder import now_us
from query_api.routes.artifacts import FILE_ANSWERS, FilePath
from query_api.scope import ChosenWorkspace
from query_api.wire import OrjsonResponse
from runtide.core import names
from runtide.core.model_events import ModelEdited
from runtide.errors import UsageError
from runtide.http.access import READS, WRITES
from runtide.http.problems import documented

router = APIRouter(prefix="/models", tags=["models"])

_PROBLEMS = documented(400, 404, 422, 503)
_Limit = Annotated[int, Query(ge=1, le=1_000)]
_Number = Annotated[
    str, Path(pattern=r"^([1-9][0-9]{0,8}|latest)$", description="A number, or `latest`.")
]


def checked_name(name: Annotated[str, Path(description="A model's name.")]) -> str:
    """Return the name of the path.

    Raises:
        UsageError: No model can have such a name.
    """
    return names.model_name(name)


_Name = Annotated[str, Depends(checked_name)]


@router.get(
    "", response_model=ModelVersionPage, responses=documented(400, 422, 503), dependencies=[READS]
)
def models(
    parts: FreshParts,
    *,
    workspace: Annotated[str | None, Query(description="Only models of this workspace.")] = None,
    search: Annotated[str | None, Query(description="Only models whose name has this.")] = None,
    tag: Annotated[
        list[str] | None, Query(description="Only versions with `name`, or with `name:value`.")
    ] = None,
    stage: Annotated[str | None, Query(description="Only versions in this stage.")] = None,
    run: Annotated[str | None, Query(description="Only versions that come from this run.")] = None,
    every: Annotated[
        bool, Query(description="All these versions, and not the latest of each model alone.")
    ] = False,
    limit: _Limit = 100,
    cursor: CursorQuery = None,
) -> Response:
    """List models by name, each with the latest of its versions that are asked for."""
    wanted = Wanted(workspace=workspace, words=search, tags=tag or (), stage=stage, run_id=run)
    position = parts.position()
    found = reads.list_versions(
        parts.store, wanted, visible=parts.workspace, every=every, limit=limit, cursor=cursor
    )
    return OrjsonResponse(found._asdict() | {"position": position})


@router.get("/{name}", response_model=ModelVersionPage, responses=_PROBLEMS, dependencies=[READS])
def model(
    parts: FreshParts,
    name: _Name,
    *,
    workspace: ChosenWorkspace,
    registration: Annotated[
        str | None, Query(description="Only the version that was registered with this text.")
    ] = None,
    limit: _Limit = 100,
    cursor: CursorQuery = None,
) -> Response:
    """List the versions of one model, the newest first."""
    wanted = Wanted(workspace=workspace, name=name, registration=registration)
    position = parts.position()
    found = reads.list_versions(
        parts.store, wanted, visible=parts.workspace, every=True, limit=limit, cursor=cursor
    )
    if not found.items and cursor is None:
        raise reads.no_such_model(workspace, name)
    return OrjsonResponse(found._asdict() | {"position": position})


@router.get(
    "/{name}/versions/{version}",
    response_model=ModelVersionAnswer,
    responses=_PROBLEMS,
    dependencies=[READS],
)
def model_version(
    parts: FreshParts, name: _Name, version: _Number, workspace: ChosenWorkspace
) -> Response:
    """Return one version with its files."""
    position = parts.position()
    found = reads.get_version(parts.store, workspace, name, version, visible=parts.workspace)
    return OrjsonResponse(found | {"position": position})


@router.patch(
    "/{name}/versions/{version}",
    response_model=ModelVersionAnswer,
    responses=_PROBLEMS,
    dependencies=[WRITES],
)
def edit_model(
    parts: FreshParts,
    name: _Name,
    version: _Number,
    change: ModelEdit,
    workspace: ChosenWorkspace,
) -> Response:
    """Describe a version, put it into a stage or tag it, and return it as it is then."""
    if change == ModelEdit():
        message = "nothing is to change: name `description`, `stage` or `tags`"
        raise UsageError(message)
    found = reads.get_version(parts.store, workspace, name, version, visible=parts.workspace)
    edited = ModelEdited(
        registration=found["registration"],
        ts_us=now_us(),
        description=change.description,
        stage=change.stage,
        set={key: value for key, value in change.tags.items() if value is not None},
        remove=[key for key, value in change.tags.items() if value is None],
        by=parts.actor,
    )
    parts.recorder.record(names.model_key(name), [edited])
    parts.audit("model.edit", found["id"], workspace=workspace)
    return model_version(parts, name, str(found["version"]), workspace)


@router.delete(
    "/{name}/versions/{version}", status_code=204, responses=_PROBLEMS, dependencies=[WRITES]
)
def delete_model(
    parts: FreshParts, name: _Name, version: _Number, workspace: ChosenWorkspace
) -> Response:
    """Delete a version. Its number stays taken, and its files stay those of their run."""
    found = reads.get_version(parts.store, workspace, name, version, visible=parts.workspace)
    gone = ModelEdited(
        registration=found["registration"], ts_us=now_us(), deleted=True, by=parts.actor
    )
    parts.recorder.record(names.model_key(name), [gone])
    parts.audit("model.delete", found["id"], workspace=workspace)
    return Response(status_code=204)


@router.get(
    "/{name}/versions/{version}/files",
    response_model=ModelFileList,
    responses=_PROBLEMS,
    dependencies=[READS],
)
def model_files(
    parts: FreshParts, name: _Name, version: _Number, workspace: ChosenWorkspace
) -> Response:
    """List the files of a version by path."""
    position = parts.position()
    found = reads.get_version(parts.store, workspace, name, version, visible=parts.workspace)
    return OrjsonResponse({"items": found["files"], "position": position})


@router.head(
    "/{name}/versions/{version}/files/{path:any}", responses=FILE_ANSWERS, dependencies=[READS]
)
@router.get(
    "/{name}/versions/{version}/files/{path:any}",
    response_class=Response,
    responses=FILE_ANSWERS,
    dependencies=[READS],
)
def model_file(
    parts: FreshParts,
    name: _Name,
    version: _Number,
    path: FilePath,
    request: Request,
    *,
    workspace: ChosenWorkspace,
) -> Response:
    """Return the bytes of a version's file; ranges and conditional requests are answered."""
    found = reads.get_version(parts.store, workspace, name, version, visible=parts.workspace)
    stored = reads.get_file(found, names.file_path(path))
    is_head = request.method == "HEAD"
    return file_response(parts.artifacts, stored, path, request.headers, is_head=is_head)
