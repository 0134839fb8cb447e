"""`runtide runs` and `runtide show`: what is in the record."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import (
    STYLE_BY_STATUS,
    ago_text,
    duration_text,
    number_text,
    size_text,
    time_text,
)
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import RunArgument, first_items, get_run_id, open_reader

_UNWRAPPED: Final = frozenset({"run", "run_id", "name", "experiment", "status", "created", "took"})
"""Columns whose cells stay on one line, however narrow the terminal."""

_WIDTH_MIN: Final = {"run": 12, "status": 9, "created": 10, "took": 10}
"""Columns that a narrow terminal takes nothing from."""

_ID_CHARS: Final = 12
"""How much of an id a table shows; that is a head which `runtide show` takes."""


def runs(
    *,
    home: HomeOption = None,
    experiment: Annotated[str | None, typer.Option(help="Only runs of this experiment.")] = None,
    status: Annotated[str | None, typer.Option(help="Only these states, with commas.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only runs with this tag, as `name` or `name:value`.")
    ] = None,
    condition: Annotated[
        str | None,
        typer.Option("--filter", help="Only runs for which this holds, as on the page."),
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="Order, such as `-created` or `metrics.loss.last`.")
    ] = None,
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", help="Show the last value of this metric.")
    ] = None,
    children: Annotated[bool, typer.Option("--children", help="Child runs too.")] = False,
    archived: Annotated[bool, typer.Option("--archived", help="Archived runs too.")] = False,
    deleted: Annotated[
        bool, typer.Option("--deleted", help="The bin: deleted runs and no others.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many runs.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List runs, the newest first.

    Example: runtide runs --filter 'status = Running and metrics.loss.last < 0.2' --metric loss
    """
    question = {
        "experiment": experiment,
        "status": status,
        "tag": tag,
        "filter": condition,
        "sort": sort,
        "metrics": [quoted(name) for name in metrics] if metrics else None,
        "include_children": "true" if children else None,
        "archived": "true" if archived else None,
        "deleted": "true" if deleted else None,
    }
    found = first_items(open_reader(home).items("/runs", question), limit)
    if as_json:
        print_json({"runs": found})
        return
    stdout.print(runs_table(found, metrics or []))
    if len(found) == limit:
        stdout.print(f"The first {limit} are shown; `--limit` shows more.", style="bright_black")


def show(run: RunArgument, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one run: its state, settings, metrics, tables, images and files.

    Example: runtide show 3f2a
    """
    reader = open_reader(home)
    run_id = get_run_id(reader, run)
    path = f"/runs/{quote(run_id, safe='')}"
    record = reader.get(path)
    lists = {
        what: list(reader.items(f"{path}/{place}"))
        for what, place in (
            ("metrics", "metrics/summary"),
            ("tables", "tables"),
            ("images", "images"),
            ("charts", "charts"),
            ("files", "files"),
            ("children", "children"),
        )
    }
    if as_json:
        print_json({"run": record, **lists, "url": reader.page_url(run_id)})
        return
    _print_run(record, lists)
    stdout.print(f"\n{reader.page_url(run_id)}", style="blue", markup=False)


def quoted(name: str) -> str:
    """Return `name` for a list with commas between names."""
    return '"' + name.replace('"', '""') + '"'


def runs_table(found: list[dict[str, Any]], metrics: list[str]) -> Table:
    """Return a table of runs, with the last values of `metrics`."""
    columns = ("run", "name", "experiment", "status", "created", "took")
    table = bare_table(*columns, *map(escape, metrics))
    now_us = time.time_ns() // 1_000
    for run in found:
        known = run.get("metrics") or {}
        table.add_row(
            run["run_id"][:_ID_CHARS],
            Text(run["name"]),
            run["experiment"],
            _status(run),
            ago_text(run["created_us"], now_us=now_us),
            duration_text(run["started_us"], run["ended_us"]),
            *(Text(number_text((known.get(name) or {}).get("last"))) for name in metrics),
        )
    return table


def _print_run(run: dict[str, Any], lists: dict[str, list[dict[str, Any]]]) -> None:
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bright_black")
    facts.add_column(overflow="fold")
    for name, text in (
        ("run", run["run_id"]),
        ("name", run["name"]),
        ("experiment", f"{run['experiment']} #{run['number']}"),
        ("status", _status(run)),
        ("created", time_text(run["created_us"])),
        ("took", duration_text(run["started_us"], run["ended_us"])),
        ("parent", run["parent_id"]),
        ("description", run["description"]),
        ("error", (run["error"] or {}).get("message")),
    ):
        if text:
            facts.add_row(name, text if isinstance(text, Text) else Text(text))
    stdout.print(facts)
    for title in ("config", "tags", "properties"):
        if run[title]:
            _print_pairs(title, run[title])
    _print_metrics(lists["metrics"])
    for title, columns in (
        ("tables", ("name", "row_count")),
        ("images", ("name", "step", "path")),
        ("charts", ("name", "schema_type", "path")),
        ("children", ("run_id", "name", "status")),
    ):
        if lists[title]:
            table = bare_table(*columns)
            for item in lists[title]:
                table.add_row(*(Text(number_text(item[column])) for column in columns))
            _print_titled(title, table)
    if lists["files"]:
        table = bare_table("path", "size")
        for file in lists["files"]:
            table.add_row(Text(file["path"]), size_text(file["size_bytes"]))
        _print_titled("files", table)


def _print_metrics(metrics: list[dict[str, Any]]) -> None:
    if not metrics:
        return
    table = bare_table("metric", "kind", "values", "first", "last", "min", "max")
    for metric in metrics:
        places = (metric[place] for place in ("first", "last", "min", "max"))
        table.add_row(
            Text(metric["name"]),
            metric["kind"],
            f"{metric['count']:,}",
            *(Text(number_text(place["value"]) if place else "") for place in places),
        )
    _print_titled("metrics", table)


def _print_pairs(title: str, pairs: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(Text(str(name)), Text("" if value is None else str(value)))
    _print_titled(title, table)


def _print_titled(title: str, table: Table) -> None:
    stdout.print(f"\n[bold]{title}[/]")
    stdout.print(table)


def bare_table(*columns: str) -> Table:
    """Return an empty table without a frame."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        is_short = column in _UNWRAPPED
        table.add_column(
            column,
            overflow="ellipsis" if is_short else "fold",
            no_wrap=is_short,
            min_width=_WIDTH_MIN.get(column),
        )
    return table


def _status(run: dict[str, Any]) -> Text:
    return Text(run["status"], style=STYLE_BY_STATUS.get(run["status"], ""))
