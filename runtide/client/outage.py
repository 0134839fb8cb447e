"""What a sender knows of a log that does not take what it is sent. Pure."""

from __future__ import annotations

import math
from typing import Final

from runtide.errors import QuotaExceeded

_RETRY_INTERVAL_S_MIN: Final = 0.1
_RETRY_INTERVAL_S_MAX: Final = 5.0

FRESH_FAILURE_S: Final = 2.0
"""How long a failure to deliver answers for the attempts that an ending run would make."""


class Outage:
    """When the log is tried again, and why it was not well when it was tried last.

    Attributes:
        retry_at_s: When it is to be tried again.
        failed_at_s: When it did not answer, if it does not.
        cause: Why.
        is_on: Whether its last answer was that it takes nothing, or none.
    """

    def __init__(self) -> None:
        self.retry_at_s = 0.0
        self.failed_at_s = -math.inf
        self.cause = "the log has not answered yet"
        self.is_on = False
        self._asked_until_s = -math.inf
        self._retry_interval_s = _RETRY_INTERVAL_S_MIN

    def begin(self, exc: Exception, *, asked_s: float | None, now_s: float) -> None:
        """Note a failure, and for how long the log has asked to be left alone."""
        self.cause = str(exc)
        self.is_on = True
        # A run that ends does not give up early on who answers and only wants less at once.
        self.failed_at_s = -math.inf if isinstance(exc, QuotaExceeded) else now_s
        self._asked_until_s = -math.inf if asked_s is None else now_s + asked_s
        self.retry_at_s = now_s + (asked_s or self._retry_interval_s)
        self._retry_interval_s = min(2 * self._retry_interval_s, _RETRY_INTERVAL_S_MAX)

    def end(self) -> None:
        """Note that the log has taken something."""
        self.is_on = False
        self.retry_at_s = 0.0
        self.failed_at_s = -math.inf
        self._asked_until_s = -math.inf
        self._retry_interval_s = _RETRY_INTERVAL_S_MIN

    def latest_s(self, *, now_s: float, is_safe: bool) -> float:
        """Return from when on a failure tells as much as an attempt that is still to come.

        The log is tried at once if there was none since.

        Args:
            now_s: The time.
            is_safe: Whether what is not delivered is on disk: it would be lost otherwise, and is
                worth another attempt.
        """
        recently_s = now_s - (FRESH_FAILURE_S if is_safe else 0.0)
        if now_s < self._asked_until_s:
            # It asked to be left alone until then: its last answer is still the latest.
            return min(recently_s, max(self.failed_at_s, 0.0))
        if self.failed_at_s < recently_s:
            self.retry_at_s = 0.0
        return recently_s
