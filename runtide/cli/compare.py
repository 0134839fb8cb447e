"""`runtide compare`: runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

import typer
from rich.text import Text

from runtide.cli.differences import Row, config_rows, metric_rows
from runtide.cli.formats import number_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import get_run_id, open_reader
from runtide.cli.runs import bare_table
from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUNS_MIN: Final = 2
_DIFFERS: Final = "≠"


def compare(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN...", help="Ids, or unique heads of ids.")
    ],
    *,
    metrics: Annotated[
        str, typer.Option("--metrics", help="Which metrics, such as `val/*`.")
    ] = "*",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare runs: their configuration, and last, lowest and highest value of each metric.

    What is not the same in all of them is marked with `≠`.

    Example: runtide compare 3f2a 77c0 --metrics 'val/*'
    """
    if len(runs) < _RUNS_MIN:
        message = f"only {runs[0]!r} is named: name two runs or more"
        raise UsageError(message)
    reader = open_reader(home)
    ids = [get_run_id(reader, run) for run in runs]
    paths = [f"/runs/{quote(run_id, safe='')}" for run_id in ids]
    records = [reader.get(path) for path in paths]
    config = config_rows([record["config"] for record in records])
    summaries = [list(reader.items(f"{path}/metrics/summary")) for path in paths]
    found = metric_rows(summaries, metrics)
    if as_json:
        print_json(_document(ids, config, found))
        return
    facts = [Row(name, [record[name] for record in records]) for name in ("name", "status")]
    ends = [
        row._replace(name=f"{row.name} {end}") for m in found.values() for end, row in m.items()
    ]
    for title, rows in (("run", facts), ("config", config), ("metric", ends)):
        if rows:
            _print_rows(title, ids, rows)


def _print_rows(title: str, ids: list[str], rows: Iterable[Row]) -> None:
    table = bare_table("", title, *ids)
    for row in rows:
        cells = (Text(number_text(value)) for value in row.values)
        mark = Text(_DIFFERS if row.differs else "", style="yellow")
        table.add_row(mark, Text(row.name), *cells)
    stdout.print(table)


def _document(
    ids: list[str], config: list[Row], metrics: dict[str, dict[str, Row]]
) -> dict[str, Any]:
    return {
        "runs": ids,
        "config": [
            {"name": row.name, "values": row.values, "differs": row.differs} for row in config
        ],
        "metrics": [
            {
                "name": name,
                **{end: row.values for end, row in rows.items()},
                "differs": any(row.differs for row in rows.values()),
            }
            for name, rows in metrics.items()
        ],
    }
