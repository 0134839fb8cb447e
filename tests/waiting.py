"""Waiting on something observable, with a deadline: never for a while."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DEADLINE_S: Final = 60.0
_LOOK_INTERVAL_S: Final = 0.02


def wait_until(claim: Callable[[], object], *, what: str, deadline_s: float = DEADLINE_S) -> None:
    """Return when `claim` holds; fail, saying `what` does not, when time is over."""
    end_s = time.monotonic() + deadline_s
    while not claim():
        assert time.monotonic() < end_s, f"not within {deadline_s:.0f} s: {what}"
        threading.Event().wait(_LOOK_INTERVAL_S)
