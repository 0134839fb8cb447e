"""What the record says of a compute target, and what its queue adds to the record."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from runtide.client.reading import Reader
from runtide.client.transport import open_transport
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import StateChanged
from runtide.errors import NotFound
from runtide.jobs.core.queue import QueuedRun
from runtide.log.port import Item

if TYPE_CHECKING:
    from runtide.client.options import Destination

_WRITER_BYTES: Final = 12
CLAIM: Final = "Preparing"
"""The state by which a run is taken."""


class TargetRuns(NamedTuple):
    """The runs of a target: those that wait, and the others that have not ended by their status."""

    queued: list[QueuedRun]
    status_by_active: dict[str, str]


class Board:
    """Reads through a query API, and records through whatever way to the log a script has.

    Args:
        place: Where both are.
    """

    def __init__(self, place: Destination) -> None:
        self._reader = Reader(place)
        self._transport = open_transport(place)

    def runs(self, target: str) -> TargetRuns:
        """Return the runs of `target`, with everything that is in the log by now.

        Raises:
            ServerUnavailable: No query API answers.
        """
        try:
            answer = self._reader.get(f"/targets/{quote(target, safe='')}")
        except NotFound:
            # Nothing was ever submitted to it.
            return TargetRuns([], {})
        return TargetRuns(
            [
                QueuedRun(run["run_id"], run["priority"], run["submitted_us"])
                for run in answer["queued"]
            ],
            {run["run_id"]: run["status"] for run in answer["active"]},
        )

    def find_owner(self, run_id: str) -> str | None:
        """Return the queue that took a run: the first whose claim is in the log.

        Raises:
            ServerUnavailable: No query API answers.
        """
        answer = self._reader.get(f"/runs/{quote(run_id, safe='')}/states")
        return next((_owner(state) for state in answer["items"] if _is_claim(state)), None)

    def claim(self, run_id: str, *, queue: str) -> bool:
        """Try to take a run for `queue`, and return whether it is the first.

        The log decides: of several queues that claim a run, all see the same one first.

        Raises:
            UnavailableError: Nothing is known about the outcome.
        """
        taken = StateChanged(
            status=CLAIM, ts_us=_now_us(), by=queue, reason=f"taken by the queue {queue}"
        )
        self.record(run_id, taken)
        return self.find_owner(run_id) == queue

    def record(self, run_id: str, state: StateChanged) -> None:
        """Add a state to the record of a run.

        Raises:
            UnavailableError: Nothing is known about the outcome.
        """
        # One event of a writer of its own: there is no number to keep, whatever happens.
        value = encode_envelope(
            run=run_id,
            writer=f"queue-{secrets.token_hex(_WRITER_BYTES)}",
            seq=1,
            sent_us=_now_us(),
            events=[event_document(state)],
        )
        self._transport.send([Item(run_id, value)])

    def close(self) -> None:
        """Let go of the way to the log."""
        self._transport.close()


def _is_claim(state: dict[str, Any]) -> bool:
    return bool(state["status"] == CLAIM and state["accepted"])


def _owner(state: dict[str, Any]) -> str | None:
    by: str | None = state["by"]
    return by


def _now_us() -> int:
    return time.time_ns() // 1_000
