"""`runtide due`: which runs are purged next, by the rules of how long runs are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.text import Text

from runtide.cli.formats import time_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import open_reader
from runtide.cli.runs import bare_table
from runtide.life_settings import LifeEnvironment, parsed_days
from runtide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.client.reading import Reader

_DAY_US: Final = 86_400_000_000


class _Due(NamedTuple):
    run: dict[str, Any]
    cause: str
    since_us: int


def due(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the runs whose time is over: what `runtide up` and the processors purge next.

    The rules are RUNTIDE_KEEP_BIN_DAYS and RUNTIDE_KEEP_RUN_DAYS as this command finds them: set them here
    first, to see what they would take, and then where the server runs.

    Example: RUNTIDE_KEEP_RUN_DAYS=default=90 runtide due
    """
    rules = load_settings(LifeEnvironment)
    found = sorted(_found(open_reader(home), rules), key=lambda one: one.since_us)
    if as_json:
        print_json(
            {
                "runs": [
                    {"run_id": one.run["run_id"], "cause": one.cause, "since_us": one.since_us}
                    for one in found
                ]
            }
        )
        return
    table = bare_table("run", "name", "experiment", "why", "since")
    for one in found:
        run = one.run
        why = "in the bin" if one.cause == "bin" else "ended"
        table.add_row(
            run["run_id"], Text(run["name"]), run["experiment"], why, time_text(one.since_us)
        )
    stdout.print(table)
    stdout.print(f"{len(found):,} runs are due", markup=False)


def _found(reader: Reader, rules: LifeEnvironment) -> Iterator[_Due]:
    now_us = time.time_ns() // 1_000
    for run in reader.items("/runs", {"deleted": "true"}):
        if run["deleted_us"] < now_us - rules.keep_bin_days * _DAY_US:
            yield _Due(run, "bin", run["deleted_us"])
    days_by_workspace = parsed_days(rules.keep_run_days)
    if not days_by_workspace:
        return
    question = {
        "include_children": "true",
        "archived": "true",
        "status": "Completed,Failed,Canceled",
    }
    for run in reader.items("/runs", question):
        days = days_by_workspace.get(run["workspace"])
        ended_us = run["ended_us"]
        if days is not None and ended_us and ended_us < now_us - days * _DAY_US:
            yield _Due(run, "retention", ended_us)
