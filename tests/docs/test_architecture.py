"""ARCHITECTURE.md names tests, folders and files; all of them are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
TOPS = ("runtide", "ingest", "processors", "query_api", "dashboard", "docs")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", TEXT))))
def test_invariant_is_kept_by_a_test_that_exists(name: str) -> None:
    """An invariant without its test is a wish."""
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z_]+/[\w/.]*)`", TEXT))))
def test_path_leads_somewhere(path: str) -> None:
    """Paths are given from the root, or from a folder that the sentence names before."""
    places = [ROOT, *(ROOT / top for top in TOPS)]

    assert any((place / path).exists() for place in places)
