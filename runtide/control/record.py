"""What a controller reads of its parent and children, and what it adds to their records."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson

from runtide.client.reading import Reader
from runtide.client.transport import open_transport
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import PropertiesAdded, StateChanged
from runtide.core.parents import SPECIFICATION_FILE
from runtide.core.shapes import metric_value
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from runtide.client.options import Destination
    from runtide.control.core.outcome import Outcome
    from runtide.core.events import Event

_CREATOR: Final = "controller"
"""The writer that submits a child. It is one, of one envelope, so that a child which is submitted
twice, though by two processes, is folded once."""

BY: Final = "controller"
"""Who changes states, as the record says."""
_WRITER_BYTES: Final = 12
_RUNS_PER_QUESTION: Final = 1000


class Record:
    """Reads through a query API, and records through whatever way to the log a script has.

    Args:
        place: Where both are.
        parent_id: The parent.
    """

    def __init__(self, place: Destination, parent_id: str) -> None:
        self.parent_id = parent_id
        # Whoever serves the folder executes its runs: without it there is nothing to drive.
        self._reader = Reader(place, starts_server=False)
        self._transport = open_transport(place)

    def parent(self) -> dict[str, Any]:
        """Return the parent's details.

        Raises:
            UnavailableError: No query API answers.
        """
        return self._reader.get(_path(self.parent_id))

    def specification(self) -> dict[str, Any]:
        """Return what the parent was submitted with.

        Raises:
            UnavailableError: No query API answers.
        """
        path = f"{_path(self.parent_id)}/files/{quote(SPECIFICATION_FILE)}"
        document: dict[str, Any] = orjson.loads(self._reader.content(path))
        return document

    def children(self) -> list[dict[str, Any]]:
        """Return the details of every child.

        Raises:
            UnavailableError: No query API answers.
        """
        return list(self._reader.items(f"{_path(self.parent_id)}/children"))

    def runs(self, run_ids: Collection[str]) -> list[dict[str, Any]]:
        """Return the details of some runs; one that is not in the record is left out.

        Raises:
            UnavailableError: No query API answers.
        """
        if not run_ids:
            return []
        question = {"runs": ",".join(run_ids), "limit": _RUNS_PER_QUESTION}
        found: list[dict[str, Any]] = self._reader.get("/runs", question)["items"]
        return found

    def history(self, run_id: str, metric: str) -> list[float]:
        """Return the numbers that a run has logged under one name, in the order of logging.

        Raises:
            UnavailableError: No query API answers.
        """
        answer = self._reader.columns(f"{_path(run_id)}/metrics", {"name": metric})
        values = [metric_value(entry) for entry in answer["runs"].get(run_id, [])]
        flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
        return [float(v) for v in flat if isinstance(v, int | float)]

    def submit(self, run_id: str, events: Sequence[Event]) -> None:
        """Record that a child exists, all of it or nothing; twice is once.

        Raises:
            UnavailableError: Nothing is known about the outcome; retry.
        """
        self._append(run_id, events, writer=_CREATOR)

    def ask_to_end(self, run_id: str, reason: str, properties: Mapping[str, str]) -> None:
        """Record that the end of a child is asked for.

        Raises:
            UnavailableError: Nothing is known about the outcome; retry.
        """
        events: list[Event] = [
            StateChanged(status="CancelRequested", ts_us=now_us(), by=BY, reason=reason)
        ]
        if properties:
            events.append(PropertiesAdded(ts_us=now_us(), set=dict(properties)))
        self._append(run_id, events, writer=_any_writer())

    def end(self, outcome: Outcome) -> None:
        """Record how the parent ended.

        Raises:
            UnavailableError: Nothing is known about the outcome; retry.
        """
        status, reason = outcome
        error = {"code": "ChildrenFailed", "message": reason} if status == "Failed" else None
        state = StateChanged(status=status, ts_us=now_us(), by=BY, reason=reason, error=error)
        self._append(self.parent_id, [state], writer=_any_writer())

    def close(self) -> None:
        """Let go of the way to the log."""
        self._transport.close()

    def _append(self, run_id: str, events: Sequence[Event], *, writer: str) -> None:
        value = encode_envelope(
            run=run_id,
            writer=writer,
            seq=1,
            sent_us=now_us(),
            events=[event_document(event) for event in events],
        )
        self._transport.send([Item(run_id, value)])


def now_us() -> int:
    """Return the time."""
    return time.time_ns() // 1_000


def _any_writer() -> str:
    # One event of a writer of its own: there is no number to keep, whatever happens.
    return f"{_CREATOR}-{secrets.token_hex(_WRITER_BYTES)}"


def _path(run_id: str) -> str:
    return f"/runs/{quote(run_id, safe='')}"
