"""`runtide sql`: a statement over everything logged, and its answer as a table or a file."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from rich.text import Text

from runtide.cli.formats import number_text, plain_text
from runtide.cli.output import HomeOption, print_json, stderr, stdout
from runtide.cli.record import open_reader
from runtide.cli.runs import bare_table
from runtide.client.sql import send
from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.client.reading import Reader

Format = Literal["table", "json", "csv", "parquet", "arrow"]
FileFormat = Literal["json", "csv", "parquet", "arrow"]

_FORMAT_BY_SUFFIX: Final[dict[str, FileFormat]] = {
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
}
_BINARY: Final = frozenset({"parquet", "arrow"})
_MS_PER_S: Final = 1_000

ParamOption = Annotated[
    list[str],
    typer.Option(
        "--param", metavar="NAME=VALUE", help="What `{NAME:Type}` stands for; any number."
    ),
]


def sql(
    statement: Annotated[
        str, typer.Argument(metavar="[STATEMENT]", help="One SELECT; `-`, or none, reads it.")
    ] = "-",
    *,
    param: ParamOption = [],  # noqa: B006  # typer makes a list of its own
    file_format: Annotated[
        Format | None, typer.Option("--format", help="Default: by the file's ending, else table.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; replaced when whole.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Ask everything logged with one SELECT of ClickHouse's SQL.

    Tables: runs, scalars, metrics, vectors, rows, tables, images, files, logs, tags, config and
    system. Ctrl-C ends the statement on the server too.

    Example: runtide sql "SELECT name, last FROM metrics WHERE run_id = {run:String}" --param run=3f2a
    """
    text = read_statement(statement)
    parameters = parsed_parameters(param)
    chosen = _format(file_format, output)
    reader = open_reader(home)
    if output is not None and chosen != "table":
        write_answer(reader, text, parameters, chosen, output)
        return
    if chosen in _BINARY and sys.stdout.isatty():
        message = f"{chosen} is no text for a terminal: name a file with `--output`, or pipe it"
        raise UsageError(message)
    match chosen:
        case "table":
            _print_table(_answer(reader, text, parameters))
        case "json":
            _print_json(_answer(reader, text, parameters))
        case _:
            send(reader, text, parameters, chosen, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def read_statement(text: str) -> str:
    """Return the statement, which `-` says is on standard input.

    Raises:
        UsageError: There is none.
    """
    if text == "-":
        if sys.stdin.isatty():
            message = 'no statement is given: write it in quotes, as in `runtide sql "SELECT 1"`'
            raise UsageError(message)
        text = sys.stdin.read()
    if not text.strip():
        message = "the statement is empty: write a SELECT"
        raise UsageError(message)
    return text


def parsed_parameters(pairs: list[str]) -> dict[str, str]:
    """Return the values of `name=value` by name; the server reads them as the declared type.

    Raises:
        UsageError: One is not of that form, or a name comes twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.isidentifier():
            message = f"--param is {pair!r}: want NAME=VALUE, as in `--param run=3f2a`"
            raise UsageError(message)
        if name in found:
            message = f"--param names {name!r} twice ({found[name]!r}, {value!r}): give one value"
            raise UsageError(message)
        found[name] = value
    return found


def write_answer(
    reader: Reader, text: str, parameters: Mapping[str, str], chosen: FileFormat, to: Path
) -> None:
    """Write the answer to `to`: all of it, or nothing.

    Raises:
        UsageError: The statement is wrong, or the file cannot be written.
    """
    part = to.with_name(f".{to.name}.part")
    try:
        with part.open("wb") as target:
            send(reader, text, parameters, chosen, target)
        size_bytes = part.stat().st_size
        part.replace(to)
    except OSError as exc:
        message = f"could not write {to} ({exc}): choose a file in a folder that you may write"
        raise UsageError(message) from exc
    finally:
        part.unlink(missing_ok=True)
    stderr.print(f"{size_bytes:,} bytes in {to}", markup=False)


def format_of(path: Path) -> FileFormat | None:
    """Return the format that a file's ending names."""
    return _FORMAT_BY_SUFFIX.get(path.suffix.lower())


def _format(given: Format | None, output: Path | None) -> Format:
    if output is None:
        return given or "table"
    if given == "table":
        message = "a table is for a terminal: choose `--format csv`, json, parquet or arrow"
        raise UsageError(message)
    chosen = given or format_of(output)
    if chosen is None:
        message = f"{output.name} does not say its format: end it in .csv, or give `--format`"
        raise UsageError(message)
    return chosen


def _answer(reader: Reader, text: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    target = BytesIO()
    send(reader, text, parameters, "json", target)
    return json.loads(target.getvalue())  # type: ignore[no-any-return]  # an object


def _print_json(answer: dict[str, Any]) -> None:
    """Print an object a row, by column, so that `jq` and the like need no second look."""
    names = [column["name"] for column in answer["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in answer["rows"]]
    print_json(rows)


def _print_table(answer: dict[str, Any]) -> None:
    table = bare_table(*(plain_text(column["name"]) for column in answer["columns"]))
    for row in answer["rows"]:
        table.add_row(*(Text(plain_text(number_text(cell))) for cell in row))
    stdout.print(table)
    count = answer["row_count"]
    took = answer["elapsed_ms"] / _MS_PER_S
    stderr.print(
        f"{count:,} {'row' if count == 1 else 'rows'} in {took:.2f} s, "
        f"{answer['rows_read']:,} rows read",
        style="bright_black",
        markup=False,
    )
