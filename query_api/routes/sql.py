"""SQL over everything logged: statements of analysts, their results, and the tables there are."""

from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from query_api.context import FreshParts, Parts
from query_api.core.sql_gate import QUERY_CHARS_MAX
from query_api.core.sql_tables import ALL_WORKSPACES, TABLES
from query_api.reads.sql import Asked
from query_api.wire import OrjsonResponse, exact_json
from runtide.http.access import READS
from runtide.http.problems import documented

router = APIRouter(tags=["sql"])

QUERY_ID_PATTERN = r"^[A-Za-z0-9-]{8,64}$"
QUERY_ID_HEADER = "Runtide-Query-Id"
PIECE_BYTES = 1 << 18

_MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}


class SqlRequest(BaseModel):
    """A statement, and how its result is wanted."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=QUERY_CHARS_MAX)
    parameters: dict[str, Any] = Field(
        default_factory=dict, description="Values of the `{name:Type}` in the statement."
    )
    format: Literal["json", "csv", "arrow", "parquet"] = "json"
    query_id: Annotated[str, Field(pattern=QUERY_ID_PATTERN)] | None = Field(
        default=None, description="By which it can be canceled; one is made if unset."
    )


class SqlColumn(BaseModel):
    """A column of a result; `type` is ClickHouse's."""

    name: str
    type: str


class SqlAnswer(BaseModel):
    """A whole result."""

    query_id: str
    columns: list[SqlColumn]
    rows: list[list[Any]]
    row_count: int
    elapsed_ms: int
    rows_read: int
    bytes_read: int


class TableColumn(BaseModel):
    """A column of a table that a statement may read."""

    name: str
    type: str
    description: str


class TableDescription(BaseModel):
    """A table that a statement may read."""

    name: str
    description: str
    columns: list[TableColumn]


class TableDescriptions(BaseModel):
    """All tables that a statement may read."""

    tables: list[TableDescription]


_RESULT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The result, in the format that was asked for.",
        "content": {
            **{
                media: {"schema": {"type": "string", "format": "binary"}}
                for media in _MEDIA_TYPES.values()
            },
        },
    },
    **documented(400, 409, 422, 429, 503),
}


@router.post("/sql", response_model=SqlAnswer, responses=_RESULT, dependencies=[READS])
def run_sql(parts: FreshParts, request: SqlRequest) -> Response:
    """Run one SELECT over the tables of `/sql/tables`.

    In JSON, times are ISO 8601 texts in UTC, and non-finite floats are their names. The id of the
    statement is also in the header `Runtide-Query-Id`.
    """
    asked = Asked(
        request.query,
        request.parameters,
        parts.workspace or ALL_WORKSPACES,
        parts.caller.name,
        request.query_id,
    )
    if request.format == "json":
        answer = parts.sql.answer(asked)
        response = exact_json(answer)
        response.headers[QUERY_ID_HEADER] = answer["query_id"]
        return response
    query_id, file = parts.sql.export(asked, request.format)
    return StreamingResponse(
        _pieces(file),
        media_type=_MEDIA_TYPES[request.format],
        headers={QUERY_ID_HEADER: query_id, "X-Content-Type-Options": "nosniff"},
    )


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


@router.delete(
    "/sql/{query_id}",
    status_code=204,
    responses=documented(404, 422, 503),
    dependencies=[READS],
)
def cancel_sql(parts: Parts, query_id: Annotated[str, Path(pattern=QUERY_ID_PATTERN)]) -> Response:
    """Stop a statement that is running."""
    parts.sql.cancel(query_id, parts.caller.name)
    return Response(status_code=204)


@router.get("/sql/tables", response_model=TableDescriptions, dependencies=[READS])
def sql_tables() -> Response:
    """Describe the tables that a statement may read."""
    return OrjsonResponse(
        {
            "tables": [
                {
                    "name": table.name,
                    "description": table.description,
                    "columns": [column._asdict() for column in table.columns],
                }
                for table in TABLES
            ]
        }
    )
