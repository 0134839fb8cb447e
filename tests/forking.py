"""The process that forks the tests' processes: `python -m tests.forking CONTROL`, by `tests.forked`.

CONTROL is the number of a socket. Each message on it is JSON of what to run, with four descriptors:
the three streams of the new process, and one on which its exit code will be written. The answer is
its process id. It ends when the socket is closed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib import import_module
from typing import Any, Final, NoReturn

from runtide.store.arrow_alone import leave_pandas_out

MODULES: Final = (
    "processors.drivers.faust_app",
    "processors.replay.replay",
    "runtide.cli.app",
    "runtide.cluster.ingest",
    "runtide.cluster.processors",
    "runtide.cluster.query_api",
    "runtide.embedded",
    "runtide.log.kafka",
    "runtide.store.server",
    "tests.cluster.worker_process",
)
"""What the processes of the tests import, but chDB: that starts threads, which no fork survives."""

MESSAGE_BYTES_MAX: Final = 1 << 20


class _Forked(Exception):  # leads out of the loop in the new process
    """This is the new process."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.wanted = wanted


def main() -> None:
    """Fork what is asked for until nobody can ask any more; in a fork, become what was asked for."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in MODULES:
        import_module(name)
    # A server's first act, which a fork has behind it.
    leave_pandas_out()
    # What is here now is in every fork: a collection that looked at it would copy it.
    gc.freeze()
    try:
        _serve(control)
    except _Forked as forked:
        wanted = forked.wanted
    else:
        return
    _become(wanted)


def _serve(control: socket.socket) -> None:
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # A Ctrl-C at the terminal is for whoever runs the tests.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    report_by_pid: dict[int, int] = {}
    control.sendall(b"ready")
    # Not `select`, which takes no descriptor beyond 1,023: whoever started this may have many open.
    watched = select.poll()
    for descriptor in (control.fileno(), woken):
        watched.register(descriptor, select.POLLIN)
    while True:
        readable = {descriptor for descriptor, _ in watched.poll()}
        if woken in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
            _report_the_dead(report_by_pid)
        if control.fileno() in readable:
            message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES_MAX, 4)
            if not message:
                return
            *streams, report = descriptors
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                control.close()
                _keep_streams(streams, [woken, wake, report, *report_by_pid.values()])
                raise _Forked(json.loads(message))
            for stream in streams:
                os.close(stream)
            report_by_pid[pid] = report
            control.sendall(str(pid).encode())


def _keep_streams(streams: list[int], others: list[int]) -> None:
    for descriptor in others:
        os.close(descriptor)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def _report_the_dead(report_by_pid: dict[int, int]) -> None:
    while report_by_pid:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        report = report_by_pid.pop(pid)
        # Whoever started it may be gone by now.
        with contextlib.suppress(BrokenPipeError):
            os.write(report, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(report)


def _become(wanted: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if wanted["has_own_session"]:
        os.setsid()
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    for name, mode, number in (("stdin", "r", 0), ("stdout", "w", 1), ("stderr", "w", 2)):
        stream = open(number, mode, buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115  # as at a start
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = [wanted["module"], *wanted["arguments"]]
    runpy.run_module(wanted["module"], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
