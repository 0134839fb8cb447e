"""The queue of a compute target: it looks, decides and acts, again and again."""

from __future__ import annotations

import logging
import shutil
import time
from typing import TYPE_CHECKING, Final

from runtide.core.events import StateChanged
from runtide.core.parents import CONTROLLER_TARGET
from runtide.errors import RuntideError, UsageError
from runtide.jobs import launcher
from runtide.jobs.core.outcome import Outcome, failed
from runtide.jobs.core.queue import Action, ActiveRun, Owner, Verb, View, decide
from runtide.jobs.engine import Launch
from runtide.jobs.folders import JobFolder, handed_runs

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from runtide.jobs.board import Board
    from runtide.jobs.engine import Engine

POLL_INTERVAL_S: Final = 0.25
"""How often it is looked whether a launcher has ended."""

STARTS_MAX: Final = 10
"""How often one queue starts the launcher of a run that goes on from the record."""

_RETRY_S: Final = 1.0

_log = logging.getLogger(__name__)


class JobQueue:
    """Takes the runs of one target as slots come free, and buries those whose launcher died.

    One thread runs it. It may die at any point: whoever comes next, with the same name and
    folder, finds the runs that it took and goes on.

    Args:
        board: What the record says.
        engine: What executes launchers.
        target: The compute target.
        name: What this queue is called in the record; the same after a restart, and no other's.
        slot_count: How many launchers may live at once.
        jobs: The folder that holds those of the runs.
        python: The interpreter of launchers, where they are executed.
        environment: The environment of launchers: where they log, and what they need to run.
    """

    def __init__(
        self,
        board: Board,
        engine: Engine,
        *,
        target: str,
        name: str,
        slot_count: int,
        jobs: Path,
        python: str,
        environment: Mapping[str, str],
    ) -> None:
        self._board = board
        self._engine = engine
        self._target = target
        self._name = name
        self._slot_count = slot_count
        self._jobs = jobs
        self._python = python
        self._environment = environment
        self._handed = handed_runs(jobs, target=target)
        self._asked: set[str] = set()
        self._start_count_by_run: dict[str, int] = {}
        self._owner_by_run: dict[str, Owner] = {}
        self._alive: set[str] = set()
        self._queued_count = 0

    @property
    def is_busy(self) -> bool:
        """Whether a run waits, or a launcher was not yet seen to its end."""
        return bool(self._handed or self._queued_count)

    def run(
        self,
        *,
        news: threading.Event,
        stopping: threading.Event,
        interval_s: float | None = None,
    ) -> None:
        """Look now, and then whenever there are `news` or a launcher has ended, until `stopping`.

        Setting `news` wakes it in either case.

        Args:
            news: Set when the record of the target may have changed.
            stopping: Set when it is over.
            interval_s: Look that often even without news.
        """
        news.set()
        while not stopping.is_set():
            try:
                if news.is_set() or interval_s is not None or self._has_one_ended():
                    news.clear()
                    self.look()
            except RuntideError as exc:
                _log.warning("the queue %s tries again in %.0f s: %s", self._target, _RETRY_S, exc)
                self._pause(news, stopping)
            # A thread that dies in silence would leave every run waiting: it is told, and goes on.
            except Exception:  # noqa: BLE001  # explained above
                _log.exception("the queue %s could not act: this is a bug in it", self._target)
                self._pause(news, stopping)
            else:
                news.wait(POLL_INTERVAL_S if self._handed else interval_s)

    @staticmethod
    def _pause(news: threading.Event, stopping: threading.Event) -> None:
        stopping.wait(_RETRY_S)
        news.set()

    def look(self) -> None:
        """See what there is to do, and do it.

        Raises:
            UnavailableError: Not all was done; the next look does the rest.
        """
        # In this order: a launcher that is gone by now has said before how its run ended.
        known = self._handed | {r for r, owner in self._owner_by_run.items() if owner is Owner.US}
        self._alive = self._engine.alive(known)
        runs = self._board.runs(self._target)
        self._queued_count = len(runs.queued)
        self._forget_ended(set(runs.status_by_active) | {run.run_id for run in runs.queued})
        view = View(
            queued=runs.queued,
            active=[
                ActiveRun(run_id, status, self._owner(run_id))
                for run_id, status in runs.status_by_active.items()
            ],
            handed=self._handed,
            alive=self._alive,
            asked=self._asked,
            resumable={run_id for run_id in runs.status_by_active if self._is_resumable(run_id)},
            slot_count=self._slot_count,
        )
        for action in decide(view):
            self._act(action)

    def _act(self, action: Action) -> None:
        run_id = action.run_id
        match action.verb:
            case Verb.TAKE:
                if self._board.claim(run_id, queue=self._name):
                    self._owner_by_run[run_id] = Owner.US
                    self._start(run_id)
                else:
                    self._owner_by_run[run_id] = Owner.ANOTHER
            case Verb.START:
                # Before a crash, the engine may have been given it all the same.
                if run_id in self._engine.alive([run_id]):
                    self._hand(run_id)
                else:
                    if run_id in self._handed:
                        _log.warning("the launcher of run %s died: starting another one", run_id)
                        self._engine.end_leftovers(run_id)
                    self._start(run_id)
            case Verb.CANCEL:
                self._engine.cancel(run_id)
                self._asked.add(run_id)
            case Verb.WITHDRAW:
                self._engine.end_leftovers(run_id)
                self._end(run_id, Outcome("Canceled", "canceled while no launcher executed it"))
            case Verb.BURY:
                self._engine.end_leftovers(run_id)
                words = self._engine.last_words(run_id)
                self._end(run_id, failed("the launcher died", words, code="LauncherDied"))

    def _start(self, run_id: str) -> None:
        self._start_count_by_run[run_id] = self._start_count_by_run.get(run_id, 0) + 1
        command = [self._python, "-P", "-m", launcher.__name__, run_id]
        try:
            self._engine.start(Launch(run_id, command, self._environment))
        except UsageError as exc:
            self._end(run_id, failed(str(exc)))
            return
        self._hand(run_id)

    def _hand(self, run_id: str) -> None:
        folder = JobFolder(self._jobs, run_id)
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.mark_handed(target=self._target)
        self._handed.add(run_id)
        self._alive.add(run_id)

    def _end(self, run_id: str, outcome: Outcome) -> None:
        state = StateChanged(
            status=outcome.status,
            ts_us=time.time_ns() // 1_000,
            by=self._name,
            reason=outcome.reason,
            error=outcome.error,
        )
        self._board.record(run_id, state)

    def _is_resumable(self, run_id: str) -> bool:
        is_one = self._target == CONTROLLER_TARGET
        return is_one and self._start_count_by_run.get(run_id, 0) < STARTS_MAX

    def _owner(self, run_id: str) -> Owner:
        known = self._owner_by_run.get(run_id)
        if known is not None:
            return known
        name = self._board.find_owner(run_id)
        if name is None:
            # Somebody may take it yet.
            return Owner.NOBODY
        owner = Owner.US if name == self._name else Owner.ANOTHER
        self._owner_by_run[run_id] = owner
        return owner

    def _forget_ended(self, unended: set[str]) -> None:
        for run_id in self._handed - self._alive - unended:
            shutil.rmtree(JobFolder(self._jobs, run_id).path, ignore_errors=True)
            self._handed.discard(run_id)
        self._asked &= unended
        self._owner_by_run = {r: o for r, o in self._owner_by_run.items() if r in unended}
        counts = self._start_count_by_run
        self._start_count_by_run = {r: n for r, n in counts.items() if r in unended}

    def _has_one_ended(self) -> bool:
        return bool(self._alive) and self._engine.alive(self._alive) != self._alive
