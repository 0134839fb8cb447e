"""Envelopes of every event type at every version ever shipped, as bytes in files.

The folder only ever grows: a file that is there was written by some client, somewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "data" / "golden"


def golden_files() -> list[Path]:
    """Return the files, named `<type>-v<version>.json`."""
    return sorted(FOLDER.glob("*.json"))
