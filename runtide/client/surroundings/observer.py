"""The one thread of a process that looks at what is around its runs.

It exists while a run is open, and sleeps between two looks.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runtide.client.surroundings.console import CONSOLE_FILE, Console
from runtide.client.surroundings.gpus import find_gpus
from runtide.client.surroundings.origin import Origin
from runtide.client.writer import now_us
from runtide.core.events import Event, SystemMeasured

if TYPE_CHECKING:
    from runtide.client.surroundings.machine import Machine

DELAY_S: Final = 0.2
"""How long after its start a run is looked at first, unless it ends before: what a script does
first is not slowed down by it."""

ORIGIN_TIMEOUT_S: Final = 8.0
"""Longest that the end of a run waits until its origin is gathered."""

FIRST_INTERVAL_S: Final = 1.0
"""Over how long the machine is measured first, so that a short run is measured at all."""

_log = logging.getLogger("runtide")


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """A run, as far as it matters here.

    Attributes:
        record: Logs a fact of the run.
        text_rows: Returns the list in which the run's buffer takes the text of a file; None if
            what is printed is not to be kept.
        origin: What gathers what it was started with, if that is wanted.
        interval_s: How often its machine is measured; 0 is never.
    """

    record: Callable[[Event], None]
    interval_s: float
    origin: Origin | None = None
    text_rows: Callable[[str], list[Any]] | None = None


class Observer:
    """Looks after the runs that this process has open, the innermost last."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._console = Console()
        self._runs: list[Observed] = []
        self._origins: deque[tuple[float, Observed]] = deque()
        self._thread: threading.Thread | None = None
        self._sample_at_s = math.inf
        self._machine: Machine | None = None

    def begin(self, run: Observed) -> None:
        """Look after `run` from now on."""
        first_s = time.monotonic() + DELAY_S
        with self._changed:
            self._runs.append(run)
            self._lead_console()
            if run.origin is not None:
                self._origins.append((first_s, run))
            if run.interval_s:
                self._sample_at_s = min(self._sample_at_s, first_s)
            if self._thread is not None:
                self._changed.notify()
            elif run.origin is not None or run.interval_s:
                self._thread = threading.Thread(
                    target=self._look, name="runtide-observer", daemon=True
                )
                self._thread.start()

    def end(self, run: Observed) -> None:
        """Look after `run` no more. What was seen of it is logged when this returns."""
        with self._changed:
            if run not in self._runs:
                return
            waiting = [(at_s, one) for at_s, one in self._origins if one is run]
            if waiting:
                self._origins.remove(waiting[0])
                self._origins.appendleft((0.0, run))
                self._changed.notify()
        if run.origin is not None:
            run.origin.wait(ORIGIN_TIMEOUT_S)
        with self._changed:
            self._runs.remove(run)
            self._lead_console()
            self._changed.notify()

    def abandon(self) -> None:
        """In a forked child: let go of what the parent goes on looking after."""
        self._console.lead_to(None)

    def _lead_console(self) -> None:
        keeping = [run.text_rows for run in self._runs if run.text_rows is not None]
        self._console.lead_to(keeping[-1](CONSOLE_FILE) if keeping else None)

    def _look(self) -> None:
        while True:
            with self._changed:
                now_s = time.monotonic()
                at_s = min(self._sample_at_s, self._origins[0][0] if self._origins else math.inf)
                if not self._runs:
                    self._thread, self._machine = None, None
                    self._sample_at_s = math.inf
                    return
                if at_s > now_s:
                    self._changed.wait(None if at_s == math.inf else at_s - now_s)
                    continue
                is_origin = bool(self._origins) and self._origins[0][0] <= now_s
                run = self._origins.popleft()[1] if is_origin else None
            if run is None:
                self._sample()
            elif run.origin is not None:
                run.origin.gather()

    def _sample(self) -> None:
        """Measure the machine, and log that with every run that wants it."""
        try:
            if self._machine is None:
                self._machine = _this_machine()
                self._machine.measure()
                with self._changed:
                    self._sample_at_s = time.monotonic() + FIRST_INTERVAL_S
                return
            measured = self._machine.measure()
        except Exception as exc:  # noqa: BLE001  # explained below
            # Whatever a machine does not tell must not end the thread; it is not asked again.
            _log.warning("runtide measures the machine no more: %s", exc)
            with self._changed:
                self._sample_at_s = math.inf
            return
        ts_us, host = now_us(), os.uname().nodename
        with self._changed:
            for run in self._runs:
                if run.interval_s:
                    for name, value in measured:
                        run.record(
                            SystemMeasured(name=name, n=1, value=[value], ts_us=[ts_us], host=host)
                        )
            intervals = [run.interval_s for run in self._runs if run.interval_s]
            self._sample_at_s = time.monotonic() + min(intervals, default=math.inf)


def _this_machine() -> Machine:
    # Here and not above: psutil takes longer to import than all of the rest.
    from runtide.client.surroundings.machine import Machine  # noqa: PLC0415  # see above

    return Machine(pid=os.getpid(), folder=Path.cwd(), gpus=find_gpus())


_observer = Observer()


def begin(run: Observed) -> None:
    """Have this process look after `run` from now on."""
    _observer.begin(run)


def end(run: Observed) -> None:
    """Look after `run` no more. What was seen of it is logged when this returns."""
    _observer.end(run)


@contextmanager
def looking_after(run: Observed) -> Iterator[None]:
    """Look after `run` until the end of the block."""
    begin(run)
    try:
        yield
    finally:
        end(run)


def _after_fork_in_child() -> None:
    global _observer  # noqa: PLW0603  # another process has another thread, or none
    _observer.abandon()
    _observer = Observer()


os.register_at_fork(after_in_child=_after_fork_in_child)
