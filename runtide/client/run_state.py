"""How a run begins and ends: states, flushing, `with run:`."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self

from runtide.client import lifecycle
from runtide.client.run_core import RunCore
from runtide.client.surroundings import observer
from runtide.client.user import user_name
from runtide.client.writer import now_us
from runtide.core.events import StateChanged, Status
from runtide.errors import UsageError

COMPLETE_TIMEOUT_S: Final = 30.0
"""Longest that ending a run waits for the log, and for a disk."""


class StateMethods(RunCore):
    """The states of a run. The first terminal state wins over all later ones."""

    def start(self) -> None:
        """Mark the run as running."""
        self._change_state("Running")

    def complete(self) -> None:
        """Deliver everything and mark the run as completed.

        Files in `./outputs` are uploaded before. What cannot be delivered is kept and sent later,
        with a warning; nothing is raised for I/O. A script that was submitted is not marked: how
        its process ends says whether the run is completed.
        """
        self._end("Completed")

    def fail(
        self, error_details: str | BaseException | None = None, error_code: str | None = None
    ) -> None:
        """Deliver everything and mark the run as failed.

        Args:
            error_details: What went wrong: a message, or the exception itself.
            error_code: A short code for it. Default: `UserError`.

        Raises:
            UsageError: The details are neither text nor an exception.
        """
        error: dict[str, Any] = {"code": "UserError"}
        if isinstance(error_details, BaseException):
            error = lifecycle.error_document(error_details)
        elif isinstance(error_details, str):
            error["message"] = error_details
        elif error_details is not None:
            message = f"error_details is {error_details!r}: want text or an exception"
            raise UsageError(message)
        if error_code is not None:
            error["code"] = error_code
        self._end("Failed", error)

    def cancel(self) -> None:
        """Cancel the run.

        A run of this process is marked as canceled once everything is delivered. Of any other one
        the end is asked for: whoever executes a submitted run ends its processes, and says so when
        they are gone.

        Raises:
            Conflict: It has ended otherwise.
            NotFound: There is no such run.
            ServerUnavailable: It runs elsewhere, and no query API answers.
        """
        if self._is_own:
            self._end("Canceled")
            return
        self._deliver_first()
        self._details = self._reader.post(f"/runs/{self._quoted_id}/cancel", {"by": user_name()})

    def delete(self, children: bool = False) -> list[str]:
        """Put the run into the bin, and return the ids of the runs that are there now.

        No answer shows it any more; `restore` brings it back until it is purged.

        Args:
            children: Also the runs below it, at all levels.

        Raises:
            Conflict: It is going on: cancel or complete it first.
            NotFound: There is no such run, or it is deleted.
            ServerUnavailable: No query API answers.
        """
        self._deliver_first()
        question = {"children": "true" if children else None, "by": user_name()}
        runs: list[str] = self._reader.delete(f"/runs/{self._quoted_id}", question)["runs"]
        return runs

    def restore(self, children: bool = False) -> list[str]:
        """Take the run out of the bin, and return the ids of the runs that are there again.

        Args:
            children: Also the deleted runs below it, at all levels.

        Raises:
            NotFound: It is not in the bin.
            ServerUnavailable: No query API answers.
        """
        question = {"children": "true" if children else None, "by": user_name()}
        path = f"/runs/{self._quoted_id}/restore"
        runs: list[str] = self._reader.post(path, question)["runs"]
        return runs

    def flush(self, timeout_seconds: float = 300.0) -> None:
        """Wait until the event log has everything that was logged before the call.

        Raises:
            NotDelivered: The time is over. What is missing is kept and sent later.
        """
        self._sender.flush(timeout_s=timeout_seconds)

    def end_at_exit(self, error: dict[str, Any] | None) -> None:
        """End a run that its process left open; called when the process ends."""
        self._end("Completed" if error is None else "Failed", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if exc is None or (isinstance(exc, SystemExit) and exc.code in {None, 0}):
            self.complete()
        else:
            self.fail(exc)

    def _change_state(self, status: Status, error: dict[str, Any] | None = None) -> None:
        self._record(StateChanged(status=status, ts_us=now_us(), error=error))
        self._details["status"] = status

    def _end(self, status: Status, error: dict[str, Any] | None = None) -> None:
        lifecycle.ended(self)
        if not self._is_ended:
            self._is_ended = True
            if self._captures is not None:
                self._captures.finish()
            if self._observed is not None:
                observer.end(self._observed)
                self._observed = None
            self._sender.deliver(timeout_s=COMPLETE_TIMEOUT_S)
            if not (self._is_submitted and status == "Completed"):
                self._change_state(status, error)
        self._sender.deliver(timeout_s=COMPLETE_TIMEOUT_S)
        self._sender.park(self._writer)
