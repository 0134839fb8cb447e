"""`runtide submit`: a script for a compute target."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from runtide.cli.formats import STYLE_BY_STATUS
from runtide.cli.output import FAILED, HomeOption, JsonOption, print_json, stdout
from runtide.client.experiment import Experiment
from runtide.client.options import load_options
from runtide.client.workspace import Workspace
from runtide.submit.config import ScriptRunConfig
from runtide.submit.environment import LOCAL_TARGET

if TYPE_CHECKING:
    from runtide.client.script_run import ScriptRun

REST_GOES_TO_THE_SCRIPT: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""What a command is registered with whose own options may stand among those of a script."""

ScriptArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCRIPT [ARGUMENTS]...",
        help="The script, as a path in the source folder, and its arguments. What is no option of "
        "this command goes to the script, and so does all behind `--`.",
    ),
]
ExperimentOption = Annotated[
    str | None, typer.Option(help="The experiment. Default: RUNTIDE_EXPERIMENT, else default.")
]
SourceOption = Annotated[
    str, typer.Option(help="The folder that is sent along, where the script is.")
]
TargetOption = Annotated[str, typer.Option(help="The compute target.")]
PriorityOption = Annotated[int, typer.Option(help="Of runs that wait, the largest is next.")]
WaitOption = Annotated[
    bool, typer.Option("--wait", help="Wait for the end; exit with 1 unless it is Completed.")
]
FollowOption = Annotated[
    bool, typer.Option("--follow", help="Wait, and print what the run prints meanwhile.")
]


def submit(
    context: typer.Context,
    script: ScriptArgument,
    *,
    experiment: ExperimentOption = None,
    source: SourceOption = ".",
    target: TargetOption = LOCAL_TARGET,
    priority: PriorityOption = 0,
    wait: WaitOption = False,
    follow: FollowOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Submit a script, with the folder that it is in.

    `runtide up` executes what is submitted to the target local, in the Python of this command.

    Example: runtide submit train.py --lr 0.1 --experiment digits --follow
    """
    config = script_config(script, context.args, source=source, target=target, priority=priority)
    run = find_experiment(experiment, home).submit(config)
    if not as_json:
        say_submitted(run)
    status = run.status
    if wait or follow:
        status = wait_for(run, follow=follow, as_json=as_json)
    if as_json:
        print_json({"run_id": run.id, "status": status})
    if wait or follow:
        if not as_json:
            stdout.print(status, style=STYLE_BY_STATUS.get(status))
        exit_with(status)


def find_experiment(name: str | None, home: str | None) -> Experiment:
    """Return the experiment that a command's options name.

    Raises:
        UsageError: A setting, or the name, is not what it should be.
    """
    return Experiment(Workspace(home=home), name or load_options().experiment)


def script_config(
    script: str, arguments: list[str], *, source: str, target: str, priority: int
) -> ScriptRunConfig:
    """Return what a command's options say of a script; its path may lead from here too."""
    folder, path = Path(source), Path(script)
    if not (folder / path).is_file() and path.is_file():
        absolute = path.absolute()
        if absolute.is_relative_to(folder.absolute()):
            path = absolute.relative_to(folder.absolute())
    return ScriptRunConfig(folder, str(path), arguments, compute_target=target, priority=priority)


def wait_for(run: ScriptRun, *, follow: bool, as_json: bool) -> str:
    """Wait until a run has ended, and return its status.

    With `follow` what it prints is printed meanwhile: beside JSON, on standard error.
    """
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        details = run.wait_for_completion(show_output=follow, raise_on_error=False)
    return str(details["status"])


def say_submitted(run: ScriptRun) -> None:
    """Print which run was submitted, and where it is to be seen."""
    url = run.experiment.workspace.reader.find_url()
    stdout.print(run.id, markup=False)
    stdout.print(
        "no server answers: `runtide up` executes what is submitted to local"
        if url is None
        else run.get_portal_url(),
        style="bright_black",
        markup=False,
    )


def exit_with(status: str) -> None:
    """Exit as a script that waited for a run expects.

    Raises:
        Exit: The run is not Completed.
    """
    if status != "Completed":
        raise typer.Exit(FAILED)
