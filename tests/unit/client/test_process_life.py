"""However a process ends, multiplies or is interrupted: nothing lost, nothing doubled, no hang."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.recorded import recorded
from tests.scripts import run_script


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data folder that is not there yet."""
    return tmp_path / "home"


def test_normal_exit_delivers_everything_and_completes_the_run(home: Path) -> None:
    """Most scripts never call `complete`."""
    done = run_script(
        home,
        """
        import runtide
        run = runtide.init()
        for i in range(1000):
            run.log("x", i)
        """,
    )

    got = recorded(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert got.values("x") == list(range(1000))
    assert got.statuses() == ["Running", "Completed"]


def test_uncaught_exception_fails_the_run_with_its_error(home: Path) -> None:
    """The traceback is the first thing that its owner wants to see."""
    done = run_script(
        home,
        """
        import runtide
        run = runtide.init()
        run.log("x", 1.5)
        raise ArithmeticError("diverged")
        """,
    )

    got = recorded(home)
    assert done.returncode == 1
    assert "ArithmeticError: diverged" in done.stderr
    assert got.values("x") == [1.5]
    assert got.statuses() == ["Running", "Failed"]
    assert "diverged" in got.events()[-1].error["debug_stack_trace"]  # type: ignore[union-attr, index]  # a state with an error


def test_exception_in_a_with_block_fails_the_run_and_passes(home: Path) -> None:
    """Ctrl-C is one too."""
    done = run_script(
        home,
        """
        import runtide
        try:
            with runtide.init() as run:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            print("passed")
        """,
    )

    assert done.stdout == "passed\n"
    assert recorded(home).statuses() == ["Running", "Failed"]


@pytest.mark.parametrize(
    ("code", "want"),
    [("", "Completed"), ("0", "Completed"), ("3", "Failed"), ("'no data'", "Failed")],
)
def test_sys_exit_in_a_with_block_ends_the_run_by_its_code(
    home: Path, code: str, want: str
) -> None:
    """Scripts end early on purpose."""
    run_script(
        home,
        f"""
        import runtide, sys
        with runtide.init() as run:
            sys.exit({code})
        """,
    )

    assert recorded(home).statuses() == ["Running", want]


def test_exception_in_a_thread_fails_the_run(home: Path) -> None:
    """A training thread that died is no success."""
    run_script(
        home,
        """
        import runtide, threading
        run = runtide.init()
        def work():
            run.log("x", 1)
            raise ValueError("in a thread")
        thread = threading.Thread(target=work)
        thread.start()
        """,
    )

    got = recorded(home)
    assert got.values("x") == [1]
    assert got.statuses() == ["Running", "Failed"]


def test_kill_9_keeps_what_was_flushed_and_no_half_envelope(home: Path) -> None:
    """Nothing a process does at its end happens then."""
    done = run_script(
        home,
        """
        import os, runtide, signal
        run = runtide.init()
        for i in range(5000):
            run.log("x", i)
        run.flush()
        for i in range(5000, 6000):
            run.log("x", i)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    )

    got = recorded(home)
    assert done.returncode == -signal.SIGKILL
    assert got.values("x")[:5000] == list(range(5000))
    assert got.gaps() == []


def test_forked_child_sends_its_own_points_and_not_its_parents(home: Path) -> None:
    """A child inherits the buffer, and must not send it a second time."""
    done = run_script(
        home,
        """
        import os, runtide, sys
        run = runtide.init()
        for i in range(1000):
            run.log("parent", i)
        pid = os.fork()
        if pid == 0:
            for i in range(1000):
                run.log("child", i)
            sys.exit(0)
        os.waitpid(pid, 0)
        run.log("parent", 1000)
        """,
    )

    got = recorded(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert got.values("parent") == list(range(1001))
    assert got.values("child") == list(range(1000))
    assert got.statuses() == ["Running", "Completed"]
    assert got.gaps() == []


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_children_write_the_run_beside_their_parent(
    home: Path, method: str
) -> None:
    """They skip atexit, and a run reaches spawned ones by pickling."""
    done = run_script(
        home,
        f"""
        import multiprocessing, runtide

        def work(run, rank):
            for i in range(500):
                run.log(f"rank {{rank}}", i)

        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            run = runtide.init()
            run.log("before", 1)
            children = [context.Process(target=work, args=(run, rank)) for rank in range(2)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            run.log("after", 2)
        """,
    )

    got = recorded(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert [got.values(f"rank {rank}") for rank in range(2)] == [list(range(500))] * 2
    assert got.values("before") + got.values("after") == [1, 2]
    assert got.statuses() == ["Running", "Completed"]
    assert got.gaps() == []


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_terminated_pool_workers_lose_nothing(home: Path, method: str) -> None:
    """Leaving a pool's `with` block sends every worker SIGTERM at once."""
    done = run_script(
        home,
        f"""
        import multiprocessing, runtide

        def work(task):
            run, i = task
            run.log("x", i)

        if __name__ == "__main__":
            run = runtide.init()
            with multiprocessing.get_context({method!r}).Pool(2) as pool:
                pool.map(work, [(run, i) for i in range(100)], chunksize=1)
        """,
        RUNTIDE_FLUSH_INTERVAL_MS="30000",
    )

    got = recorded(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(got.values("x")) == list(range(100))  # type: ignore[type-var]  # integers


def test_child_that_waits_for_a_lock_is_terminated(home: Path) -> None:
    """The signal may come just before the wait begins, which then nothing interrupts.

    It is sent to another thread here: the main one waits, and is as little disturbed.
    """
    done = run_script(
        home,
        """
        import multiprocessing, runtide, signal, threading

        def work(run, never):
            run.log("x", 1)
            other = threading.Thread(target=terminate, args=(threading.main_thread(),))
            other.start()
            never.acquire()

        def terminate(main):
            wait_until_it_waits(main.native_id)
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

        def wait_until_it_waits(thread_id):
            path = f"/proc/self/task/{thread_id}/wchan"
            while not open(path).read().startswith("futex"):
                pass

        if __name__ == "__main__":
            run = runtide.init()
            context = multiprocessing.get_context("spawn")
            never = context.Lock()
            never.acquire()
            child = context.Process(target=work, args=(run, never))
            child.start()
            child.join()
            print(child.exitcode)
        """,
        RUNTIDE_FLUSH_INTERVAL_MS="30000",
    )

    assert (done.stdout, done.stderr) == ("-15\n", "")
    assert recorded(home).values("x") == [1]


def test_threads_lose_and_double_nothing(home: Path) -> None:
    """Eight threads extend one list while the collector takes from its front."""
    run_script(
        home,
        """
        import runtide, sys, threading
        sys.setswitchinterval(1e-5)
        run = runtide.init()
        def work(rank):
            for i in range(20_000):
                run.log("x", rank * 20_000 + i)
        threads = [threading.Thread(target=work, args=(rank,)) for rank in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
        RUNTIDE_FLUSH_INTERVAL_MS="1",
    )

    got = recorded(home)
    values = got.values("x")
    assert sorted(values) == list(range(160_000))  # type: ignore[type-var]  # integers
    assert got.steps("x") == list(range(160_000))
    for rank in range(8):
        mine = [v for v in values if v // 20_000 == rank]  # type: ignore[operator]  # integers
        assert mine == sorted(mine)  # type: ignore[type-var]  # integers


def test_asyncio_tasks_lose_nothing(home: Path) -> None:
    """`log` never awaits and never blocks the loop."""
    run_script(
        home,
        """
        import asyncio, runtide
        run = runtide.init()
        async def work(rank):
            for i in range(100):
                run.log(f"task {rank}", i)
                await asyncio.sleep(0)
        async def main():
            await asyncio.gather(*(work(rank) for rank in range(10)))
        asyncio.run(main())
        """,
    )

    got = recorded(home)
    assert [got.values(f"task {rank}") for rank in range(10)] == [list(range(100))] * 10


def test_child_does_not_end_its_parents_run(home: Path) -> None:
    """The parent is still training."""
    run_script(
        home,
        """
        import os, runtide, sys
        run = runtide.init()
        pid = os.fork()
        if pid == 0:
            run.log("x", 1)
            raise RuntimeError("a child's own problem")
        os.waitpid(pid, 0)
        """,
    )

    assert recorded(home).statuses() == ["Running", "Completed"]


def test_two_forks_at_once_deadlock_nothing(home: Path) -> None:
    """A fork may come while another thread holds any lock of ours."""
    done = run_script(
        home,
        """
        import os, runtide, sys, threading
        run = runtide.init()
        stop = threading.Event()
        def work():
            i = 0
            while not stop.is_set():
                run.log(f"name {i % 50}", i)
                i += 1
        thread = threading.Thread(target=work)
        thread.start()
        for n in range(20):
            pid = os.fork()
            if pid == 0:
                run.log("child", n)
                run.flush(20)
                os._exit(0)
            os.waitpid(pid, 0)
        stop.set()
        thread.join()
        """,
        RUNTIDE_FLUSH_INTERVAL_MS="1",
    )

    got = recorded(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(got.values("child")) == list(range(20))  # type: ignore[type-var]  # integers
    assert got.gaps() == []


def test_import_starts_no_thread(home: Path) -> None:
    done = run_script(
        home, "import threading, runtide\nprint([t.name for t in threading.enumerate()])"
    )

    assert done.stdout == "['MainThread']\n"
