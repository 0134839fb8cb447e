"""What runs can be filtered, sorted and grouped by."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.answers import FieldList
from query_api.context import FreshParts
from query_api.reads.fields import FieldsQuestion, list_fields
from query_api.wire import OrjsonResponse
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["runs"])


@router.get(
    "/fields", response_model=FieldList, responses=documented(400, 422, 503), dependencies=[READS]
)
def fields(
    parts: FreshParts,
    experiment: Annotated[str | None, Query(max_length=1024)] = None,
    parent: Annotated[str | None, Query(max_length=1024)] = None,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000,
    archived: bool = False,  # noqa: FBT001, FBT002  # a query parameter
) -> Response:
    """List every metric and every key of config, tags and properties that the runs have.

    Of an experiment, all runs count, children too; with `parent`, the children of that run.
    """
    position = parts.position()
    question = FieldsQuestion(
        experiment, parent, archived=archived, limit=limit, workspace=parts.workspace
    )
    items, total_count = list_fields(parts.store, question)
    return OrjsonResponse({"items": items, "total_count": total_count, "position": position})
