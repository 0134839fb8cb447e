"""What this process runs, and how it ends: senders, open runs, exit, fork, uncaught exceptions.

The only module-level state of the SDK, because a process is what it describes.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import traceback
import weakref
from types import TracebackType
from typing import Any, Final, Protocol

from runtide.client.options import Destination, load_options
from runtide.client.sender import Sender
from runtide.client.termination import Termination
from runtide.client.transport import Transport, open_transport
from runtide.client.writer import Writer

EXIT_TIMEOUT_S: Final = 20.0
"""Longest that the end of a process waits for the log, and for a disk."""

_KILLED_TIMEOUT_S: Final = 2.0


class OpenRun(Protocol):
    """A run that this process created and has not ended."""

    def end_at_exit(self, error: dict[str, Any] | None) -> None:
        """End the run: as failed with `error`, or else as completed."""
        ...


class _Process:
    """Everything that belongs to this process and not to its children."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.senders: dict[Destination, Sender] = {}
        self.open_runs: dict[int, OpenRun] = {}
        self.error: dict[str, Any] | None = None
        self.is_watched = False
        self.has_hooks = False
        self.is_ending = False
        self.is_terminated = False
        self.termination = Termination()


_process = _Process()
_writers: weakref.WeakValueDictionary[tuple[Destination, str], Writer] = (
    weakref.WeakValueDictionary()
)
# What a forked child inherited and must neither use nor close: its parent goes on using it.
_inherited: list[Transport] = []


def writer_for(place: Destination, run_id: str) -> Writer:
    """Return this process's writer of a run; it becomes another one when the process forks."""
    with _process.lock:
        writer = _writers.get((place, run_id))
        if writer is None:
            writer = Writer(run_id)
            _writers[place, run_id] = writer
        return writer


def sender_for(place: Destination) -> Sender:
    """Return this process's sender to `place`."""
    with _process.lock:
        sender = _process.senders.get(place)
        if sender is None:
            interval_s = load_options().flush_interval_ms / 1_000
            sender = Sender(place, open_transport(place), flush_interval_s=interval_s)
            _process.senders[place] = sender
        return sender


def has_sender(place: Destination) -> bool:
    """Return whether this process has logged anything to `place`."""
    return place in _process.senders


def enlist(writer: Writer, place: Destination) -> None:
    """Make sure that what `writer` logs is sent to `place`, to the end of the process."""
    with _process.lock:
        _watch_process()
        sender_for(place).enlist(writer)


def opened(run: OpenRun) -> None:
    """Note that `run` ends with this process, unless it is ended before."""
    with _process.lock:
        _process.open_runs[id(run)] = run


def ended(run: OpenRun) -> None:
    """Note that `run` needs no ending."""
    with _process.lock:
        _process.open_runs.pop(id(run), None)


def error_document(exc: BaseException) -> dict[str, Any]:
    """Return the error of a run that `exc` ended."""
    name = type(exc).__name__
    return {
        "code": "UserError",
        "message": f"User program failed with {name}: {exc}",
        "debug_type": name,
        "debug_message": str(exc),
        "debug_stack_trace": "".join(traceback.format_exception(exc)),
    }


def _watch_process() -> None:
    """Be there when this process ends, however it ends. The caller holds the lock."""
    if _process.is_watched:
        return
    _process.is_watched = True
    if not _process.has_hooks:
        _process.has_hooks = True
        _see_uncaught_exceptions()
    parent = _multiprocessing_parent()
    if parent is None:
        atexit.register(_at_exit)
        return
    # multiprocessing ends its children with os._exit: they skip atexit, but not its finalizers.
    # Those with a priority run first; ours comes after the caller's, which may log.
    util = sys.modules["multiprocessing.util"]
    util.Finalize(None, _at_exit, exitpriority=-100)
    _process.termination.watch(_deliver_before_termination)


def _multiprocessing_parent() -> object:
    process = sys.modules.get("multiprocessing.process")
    return process.parent_process() if process is not None else None


def _deliver_before_termination() -> bool:
    if _process.is_ending:
        # What was interrupted delivers already, and dies of the signal after it.
        _process.is_terminated = True
        return False
    # In a thread, because the interrupted code may hold a lock that delivering needs.
    thread = threading.Thread(target=_flush_all, args=(_KILLED_TIMEOUT_S,), daemon=True)
    thread.start()
    thread.join(_KILLED_TIMEOUT_S)
    return True


def _flush_all(timeout_s: float) -> None:
    for sender in list(_process.senders.values()):
        sender.deliver(timeout_s=timeout_s)


def _at_exit() -> None:
    _process.is_ending = True
    for run in list(_process.open_runs.values()):
        run.end_at_exit(_process.error)
    for place, sender in list(_process.senders.items()):
        sender.close(timeout_s=EXIT_TIMEOUT_S)
        _process.senders.pop(place, None)
    if _process.is_terminated:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)


def _before_fork() -> None:
    # A child that inherits a lock in the middle of its use would wait for ever.
    _process.lock.acquire()
    for sender in _process.senders.values():
        sender.transport.before_fork()


def _after_fork_in_parent() -> None:
    for sender in _process.senders.values():
        sender.transport.after_fork()
    _process.lock.release()


def _after_fork_in_child() -> None:
    global _process  # noqa: PLW0603  # another process has another description
    for sender in _process.senders.values():
        sender.abandon()
        _inherited.append(sender.transport)
    _process.termination.leave_to_parent()
    has_hooks = _process.has_hooks
    _process = _Process()
    _process.has_hooks = has_hooks
    for writer in list(_writers.values()):
        writer.restart()


def _see_uncaught_exceptions() -> None:
    """Remember what ends this process, and let the hooks that were there before show it."""
    next_hook, next_thread_hook = sys.excepthook, threading.excepthook

    def see(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
        _process.error = error_document(exc)
        next_hook(kind, exc, trace)

    def see_in_thread(args: threading.ExceptHookArgs) -> None:
        exc = args.exc_value
        if exc is not None and not isinstance(exc, SystemExit) and _process.error is None:
            _process.error = error_document(exc)
        next_thread_hook(args)

    sys.excepthook, threading.excepthook = see, see_in_thread


os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
