"""SQL over everything logged, from Python."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeAlias, overload

import orjson

from runtide.client.sql_rows import rows_of
from runtide.client.workspace import Workspace
from runtide.errors import RuntideError, UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from runtide.client.reading import Reader

Form: TypeAlias = Literal["arrow", "pandas", "polars", "rows"]
Parameters: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = "list[dict[str, Any]]"

FORMS: Final = ("arrow", "pandas", "polars", "rows")
_NEEDED_BY_FORM: Final = {
    "arrow": ("pyarrow",),
    "pandas": ("pyarrow", "pandas"),
    "polars": ("pyarrow", "polars"),
    "rows": (),
}


@overload
def query(
    statement: str,
    parameters: Parameters | None = ...,
    *,
    as_: Literal["arrow"] = ...,
    workspace: Workspace | None = ...,
) -> pa.Table: ...
@overload
def query(
    statement: str,
    parameters: Parameters | None = ...,
    *,
    as_: Literal["pandas"],
    workspace: Workspace | None = ...,
) -> pd.DataFrame: ...
@overload
def query(
    statement: str,
    parameters: Parameters | None = ...,
    *,
    as_: Literal["polars"],
    workspace: Workspace | None = ...,
) -> pl.DataFrame: ...
@overload
def query(
    statement: str,
    parameters: Parameters | None = ...,
    *,
    as_: Literal["rows"],
    workspace: Workspace | None = ...,
) -> Rows: ...
def query(
    statement: str,
    parameters: Parameters | None = None,
    *,
    as_: Form = "arrow",
    workspace: Workspace | None = None,
) -> Any:
    """Return the answer to a `SELECT` over everything logged, this process's own points included.

    Ctrl-C ends the statement on the server too.

    Args:
        statement: One `SELECT` of ClickHouse's SQL over the tables of docs/how-to/ask-with-sql.md.
        parameters: What the statement's placeholders `{name:Type}` stand for; sent beside the
            statement, so that no value can become SQL. Times without a zone are UTC.
        as_: `arrow` for a `pyarrow.Table`, `pandas` or `polars` for a frame, `rows` for a list of
            dicts by column, which needs none of these packages.
        workspace: Whose tables; default: those that the settings name.

    Raises:
        SqlRefused: The statement does what a reader may not.
        SqlFailed: It is wrong, such as a column that there is not.
        SqlLimit: It reached a limit, which the error names.
        SqlBusy: As many statements of the caller run as may.
        SqlCanceled: It was canceled.
        UsageError: A parameter cannot be bound, or a package is missing.
        ServerUnavailable: No server answers.
    """
    _require_packages(as_)
    whose = Workspace() if workspace is None else workspace
    whose.deliver_first(timeout_s=_DELIVERY_TIMEOUT_S)
    target = BytesIO()
    send(whose.reader, statement, parameters, "json" if as_ == "rows" else "arrow", target)
    if as_ == "rows":
        return rows_of(orjson.loads(target.getvalue()))
    table = _arrow(target.getvalue())
    if as_ == "arrow":
        return table
    return table.to_pandas() if as_ == "pandas" else import_module("polars").from_arrow(table)


_DELIVERY_TIMEOUT_S: Final = 30.0


def send(
    reader: Reader,
    statement: str,
    parameters: Parameters | None,
    file_format: Literal["json", "csv", "arrow", "parquet"],
    target: BinaryIO,
) -> None:
    """Write the answer to a statement to `target`, as it comes.

    Raises:
        RuntideError: As `query`; part may have been written.
    """
    query_id = str(uuid.uuid4())
    document = {
        "query": statement,
        "parameters": {name: _wire(name, value) for name, value in (parameters or {}).items()},
        "format": file_format,
        "query_id": query_id,
    }
    body = orjson.dumps(document)
    with _canceled_on_interrupt(reader, query_id):
        reader.download("/sql", target, method="POST", body=body)


@contextmanager
def _canceled_on_interrupt(reader: Reader, query_id: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        # Whether or not it can be canceled, the person wants to go on.
        with suppress(RuntideError):
            reader.download(f"/sql/{query_id}", BytesIO(), method="DELETE")
        raise


def _wire(name: str, value: Any) -> Any:  # noqa: ANN401  # whatever the caller bound
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_wire(name, one) for one in value]
    # A scalar of NumPy is not a number of JSON.
    if not isinstance(value, str | int | float | bool | None) and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not -_FLOAT_MAX <= value <= _FLOAT_MAX:
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    message = (
        f"parameter {name!r} is {value!r} of type {type(value).__name__}: "
        f"want a number, text, bool, date, datetime, None, or a list of these"
    )
    raise UsageError(message)


_FLOAT_MAX: Final = 1.7976931348623157e308


def _require_packages(form: Form) -> None:
    if form not in FORMS:
        message = f"as_ is {form!r}: want one of {', '.join(map(repr, FORMS))}"
        raise UsageError(message)
    for package in _NEEDED_BY_FORM[form]:
        try:
            import_module(package)
        except ImportError as exc:
            message = f"as_={form!r} needs {package}: install it, or ask with as_='rows'"
            raise UsageError(message) from exc


def _arrow(stream: bytes) -> pa.Table:
    # Here and not above: the base install has no PyArrow, and scripts that log need none.
    import pyarrow as pa  # noqa: PLC0415  # see above

    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()
