"""The page about filters names every field and operator there is, and its examples compile."""

import re
from pathlib import Path

import pytest

from query_api.core.cell_sql import ENTRY_HEADS
from query_api.core.filter import (
    OPERATORS,
    OTHER_FIELDS,
    TEXT_FIELDS,
    TIME_FIELDS,
    compile_filter,
)
from query_api.core.sorting import METRIC_SQL_BY_STAT

PAGE = (Path(__file__).parents[2] / "docs/how-to/find-runs.md").read_text(encoding="utf-8")
EXAMPLES = [
    line for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]


def first_cells(heading: str) -> set[str]:
    """Return what stands in backquotes in the first column of the table below a heading."""
    _, _, after = PAGE.partition(f"## {heading}\n")
    rows = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_page_names_every_field() -> None:
    entries = {f"{head}.NAME" for head in ENTRY_HEADS}
    stats = {f".{stat}" for stat in METRIC_SQL_BY_STAT} - {".last"} | {"metrics.NAME.last"}

    assert first_cells("Fields") == TEXT_FIELDS | TIME_FIELDS | OTHER_FIELDS | entries | stats


def test_page_names_every_operator() -> None:
    assert first_cells("Operators") == set(OPERATORS)


@pytest.mark.parametrize("text", EXAMPLES)
def test_example_of_the_page_compiles(text: str) -> None:
    assert compile_filter(text).sql


@pytest.mark.parametrize("op", OPERATORS)
def test_operator_that_the_page_names_is_one(op: str) -> None:
    assert compile_filter(f"name {op} a").sql
