"""Every setting of the services, from the attribute docstrings of its class."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from runtide.client.options import Options
from runtide.settings import ROLES, SHARED, environment_name

_OPENING = """\
# Settings

Nothing needs to be set: the defaults are those of a laptop. A service refuses to start when the
environment has a `RUNTIDE_` name that it does not know, because a typo would mean the default.
"""


def pages() -> dict[str, str]:
    """Return one page with a table for each service, and for what several build on."""
    shared = (_section(title, group) for title, group in SHARED.items())
    sections = (_section(f"`runtide {command}`", role) for command, role in ROLES.items())
    return {"settings.md": "\n".join((_OPENING, _script_section(), *shared, *sections))}


def _script_section() -> str:
    """Return what a training script obeys: `options.Options`, by its attribute docstrings."""
    (options,) = ast.parse(inspect.getsource(Options)).body
    assert isinstance(options, ast.ClassDef), options
    meanings = [
        statement.value.value
        for statement in options.body[1:]
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    ]
    rows = ""
    for meaning in meanings:
        name, _, text = " ".join(meaning.split()).partition(": ")
        rows += f"| {name} | {text} |\n"
    return f"## A training script\n\n| name | meaning |\n|---|---|\n{rows}"


def _section(title: str, role: type[BaseSettings]) -> str:
    elsewhere = {
        name
        for group in SHARED.values()
        if group is not role and issubclass(role, group)
        for name in group.model_fields
    }
    rows = "".join(_row(n, field) for n, field in role.model_fields.items() if n not in elsewhere)
    opening = inspect.cleandoc(role.__doc__ or "")
    return f"## {title}\n\n{opening}\n\n| name | default | meaning |\n|---|---|---|\n{rows}"


def _row(name: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"| `{environment_name(name, field)}` | {_shown(field.default)} | {meaning} |\n"


def _shown(default: Any) -> str:  # noqa: ANN401  # a setting's default may have any type
    return "unset" if default is None else f"`{default}`"
