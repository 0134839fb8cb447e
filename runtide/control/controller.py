"""The loop of every controller: look, decide, act."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from runtide.client.options import load_options
from runtide.client.workspace import Workspace
from runtide.control.record import Record, now_us
from runtide.core.events import TERMINAL
from runtide.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.control.core.outcome import Outcome

LOOK_INTERVAL_S: Final = 0.25
"""How often a controller looks at its children."""

_RETRY_S: Final = 1.0
_US_PER_S: Final = 1_000_000

T = TypeVar("T")

_log = logging.getLogger("runtide.controller")


class Controller(Protocol):
    """What drives the children of one parent."""

    def turn(self) -> Outcome | None:
        """Do what there is to do now, and return how the parent ends, or None while it goes on.

        Raises:
            UnavailableError: Not all was done; the next turn does the rest.
        """
        ...


def run_to_end(record: Record, controller: Controller) -> None:
    """Take turns until the parent has ended, and record how."""
    outcome: Outcome | None = None
    while outcome is None:
        outcome = _patiently(controller.turn)
        if outcome is None:
            time.sleep(LOOK_INTERVAL_S)
    end = outcome
    say(f"{end.status}: {end.reason}")
    _patiently(lambda: record.end(end))


def main(make: Callable[[Record, dict[str, Any]], Controller]) -> None:
    """Drive the run that this process was submitted as.

    Raises:
        UsageError: Nobody submitted this process.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    parent_id = load_options().run_id
    if parent_id is None:
        message = "RUNTIDE_RUN_ID is not set: a controller is started for a run that was submitted"
        raise UsageError(message)
    record = Record(Workspace().place, parent_id)
    try:
        run_to_end(record, make(record, _patiently(record.specification)))
    finally:
        record.close()


def is_canceled(parent: dict[str, Any]) -> bool:
    """Whether the end of a parent is asked for, or it has ended without its controller."""
    return parent["status"] == "CancelRequested" or parent["status"] in TERMINAL


def is_over_time(parent: dict[str, Any], duration_s_max: float | None) -> bool:
    """Whether a parent is going on for longer than it may."""
    started_us = parent["started_us"]
    if duration_s_max is None or started_us is None:
        return False
    return now_us() - int(started_us) >= duration_s_max * _US_PER_S


def say(line: str) -> None:
    """Print a line for whoever reads the parent's output."""
    print(line, flush=True)  # noqa: T201  # the run's own output


def _patiently(act: Callable[[], T]) -> T:
    """Do something until it succeeds: a server that is away comes back."""
    said = ""
    while True:
        try:
            return act()
        except UnavailableError as exc:
            # Once an outage: it may last for days.
            if str(exc) != said:
                said = str(exc)
                _log.warning("tried again every %.0f s: %s", _RETRY_S, said)
            time.sleep(_RETRY_S)
