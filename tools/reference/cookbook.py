"""The cookbook: questions of the SQL page with the statements that answer them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

SOURCE: Final = Path(__file__).parents[2] / "dashboard" / "src" / "state" / "cookbook.sql"

_OPENING: Final = """\
# Cookbook

Questions that people ask of their runs, each with a statement that answers it. They stand under
*Questions* on the SQL page too, and tests run every one of them; how to ask is in
[Ask with SQL](../how-to/ask-with-sql.md). `{name:Type}` is a parameter that you give a value.
"""


class Recipe(NamedTuple):
    """One question.

    Attributes:
        group: The heading that it stands under.
        question: What is asked.
        text: Why, and how to read the answer.
        statement: What answers it, without a semicolon.
    """

    group: str
    question: str
    text: str
    statement: str


def recipes() -> list[Recipe]:
    """Return every question, in the order of the file."""
    found: list[Recipe] = []
    group = ""
    for part in re.split(r"^-- (?=##? )", SOURCE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        heading, *lines = part.splitlines() or [""]
        if heading.startswith("# "):
            group = heading.removeprefix("# ")
        elif heading.startswith("## "):
            text = " ".join(line[2:].strip() for line in lines if line.startswith("--"))
            statement = "\n".join(line for line in lines if not line.startswith("--"))
            found.append(
                Recipe(
                    group, heading.removeprefix("## "), text, statement.strip().removesuffix(";")
                )
            )
    return found


def pages() -> dict[str, str]:
    """Return one page with a section for each group."""
    lines = [_OPENING]
    group = ""
    for recipe in recipes():
        if recipe.group != group:
            group = recipe.group
            lines.append(f"## {group}\n")
        lines.append(f"### {recipe.question}\n\n{recipe.text}\n\n```sql\n{recipe.statement}\n```\n")
    return {"cookbook.md": "\n".join(lines)}
