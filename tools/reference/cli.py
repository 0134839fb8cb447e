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
    sections = (_section(*named) for named in _flat(typer.main.get_group(app)))
    return {"cli.md": "\n".join((_OPENING, *sections, _exit_codes()))}


def _flat(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # typer's own kind of group
    """Yield every command with its whole name, those of groups behind the group's."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _flat(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


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
