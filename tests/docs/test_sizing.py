"""The figures that sizing starts from are those that were measured."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "sizing.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| .+ \| ([\d.,]+) \| ([\w-]+) \| ([\w-]+) \|$", re.MULTILINE)
FIGURES = [(float(text.replace(",", "")), file, key) for text, file, key in ROW.findall(PAGE)]

TOLERANCE = 1.6
"""A page is not written anew for each measurement, which varies so much from day to day."""


def test_table_of_figures_is_found() -> None:
    assert len(FIGURES) >= 20


@pytest.mark.parametrize(("figure", "file", "key"), FIGURES)
def test_figure_is_about_what_was_measured(figure: float, file: str, key: str) -> None:
    """Every size on the page is derived from these."""
    result = json.loads((ROOT / "benchmarks" / "results" / f"{file}.json").read_text())

    assert figure / TOLERANCE < result[key] < figure * TOLERANCE
