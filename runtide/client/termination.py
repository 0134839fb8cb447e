"""SIGTERM in a child of multiprocessing, which is how a pool ends its workers.

Python runs a signal's handler in the main thread, between two instructions. If the signal comes just
before that thread begins to wait for a lock, as an idle worker does, the handler runs when the lock is
free, which may be never: the worker would not end, and its pool would wait for it for ever. Python
writes the number of every signal to a descriptor at once, though; a thread reads it, and sends the
signal to the main thread again, which ends the wait.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_PATIENCE_S: Final = 0.2


class Termination:
    """What SIGTERM does to this process, if nobody else handles it."""

    def __init__(self) -> None:
        self._deliver: Callable[[], bool] = lambda: True
        self._begun = threading.Event()
        self._wakes: int | None = None

    def watch(self, deliver: Callable[[], bool]) -> None:
        """Call `deliver` before this process dies of the signal.

        From another thread than the main one this does nothing.

        Args:
            deliver: Returns whether the process is to die now. It runs in the main thread, in the
                midst of anything: it must take no lock that may be held there.
        """
        is_main = threading.current_thread() is threading.main_thread()
        handler = signal.getsignal(signal.SIGTERM)
        is_inherited = isinstance(getattr(handler, "__self__", None), Termination)
        if not is_main or (handler is not signal.SIG_DFL and not is_inherited):
            return
        self._deliver = deliver
        signal.signal(signal.SIGTERM, self._handle)
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        theirs = signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
        if theirs != -1:
            # That of an event loop, which waits for nothing without being woken by it.
            signal.set_wakeup_fd(theirs)
            os.close(reads)
            os.close(writes)
            return
        self._wakes = writes
        threading.Thread(
            target=self._wake, args=(reads,), name="runtide-terminated", daemon=True
        ).start()

    def leave_to_parent(self) -> None:
        """Be woken by nothing any more: called in a child that was forked."""
        if self._wakes is not None:
            signal.set_wakeup_fd(-1)
            os.close(self._wakes)
            self._wakes = None

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self._begun.is_set():
            return
        self._begun.set()
        if self._deliver():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _wake(self, reads: int) -> None:
        while signal.SIGTERM not in os.read(reads, 64):
            pass
        main = threading.main_thread().ident
        assert main is not None
        while not self._begun.wait(_PATIENCE_S):
            signal.pthread_kill(main, signal.SIGTERM)
