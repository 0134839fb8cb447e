"""What executes launchers, as the queue sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Launch(NamedTuple):
    """One launcher to start: a command that needs nothing but its environment."""

    run_id: str
    command: list[str]
    environment: Mapping[str, str]


class Engine(Protocol):
    """A way to execute launchers, by the id of their run.

    What every implementation promises, and `tests/jobs/test_engines.py` checks:

    1.  When `start` returns, the launcher will be executed though this process dies.
    2.  Another engine object, in another process, finds the same launchers by the same ids.
    3.  A launcher that waits for a place to be executed at lives.
    4.  A launcher that is told to cancel gets SIGTERM, or is never executed.

    What none of them promises: that starting the same run twice executes it once; a launcher sees
    to that itself where two can reach the same folder.
    """

    def start(self, launch: Launch) -> None:
        """Hand over a launcher.

        Raises:
            UsageError: The engine does not take it, and will not take it again.
            UnavailableError: Nothing is known about the outcome.
        """
        ...

    def alive(self, run_ids: Collection[str]) -> set[str]:
        """Return those of the runs whose launcher waits or is executed.

        Raises:
            UnavailableError: The engine does not answer; nothing is known.
        """
        ...

    def cancel(self, run_id: str) -> None:
        """Ask a launcher to cancel its run. One that is gone is none to ask.

        Raises:
            UnavailableError: Nothing is known about the outcome.
        """
        ...

    def end_leftovers(self, run_id: str) -> None:
        """End what a launcher that died has left running, where the engine can reach it."""
        ...

    def last_words(self, run_id: str) -> list[str]:
        """Return the last lines that a launcher said of itself, oldest first, as far as known."""
        ...
