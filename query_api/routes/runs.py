"""Experiments and runs."""

import csv
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query
from starlette.responses import Response

from query_api.answers import ExperimentPage, RunAnswer, RunPage
from query_api.context import Context, CursorQuery, FreshParts
from query_api.reads import runs as reads
from query_api.scope import RunIdPath
from query_api.wire import OrjsonResponse
from runtide.core import names
from runtide.core.events import Status
from runtide.errors import UsageError
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["runs"])

_LIST_MAX = 200

RUNS_NAMED_MAX = 1000
"""Runs that one request can name, as many as one answer can hold."""

DeletedQuery = Annotated[
    bool,
    Query(description="The bin: deleted runs and no others, also children and archived ones."),
]
MetricsQuery = Annotated[
    list[str],
    Query(
        default_factory=list,
        max_length=_LIST_MAX,
        description="Metrics whose first, last, min and max to add: names with commas between "
        'them (`"a,b"` in double quotes for one that holds a comma), or `*` for all.',
    ),
]
SortQuery = Annotated[
    str,
    Query(
        max_length=2048,
        description="`created`, `name`, `duration`, …, `config.NAME`, `tags.NAME`, "
        "`properties.NAME` or `metrics.NAME.min|max|last|first`; with `-` in front for "
        "descending. Runs without a value come last.",
    ),
]
LimitQuery = Annotated[int, Query(ge=1, le=1000)]


@router.get(
    "/experiments",
    response_model=ExperimentPage,
    responses=documented(400, 422, 503),
    dependencies=[READS],
)
def experiments(
    parts: FreshParts, limit: LimitQuery = 1000, cursor: CursorQuery = None
) -> Response:
    """List the experiments, the one with the newest run first."""
    position = parts.position()
    items, next_cursor = reads.list_experiments(
        parts.store, workspace=parts.workspace, limit=limit, cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})


@router.get(
    "/runs", response_model=RunPage, responses=documented(400, 422, 503), dependencies=[READS]
)
def runs(  # noqa: PLR0917  # FastAPI passes them by name
    parts: FreshParts,
    metrics: MetricsQuery,
    tag: Annotated[
        list[str],
        Query(default_factory=list, max_length=_LIST_MAX, description="`key`, or `key:value`."),
    ],
    property: Annotated[  # noqa: A002  # the contract's name
        list[str],
        Query(default_factory=list, max_length=_LIST_MAX, description="`key`, or `key:value`."),
    ],
    runs: Annotated[
        str | None,
        Query(
            max_length=300_000,
            description="Ids with commas between them, at most 1,000: of these runs alone, also "
            "of children and archived ones. Ids of no run are left out.",
        ),
    ] = None,
    experiment: Annotated[str | None, Query(max_length=1024)] = None,
    status: Annotated[
        str | None, Query(max_length=1024, description="One status, or several with commas.")
    ] = None,
    parent: Annotated[str | None, Query(max_length=1024)] = None,
    run_type: Annotated[str | None, Query(max_length=1024)] = None,
    filter: Annotated[  # noqa: A002  # the contract's name
        str | None,
        Query(
            max_length=10_000,
            description='Such as `status = Running and metrics.loss.last < 0.2 and not tags.a = "b"`.',
        ),
    ] = None,
    sort: SortQuery = "-created",
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
    include_children: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    archived: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    deleted: DeletedQuery = False,  # noqa: FBT002  # a query parameter
) -> Response:
    """List runs. Children and archived runs are left out unless asked for."""
    question = reads.RunsQuestion(
        workspace=parts.workspace,
        run_ids=_run_ids(runs),
        experiment=experiment,
        statuses=_statuses(status),
        tags=tag,
        properties=property,
        parent=parent,
        run_type=run_type,
        filter=filter,
        sort=sort,
        limit=limit,
        cursor=cursor,
        include_children=include_children or runs is not None,
        archived=archived or runs is not None,
        deleted=deleted,
        metrics=_names(metrics),
    )
    return _page(parts, question)


@router.get(
    "/runs/{run_id}",
    response_model=RunAnswer,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def run(parts: FreshParts, run_id: RunIdPath, metrics: MetricsQuery) -> Response:
    """Return one run."""
    position = parts.position()
    found = reads.get_run(parts.store, run_id, metrics=_names(metrics))
    return OrjsonResponse(found | {"position": position})


@router.get(
    "/runs/{run_id}/children",
    response_model=RunPage,
    responses=documented(400, 404, 422, 503),
    dependencies=[READS],
)
def children(  # noqa: PLR0917  # FastAPI passes them by name
    parts: FreshParts,
    run_id: RunIdPath,
    metrics: MetricsQuery,
    recursive: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    status: Annotated[str | None, Query(max_length=1024)] = None,
    sort: SortQuery = "created",
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Response:
    """List the runs below one run: its children, or with `recursive` all generations."""
    parents = [run_id]
    if recursive:
        parents += reads.descendant_ids(parts.store, run_id, workspace=parts.workspace)
    question = reads.RunsQuestion(
        workspace=parts.workspace,
        parents=parents,
        statuses=_statuses(status),
        sort=sort,
        limit=limit,
        cursor=cursor,
        archived=True,
        metrics=_names(metrics),
    )
    return _page(parts, question)


def _page(parts: Context, question: reads.RunsQuestion) -> Response:
    position = parts.position()
    found = reads.list_runs(parts.store, question)
    body: dict[str, Any] = {
        "items": found.runs,
        "next_cursor": found.next_cursor,
        "position": position,
        "total_count": found.total_count,
    }
    return OrjsonResponse(body)


def _run_ids(text: str | None) -> list[str] | None:
    if text is None:
        return None
    ids = [names.run_id(part) for part in text.split(",") if part]
    if len(ids) > RUNS_NAMED_MAX:
        message = f"runs has {len(ids):,} ids, limit is {RUNS_NAMED_MAX:,}: ask in parts"
        raise UsageError(message)
    return ids


def _statuses(text: str | None) -> list[str]:
    wanted = [part.strip() for part in text.split(",")] if text else []
    if unknown := [status for status in wanted if status not in get_args(Status)]:
        message = f"status is {unknown[0]!r}: want one of {', '.join(get_args(Status))}"
        raise UsageError(message)
    return wanted


def _names(texts: list[str]) -> list[str]:
    try:
        return [name for row in csv.reader(texts, strict=True) for name in row if name]
    except csv.Error as exc:
        message = f"metrics is {texts!r} ({exc}): want names with commas between them"
        raise UsageError(message) from exc
