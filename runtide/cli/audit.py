"""`runtide audit`: who did what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import plain_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import first_items, open_reader


def audit(
    *,
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List who changed what where tokens are demanded, the newest first.

    Example: runtide audit --limit 10
    """
    found = first_items(open_reader(home).items("/audit"), limit)
    if as_json:
        print_json({"actions": found})
        return
    if not found:
        stdout.print("Nothing was changed by anybody who came with a token.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("time", "who", "action", "what", "workspace", "from"):
        table.add_column(column, overflow="fold")
    for action in found:
        moment = datetime.fromtimestamp(action["ts_us"] / 1_000_000, UTC)
        table.add_row(
            f"{moment:%Y-%m-%d %H:%M:%S}Z",
            Text(plain_text(action["actor"])),
            action["action"],
            Text(plain_text(action["subject"])),
            action["workspace"] or "",
            action["origin"] or "",
        )
    stdout.print(table)
