"""Scripts that log to Kafka: however they end or multiply, nothing is lost and nothing doubled."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from tests.recorded import Recorded, recorded_in
from tests.scripts import run_script
from tests.topics import fresh_settings

pytestmark = pytest.mark.kafka


class Cluster:
    """A topic of three partitions, and scripts that log to it."""

    def __init__(self, settings: KafkaSettings, home: Path) -> None:
        self.settings = settings
        self.home = home

    def run(self, source: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "RUNTIDE_URL": f"kafka://{self.settings.bootstrap[0]}/{self.settings.topic}",
            "RUNTIDE_KAFKA_PARTITIONS": "3",
        }
        return run_script(self.home, source, **environment | more)

    def recorded(self) -> Recorded:
        log = KafkaLog(self.settings)
        try:
            return recorded_in(log)
        finally:
            log.close()


@pytest.fixture
def cluster(kafka: str, tmp_path: Path) -> Cluster:
    return Cluster(fresh_settings(kafka, partitions=3), tmp_path / "home")


def test_normal_exit_delivers_everything_and_completes_the_run(cluster: Cluster) -> None:
    done = cluster.run(
        """
        import runtide
        run = runtide.init()
        for i in range(100_000):
            run.log("x", i)
        """
    )

    got = cluster.recorded()
    assert (done.returncode, done.stderr) == (0, "")
    assert got.values("x") == list(range(100_000))
    assert got.statuses() == ["Running", "Completed"]
    assert got.gaps() == []
    assert not any(path.is_file() for path in cluster.home.rglob("*"))


def test_uncaught_exception_fails_the_run(cluster: Cluster) -> None:
    done = cluster.run(
        """
        import runtide
        run = runtide.init()
        run.log("x", 1.5)
        raise ArithmeticError("diverged")
        """
    )

    got = cluster.recorded()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ArithmeticError: diverged"
    assert (got.values("x"), got.statuses()) == ([1.5], ["Running", "Failed"])


def test_kill_9_keeps_what_was_flushed(cluster: Cluster) -> None:
    done = cluster.run(
        """
        import os, runtide, signal
        run = runtide.init()
        for i in range(5000):
            run.log("x", i)
        run.flush()
        run.log("x", -1)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )

    got = cluster.recorded()
    assert done.returncode == -9
    assert got.values("x")[:5000] == list(range(5000))
    assert got.gaps() == []


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_terminated_pool_workers_lose_nothing(cluster: Cluster, method: str) -> None:
    """Leaving a pool's `with` block sends every worker SIGTERM at once."""
    done = cluster.run(
        f"""
        import multiprocessing, runtide
        def work(task):
            run, i = task
            run.log("x", i)
        if __name__ == "__main__":
            run = runtide.init()
            run.flush()
            with multiprocessing.get_context({method!r}).Pool(2) as pool:
                pool.map(work, [(run, i) for i in range(30)], chunksize=1)
        """,
        RUNTIDE_FLUSH_INTERVAL_MS="30000",
    )

    got = cluster.recorded()
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(got.values("x")) == list(range(30))  # type: ignore[type-var]  # integers
    assert got.gaps() == []


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_log_to_the_same_run_beside_their_parent(cluster: Cluster, method: str) -> None:
    """A child has its parent's connections, which it must neither use nor close."""
    done = cluster.run(
        f"""
        import multiprocessing, runtide
        def work(run, base):
            for i in range(1000):
                run.log(f"x{{base}}", i)
        if __name__ == "__main__":
            run = runtide.init()
            run.log("before", 1)
            run.flush()
            context = multiprocessing.get_context({method!r})
            children = [context.Process(target=work, args=(run, n)) for n in range(3)]
            for child in children:
                child.start()
            for i in range(1000):
                run.log("parent", i)
            for child in children:
                child.join()
            run.log("after", 1)
        """
    )

    got = cluster.recorded()
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("x0", "x1", "x2", "parent"):
        assert got.values(name) == list(range(1000))
    assert (got.values("before"), got.values("after")) == ([1], [1])
    assert got.gaps() == []


def test_forked_child_that_ends_as_any_script_leaves_its_parents_connection_open(
    cluster: Cluster,
) -> None:
    """What Python collects at the child's end must not be closed in the parent's name."""
    done = cluster.run(
        """
        import os, runtide, sys
        run = runtide.init()
        for i in range(20):
            run.log("x", i)
            run.flush()
            child = os.fork()
            if child == 0:
                run.log("child", i)
                sys.exit()
            assert os.waitpid(child, 0)[1] == 0
            run.log("y", i)
            run.flush(5)
        """
    )

    got = cluster.recorded()
    assert (done.returncode, done.stderr) == (0, "")
    assert got.values("x") == got.values("y") == list(range(20))
    assert sorted(got.values("child")) == list(range(20))  # type: ignore[type-var]  # integers
    assert got.gaps() == []


def test_threads_and_coroutines_of_a_script_log_at_once(cluster: Cluster) -> None:
    """The loop that carries is private: it is neither the script's nor in its way."""
    done = cluster.run(
        """
        import asyncio, runtide, threading
        run = runtide.init()
        def work(n):
            for i in range(2000):
                run.log(f"t{n}", i)
        async def steps(n):
            for i in range(200):
                run.log(f"c{n}", i)
                await asyncio.sleep(0)
        async def main():
            await asyncio.gather(*(steps(n) for n in range(3)))
            await asyncio.to_thread(run.flush)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        asyncio.run(main())
        for thread in threads:
            thread.join()
        """
    )

    got = cluster.recorded()
    assert (done.returncode, done.stderr) == (0, "")
    for n in range(3):
        assert got.values(f"t{n}") == list(range(2000))
        assert got.values(f"c{n}") == list(range(200))


def test_brokers_named_by_a_host_name_are_reached_to_the_very_end(cluster: Cluster) -> None:
    """Python's own thread for looking up names is gone when a process ends."""
    port = cluster.settings.bootstrap[0].rpartition(":")[2]
    done = cluster.run(
        """
        import runtide
        runtide.init().log("x", 1)
        """,
        RUNTIDE_URL=f"kafka://localhost:{port}/{cluster.settings.topic}",
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert cluster.recorded().values("x") == [1]


def test_files_go_where_the_settings_say(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    done = cluster.run(
        """
        import runtide
        from io import BytesIO
        with runtide.init() as run:
            run.upload_file("outputs/a.bin", BytesIO(b"model"))
        """,
        RUNTIDE_ARTIFACTS_URL=folder.as_uri(),
    )

    assert (done.returncode, done.stderr) == (0, "")
    (stored,) = [path for path in folder.rglob("*") if path.is_file()]
    assert stored.read_bytes() == b"model"
    assert stored.name in str(cluster.recorded().events())


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("run.upload_file('a', BytesIO(b'1'))", "set RUNTIDE_ARTIFACTS_URL"),
        ("run.get_metrics()", "set RUNTIDE_QUERY_URL"),
    ],
)
def test_what_kafka_alone_cannot_do_is_told_with_the_setting(
    cluster: Cluster, source: str, told: str
) -> None:
    done = cluster.run(
        f"""
        import runtide
        from io import BytesIO
        run = runtide.init()
        run.log("x", 1)
        try:
            {source}
        except runtide.errors.UsageError as exc:
            print(exc)
        """
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert told in done.stdout
    assert cluster.recorded().statuses() == ["Running", "Completed"]
