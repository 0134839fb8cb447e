"""`runtide export`: everything a run logged, as one long table or as TensorBoard's event files."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol
from urllib.parse import quote

import typer
from rich.progress import Progress

from runtide.cli.export_rows import COLUMNS, Block, entry_blocks
from runtide.cli.output import HomeOption, stderr, stdout
from runtide.cli.record import get_run_id, open_reader
from runtide.cli.sql import sql
from runtide.client.entries import read_entries
from runtide.client.tensorboard import export_tensorboard
from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.client.reading import Reader

Format = Literal["csv", "parquet", "tensorboard"]


class _Sink(Protocol):
    def write(self, block: Block) -> None: ...


def export(
    run: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run's id, or as much of its head as is unique."),
    ] = None,
    *,
    statement: Annotated[
        str | None,
        typer.Option("--sql", metavar="SELECT", help="Instead of a run, what this answers."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="File to write, or for tensorboard a folder; without it, standard output."
        ),
    ] = None,
    file_format: Annotated[
        Format | None,
        typer.Option("--format", help="Default: by the file's ending, else csv."),
    ] = None,
    home: HomeOption = None,
    recursive: Annotated[bool, typer.Option("--recursive", help="The runs below it too.")] = False,
) -> None:
    """Write every value that a run logged, exactly, a row a value.

    The columns: run_id, name, kind, column (of a table), index (order of logging), step, ts_us,
    type, value (as text that reads back to the same value) and, in Parquet, number.

    With `--format tensorboard`, an event file in a folder of each run instead, which TensorBoard
    shows: numbers in single precision, texts and images.

    With `--sql`, the rows that a SELECT answers, to a file whose ending says its format.

    Example: runtide export 3f2a --to run.parquet
    """
    if (run is None) == (statement is None):
        message = "export what: name a run, or give a SELECT with `--sql`, and not both"
        raise UsageError(message)
    if statement is not None:
        sql(statement, output=to, file_format=_sql_format(file_format, to), home=home)
        return
    assert run is not None
    chosen = _format(to, file_format)
    reader = open_reader(home)
    run_ids = [get_run_id(reader, run)]
    if recursive:
        children = reader.items(f"{_path(run_ids[0])}/children", {"recursive": "true"})
        run_ids += [child["run_id"] for child in children]
    if chosen == "tensorboard" and to is not None:
        files = export_tensorboard(reader, run_ids, to)
        stdout.print(f"{len(files):,} event files in {to}", markup=False)
        return
    with _opened(chosen, to) as sink:
        row_count = _write_all(reader, run_ids, sink)
    if to is not None:
        stdout.print(f"{row_count:,} rows in {to}", markup=False)


def _sql_format(given: Format | None, to: Path | None) -> Literal["csv", "parquet"] | None:
    if given == "tensorboard":
        message = "--sql makes rows, which are no event file: choose csv or parquet"
        raise UsageError(message)
    return given or ("csv" if to is None else None)


def _write_all(reader: Reader, run_ids: list[str], sink: _Sink) -> int:
    row_count = 0
    with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        for run_id in progress.track(run_ids, description="runs"):
            task = progress.add_task("values", total=None)
            for entry in read_entries(reader, run_id):
                for block in entry_blocks(run_id, entry):
                    sink.write(block)
                    row_count += block.row_count
                    progress.update(task, advance=block.row_count)
            progress.remove_task(task)
    return row_count


class _CsvSink:
    """Comma-separated values in UTF-8, as RFC 4180 has them."""

    def __init__(self, target: Any) -> None:  # noqa: ANN401  # any text file
        self._writer = csv.writer(target)
        self._writer.writerow(COLUMNS)

    def write(self, block: Block) -> None:
        self._writer.writerows(block.rows())


@contextmanager
def _opened(chosen: Format, to: Path | None) -> Iterator[_Sink]:
    if to is None:
        yield _CsvSink(sys.stdout)
        return
    part = to.with_name(f".{to.name}.part")
    try:
        if chosen == "csv":
            with part.open("w", encoding="utf-8", newline="") as target:
                yield _CsvSink(target)
        else:
            # Here and not above: PyArrow takes a while to load, and no other command needs it.
            from runtide.cli.parquet import parquet_sink  # noqa: PLC0415  # see above

            with parquet_sink(part) as sink:
                yield sink
        # Who reads `to` finds all of the export, or none of it.
        part.replace(to)
    except OSError as exc:
        message = f"could not write {to} ({exc}): choose a file in a folder that you may write"
        raise UsageError(message) from exc
    finally:
        part.unlink(missing_ok=True)


def _format(to: Path | None, given: Format | None) -> Format:
    chosen: Format = given or ("parquet" if to is not None and to.suffix == ".parquet" else "csv")
    if chosen != "csv" and to is None:
        message = f"format is {chosen!r} and there is nothing to write to: name it with `--to`"
        raise UsageError(message)
    return chosen


def _path(run_id: str) -> str:
    return f"/runs/{quote(run_id, safe='')}"
