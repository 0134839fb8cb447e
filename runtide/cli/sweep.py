"""`runtide sweep`: a script with many values of its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import STYLE_BY_STATUS, number_text
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.spaces import parse_early_stop, parse_space
from runtide.cli.submit import (
    ExperimentOption,
    FollowOption,
    PriorityOption,
    ScriptArgument,
    SourceOption,
    TargetOption,
    WaitOption,
    exit_with,
    find_experiment,
    say_submitted,
    script_config,
    wait_for,
)
from runtide.submit.environment import LOCAL_TARGET
from runtide.submit.sweep import Sweep

if TYPE_CHECKING:
    from runtide.client.sweep_run import SweepResult, SweepRun
    from runtide.submit.early_stop import Goal

GridOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUES", help="Values with commas between them. Repeatable."),
]
RandomOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=DISTRIBUTION",
        help="Such as lr=loguniform(1e-4,1e-1); also uniform, randint, normal, lognormal and "
        "choice. Repeatable.",
    ),
]
EarlyStopOption = Annotated[
    str | None,
    typer.Option(help="median, or bandit(slack_factor=0.1), with delay= and interval=."),
]


def sweep(
    context: typer.Context,
    script: ScriptArgument,
    *,
    grid: GridOption = None,
    random: RandomOption = None,
    count: Annotated[
        int | None, typer.Option(help="Random draws to make; of a grid, the most to take.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="What random draws start from.")] = None,
    metric: Annotated[
        str | None, typer.Option(help="The primary metric, by which children are compared.")
    ] = None,
    goal: Annotated[str, typer.Option(help="minimize or maximize.")] = "minimize",
    concurrency: Annotated[
        int | None, typer.Option(help="Children at once. Default: as many as there is room for.")
    ] = None,
    early_stop: EarlyStopOption = None,
    max_failures: Annotated[
        int | None, typer.Option(help="More failed children than these end the sweep.")
    ] = None,
    experiment: ExperimentOption = None,
    source: SourceOption = ".",
    target: TargetOption = LOCAL_TARGET,
    priority: PriorityOption = 0,
    wait: WaitOption = False,
    follow: FollowOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a script with many values of its parameters, each of which it gets as `--NAME VALUE`.

    Example: runtide sweep train.py --grid lr=0.1,0.2 --metric loss --concurrency 2 --follow
    """
    config = script_config(script, context.args, source=source, target=target, priority=priority)
    wanted = Sweep(
        config,
        parse_space(grid or [], random or []),
        metric=metric,
        goal=cast("Goal", goal),
        count=count,
        seed=seed,
        concurrency=concurrency,
        early_stop=parse_early_stop(early_stop),
        max_failures=max_failures,
    )
    run = find_experiment(experiment, home).submit(wanted)
    if not as_json:
        say_submitted(run)
    if not (wait or follow):
        if as_json:
            print_json({"run_id": run.id, "status": run.status})
        return
    status = wait_for(run, follow=follow, as_json=as_json)
    _print_results(run, status, as_json=as_json)
    exit_with(status)


def _print_results(run: SweepRun, status: str, *, as_json: bool) -> None:
    results = run.results()
    if as_json:
        best = next((r.run_id for r in results if r.value is not None), None)
        children = [result._asdict() for result in results]
        print_json({"run_id": run.id, "status": status, "best": best, "children": children})
        return
    stdout.print(_table(results))
    stdout.print(status, style=STYLE_BY_STATUS.get(status))


def _table(results: list[SweepResult]) -> Table:
    names = list(dict.fromkeys(name for result in results for name in result.parameters))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("run", "status", "best value", *names):
        table.add_column(Text(column), overflow="fold")
    for result in results:
        cells: list[Any] = [result.value, *map(result.parameters.get, names)]
        table.add_row(result.run_id, result.status, *(Text(number_text(cell)) for cell in cells))
    return table
