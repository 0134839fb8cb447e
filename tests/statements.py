"""What analysts write, and what somebody writes who means harm: a line each, by kind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "data" / "sql"


def _statements(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("-- ")]


HOSTILE: Final = _statements("hostile.sql")
"""`{secret}` stands for a file that is there, `{written}` for one that is not."""

HONEST: Final = _statements("honest.sql")
"""Statements over the record of `tests.analyzed`."""
