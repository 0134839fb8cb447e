"""What the killed processes run: training scripts that say on standard output how far they are.

Called as `python -m tests.faults.scripts NAME`; the data folder comes by `RUNTIDE_HOME`.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import select
import signal
import sys
import time

import runtide
from runtide.errors import NotDelivered

POINTS_MAX = 200_000
"""Where a script stops logging and waits to be killed: the log stays small."""


def say(*words: object) -> None:
    """Print a line that the test waits for."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def log_for_ever() -> None:
    """Log consecutive integers to one metric, a string now and then, and flush in between."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in range(POINTS_MAX):
        run.log("count", i)
        if i % 1_000 == 999:
            run.log("word", f"word {i}")
            run.log_row("rows", i=i, half=i / 2)
            run.flush()
            say("flushed", i + 1)
    wait_to_be_killed()


def log_slowly() -> None:
    """Log integers in small steps and flush often, so that kills meet an active server."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in itertools.count():
        run.log("count", i)
        if i % 50 == 49:
            run.flush()
            say("flushed", i + 1)
            # The pace of a training loop: no test waits for this to pass.
            time.sleep(0.005)


def log_until_told() -> None:
    """Log integers at the pace of a training loop until a line comes; then end, and say how many."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    count = 0
    # The pace of a training loop, as above.
    while not select.select([sys.stdin], [], [], 0.005)[0]:
        for _ in range(5):
            run.log("count", count)
            count += 1
    run.complete()
    say("ended", count)


def log_and_ask() -> None:
    """Log integers, and say of how many the log has them and of how many they are kept for it."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in itertools.count():
        run.log("count", i)
        if i % 50 == 49:
            try:
                run.flush(0.2)
            except NotDelivered:
                say("kept", i + 1)
            else:
                say("flushed", i + 1)
            # The pace of a training loop, as above.
            time.sleep(0.005)


def log_then_end(count: str) -> None:
    """Log `count` integers and end in the ordinary way."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in range(int(count)):
        run.log("count", i)
    run.complete()
    say("ended")


def log_from_children(method: str) -> None:
    """Log from three child processes and this one, without any flush, and end."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    run.log("count", 0)
    multiprocessing.set_start_method(method)
    children = [
        multiprocessing.Process(target=log_as_child, args=(run, rank)) for rank in (1, 2, 3)
    ]
    for child in children:
        child.start()
    for i in range(1, 1_000):
        run.log("count", i)
    for child in children:
        child.join()
        assert child.exitcode == 0, child.exitcode
    run.complete()
    say("ended")


def log_as_child(run: runtide.Run, rank: int) -> None:
    """Log a thousand integers that say which child they come from."""
    for i in range(1_000):
        run.log("count", rank * 1_000_000 + i)


def log_from_bare_fork() -> None:
    """Log from a child of `os.fork` that ends by `sys.exit`, and from this process."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in range(500):
        run.log("count", i)
    child = os.fork()
    if child == 0:
        log_as_child(run, 1)
        sys.exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
    for i in range(500, 1_000):
        run.log("count", i)
    run.complete()
    say("ended")


def log_at_leisure() -> None:
    """Log for about a second, as a training loop does, and end."""
    run = runtide.init(experiment="faults")
    say("run", run.id)
    for i in range(100_000):
        run.log("count", i)
        if i % 1_000 == 999:
            # The pace of a training loop, as above.
            time.sleep(0.005)
    run.complete()
    say("ended")


def wait_to_be_killed() -> None:
    """Stay until the kill comes."""
    say("waiting")
    while True:
        signal.pause()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
