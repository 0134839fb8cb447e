"""Every command of `runtide`, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from runtide.cli.app import app
from runtide.cli.output import EXIT_CODES

_OPENING = """\
# Command line

`runtide COMMAND --help` says the same. A run may be given by as much of the head of its id as is
unique. Data go to standard output, and everything else to standard error.
"""


def pages() -> dict[str, str]:
    """Return one page with a section for each command, and the exit codes."""
    commands = dict[str, Any](typer.main.get_group(app).commands)
    sections = (
        _section(name, command)
        for group, member in commands.items()
        for name, command in _members(group, member)
    )
    return {"cli.md": "\n".join((_OPENING, *sections, _exit_codes()))}


def _members(name: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # typer's own kind of command
    """Yield a command, and those that it is a group of, under the names that call them."""
    members = getattr(command, "commands", {})
    if not members or command.invoke_without_command:
        yield name, command
    for below, member in members.items():
        yield f"{name} {below}", member


def _section(name: str, command: Any) -> str:  # noqa: ANN401  # typer's own kind of command
    text, _, example = inspect.cleandoc(command.help or "").partition("\n\nExample: ")
    usage = " ".join(
        ["runtide", name, *(p.metavar for p in command.params if p.param_type_name == "argument")]
    )
    rows = "".join(_row(p) for p in command.params if not p.hidden)
    table = f"| option | meaning |\n|---|---|\n{rows}" if rows else ""
    return f"## `{usage}`\n\n{text}\n\n```console\n$ {example}\n```\n\n{table}"


def _row(parameter: Any) -> str:  # noqa: ANN401  # typer's own kind of parameter
    shown = ", ".join(parameter.opts)
    if parameter.param_type_name == "argument":
        shown = parameter.metavar
    meaning = " ".join((parameter.help or "").split()).replace("|", "\\|")
    return f"| `{shown}` | {meaning} |\n"


def _exit_codes() -> str:
    rows = "".join(f"| {code} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    return f"## Exit codes\n\n| code | meaning |\n|---|---|\n{rows}"
