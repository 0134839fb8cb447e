"""The captures that the suite turns off: its many short runs are not about them."""

from __future__ import annotations

from typing import Final

NO_CAPTURES: Final = {
    "RUNTIDE_CAPTURE_CONSOLE": "0",
    "RUNTIDE_CAPTURE_GIT": "0",
    "RUNTIDE_CAPTURE_HOST": "0",
    "RUNTIDE_CAPTURE_PACKAGES": "0",
    "RUNTIDE_SYSTEM_INTERVAL_S": "0",
}
"""A test that is about one of them sets it anew; `tests/docs` runs with the defaults of users."""
