"""Which states a run can go into from where it stands."""

from __future__ import annotations

from typing import Final

from runtide.core.events import TERMINAL

_BEFORE_PREPARING: Final = frozenset({"NotStarted", "Queued", "Provisioning"})
_AFTER_CANCEL: Final = TERMINAL | {"CancelRequested", "Finalizing", "NotResponding"}


def is_accepted(status: str, *, after: str) -> bool:
    """Whether a run whose status is `after` takes on `status`.

    The first terminal state stays. A run whose end was asked for goes on to its end: whoever
    executes it may say once more that it is starting before the request reaches it. Preparing is
    how a run is taken, so it counts once: of several queues that say it, the first has the run.
    """
    if after in TERMINAL:
        return False
    if status == "Preparing" and after not in _BEFORE_PREPARING:
        return False
    return after != "CancelRequested" or status in _AFTER_CANCEL
