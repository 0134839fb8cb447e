"""Starting before what one needs has started."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, TypeVar

from runtide.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0)

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


def patiently(open_: Callable[[], _T]) -> _T:
    """Return what `open_` returns once it does not raise `UnavailableError`; log each attempt.

    The services of a cluster start in any order, and one that ended because another was not there
    yet would only be started again.
    """
    attempt = 0
    while True:
        try:
            return open_()
        except UnavailableError as exc:
            pause_s = _PAUSES_S[min(attempt, len(_PAUSES_S) - 1)]
            attempt += 1
            _log.warning("starting again in %.1f s: %s", pause_s, exc)
            time.sleep(pause_s)
