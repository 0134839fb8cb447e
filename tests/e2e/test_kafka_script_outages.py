"""Scripts whose brokers are away: they notice nothing, and what they log arrives when they can."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.log.kafka import KafkaLog
from tests.broker import Broker
from tests.recorded import Recorded, recorded_in
from tests.scripts import script_environment
from tests.topics import fresh_settings

pytestmark = pytest.mark.kafka

DEADLINE_S = 120
LAST_WILL = "import runtide\nwith runtide.init() as run:\n    run.log('z', 1)\n"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Return a broker that tests may stop; the next test finds it running."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()


class Script:
    """A script in a process of its own, that can be told to go on."""

    def __init__(self, folder: Path, source: str, **environment: str) -> None:
        self.folder = folder
        path = folder / "script.py"
        path.write_text(textwrap.dedent(source))
        self._process = subprocess.Popen(
            [sys.executable, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=script_environment(folder / "home", **environment),
        )

    def wait_for(self, word: str) -> None:
        """Return when the script has printed `word`."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == f"{word}\n"

    def go_on(self) -> None:
        """Answer the script's `input()`."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def ended(self) -> subprocess.CompletedProcess[str]:
        """Wait for its end."""
        try:
            out, err = self._process.communicate(timeout=DEADLINE_S)
        finally:
            self._process.kill()
            self._process.wait()
        return subprocess.CompletedProcess([], self._process.returncode, out, err)

    def spooled_bytes(self) -> int:
        return sum(path.stat().st_size for path in (self.folder / "home").rglob("*.spool"))


class Topic:
    """A topic of one partition, and scripts that log to it."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.settings = fresh_settings(broker.bootstrap)
        self.folder = folder

    def start(self, source: str, **more: str) -> Script:
        environment = {
            "RUNTIDE_URL": f"kafka://{self.settings.bootstrap[0]}/{self.settings.topic}",
            "RUNTIDE_KAFKA_PARTITIONS": "1",
        }
        return Script(self.folder, source, **environment | more)

    def wait_until_grown(self) -> None:
        """Return when somebody has appended after the call."""
        log = KafkaLog(self.settings)
        assert log.wait(0, log.end(0), timeout_s=DEADLINE_S)
        log.close()

    def recorded(self) -> Recorded:
        log = KafkaLog(self.settings)
        try:
            return recorded_in(log)
        finally:
            log.close()


@pytest.fixture
def topic(broker: Broker, tmp_path: Path) -> Topic:
    return Topic(broker, tmp_path)


def test_script_that_started_before_its_broker_delivers_all_in_order(
    broker: Broker, topic: Topic
) -> None:
    broker.stop()
    try:
        script = topic.start(
            """
            import runtide
            run = runtide.init()
            for i in range(3000):
                run.log("x", i)
            try:
                run.flush(1)
            except runtide.errors.NotDelivered as exc:
                print("away", flush=True)
            input()
            for i in range(3000, 6000):
                run.log("x", i)
            run.flush(60)
            print("delivered", flush=True)
            """
        )
        script.wait_for("away")
        assert script.spooled_bytes() > 0
    finally:
        broker.start()
    script.go_on()
    script.wait_for("delivered")
    done = script.ended()

    got = topic.recorded()
    assert done.returncode == 0
    (told,) = done.stderr.splitlines()
    assert "keeps what is logged on disk for later" in told
    assert f"nothing listens at {broker.bootstrap}: start the broker" in told
    assert got.values("x") == list(range(6000))
    assert got.statuses() == ["Running", "Completed"]
    assert (got.gaps(), script.spooled_bytes()) == ([], 0)


def test_broker_killed_under_a_script_costs_nothing(broker: Broker, topic: Topic) -> None:
    """What was in flight is sent again from the first, and known by its numbers."""
    script = topic.start(
        """
        import runtide, select, sys, time
        run = runtide.init()
        n = 0
        print("logging", flush=True)
        while not select.select([sys.stdin], [], [], 0.002)[0]:
            for _ in range(100):
                run.log("x", n)
                n += 1
        run.log("n", n)
        run.flush(60)
        """
    )
    script.wait_for("logging")
    for _ in range(2):
        topic.wait_until_grown()
        broker.kill()
        broker.start()
    script.go_on()
    done = script.ended()

    got = topic.recorded()
    (count,) = got.values("n")
    assert done.returncode == 0
    assert got.values("x") == list(range(int(count)))  # type: ignore[arg-type]  # it is a number
    assert got.statuses() == ["Running", "Completed"]
    assert (got.gaps(), script.spooled_bytes()) == ([], 0)


def test_next_script_delivers_what_one_left_whose_broker_was_away(
    broker: Broker, topic: Topic
) -> None:
    broker.stop()
    try:
        first = topic.start(
            """
            import runtide
            with runtide.init() as run:
                for i in range(3000):
                    run.log("x", i)
            """
        )
        done = first.ended()
        assert done.returncode == 0
        assert len(done.stderr.splitlines()) == 1
        assert first.spooled_bytes() > 0
    finally:
        broker.start()

    second = topic.start(LAST_WILL)
    assert second.ended().returncode == 0

    got = topic.recorded()
    assert (got.values("x"), got.values("z")) == (list(range(3000)), [1])
    assert sorted(got.statuses()) == ["Completed", "Completed", "Running", "Running"]
    assert (got.gaps(), second.spooled_bytes()) == ([], 0)


def test_frozen_broker_holds_up_neither_a_call_nor_for_long_the_end(
    broker: Broker, topic: Topic
) -> None:
    """Its connections stay open: whoever writes to one and waits would wait for ever."""
    script = topic.start(
        """
        import runtide, time
        run = runtide.init()
        run.log("x", -1)
        run.flush(30)
        print("ready", flush=True)
        input()
        took = []
        for i in range(100_000):
            started = time.perf_counter()
            run.log("x", i)
            took.append(time.perf_counter() - started)
        took.sort()
        print(took[-100] < 0.005, sum(took) < 10, flush=True)
        """
    )
    script.wait_for("ready")
    broker.pause()
    try:
        started_s = time.monotonic()
        script.go_on()
        done = script.ended()
        ended_s = time.monotonic()
    finally:
        broker.resume()

    assert (done.returncode, done.stdout) == (0, "True True\n")
    assert "does not answer within" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert ended_s - started_s < 45
    assert topic.start(LAST_WILL).ended().returncode == 0
    got = topic.recorded()
    assert got.values("x") == list(range(-1, 100_000))
    assert got.gaps() == []


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"RUNTIDE_URL": "kafka://no-such-host.invalid"}, "'no-such-host.invalid' is not known"),
        ({"RUNTIDE_KAFKA_CREATE_TOPICS": "false"}, "there is no topic"),
        (
            {
                "RUNTIDE_KAFKA_SECURITY": "sasl_plaintext",
                "RUNTIDE_KAFKA_USERNAME": "olive",
                "RUNTIDE_KAFKA_PASSWORD": "open-sesame",
            },
            "asks for no user",
        ),
    ],
    ids=["no such host", "no topic", "not for users"],
)
def test_setting_that_does_not_fit_is_told_once_and_costs_nothing(
    topic: Topic, environment: dict[str, str], told: str
) -> None:
    """It can be mended, and what was logged until then is kept."""
    script = topic.start(
        """
        import runtide
        with runtide.init() as run:
            for i in range(3000):
                run.log("x", i)
        """,
        **environment,
    )
    done = script.ended()

    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert told in line
    assert "open-sesame" not in line
    assert script.spooled_bytes() > 0


def test_missing_package_is_told_with_the_command_that_installs_it(topic: Topic) -> None:
    done = topic.start(
        """
        import sys
        sys.modules["aiokafka"] = None
        import runtide
        runtide.init()
        """
    ).ended()

    assert done.returncode == 1
    assert (
        "needs aiokafka, which is not installed: run `pip install 'runtide[kafka]'`" in done.stderr
    )
