import threading
from collections.abc import Iterator

import pytest

from processors.core.lifecycle import SILENT_AFTER_US
from processors.drivers import liveness
from processors.drivers.liveness import LivenessWatch, SilenceCheck
from processors.drivers.local import LocalFold
from runtide.core.events import Event, Heartbeat, StateChanged
from runtide.errors import StoreUnavailable
from runtide.log.memory import MemoryLog
from runtide.log.port import Item
from runtide.store.port import MetricStore
from tests.building import record
from tests.engine import drop_store, empty_store

# The run was last heard of at 1, when its first envelope was sent.
LATER_US = SILENT_AFTER_US + 2
SOON_S = 30.0


class Watched:
    """A log with its fold and watch, without the watch's thread."""

    def __init__(self, store: MetricStore) -> None:
        self.store = store
        self.log = MemoryLog()
        self.fold = LocalFold(self.log, store)
        self.watch = LivenessWatch(self.log, store, self.fold)
        self.seq = 0

    def log_event(self, event: Event) -> None:
        self.seq += 1
        self.log.append([Item("a", record(0, event, seq=self.seq).value)])

    def fold_all(self) -> None:
        assert self.fold.wait_until(0, self.log.end(0), timeout_s=SOON_S)

    def status(self) -> list[str]:
        return [
            row["status"] for row in self.store.query("SELECT status FROM runs FINAL").to_pylist()
        ]


class LaggingProgress:
    """A fold that is where the test says."""

    def __init__(self, next_offset: int) -> None:
        self.offset = next_offset

    def next_offset(self, partition: int) -> int:
        return self.offset


@pytest.fixture
def watched() -> Iterator[Watched]:
    store = empty_store()
    opened = Watched(store)
    opened.fold.start()
    yield opened
    opened.watch.stop()
    opened.fold.stop()
    drop_store(store)


def test_silent_run_is_said_to_be_not_responding_once(watched: Watched) -> None:
    """The verdict is an event like any other, so that a replay comes to the same tables."""
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()

    assert watched.watch.check(now_us=LATER_US) == ["a"]
    watched.fold_all()
    assert watched.status() == ["NotResponding"]
    assert watched.watch.check(now_us=2 * LATER_US) == []


def test_run_that_was_heard_of_again_can_fall_silent_again(watched: Watched) -> None:
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()
    watched.watch.check(now_us=LATER_US)
    watched.log_event(Heartbeat(ts_us=LATER_US + 5))
    watched.fold_all()
    assert watched.status() == ["Running"]

    assert watched.watch.check(now_us=LATER_US + 10) == []
    assert watched.watch.check(now_us=3 * LATER_US) == ["a"]
    watched.fold_all()
    assert watched.status() == ["NotResponding"]


def test_nothing_is_said_while_the_fold_is_behind(watched: Watched) -> None:
    """The heartbeat that would disprove it may be among the records that are not folded yet."""
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()
    watched.fold.stop()
    watched.log_event(Heartbeat(ts_us=LATER_US))

    assert watched.watch.check(now_us=LATER_US) == []
    assert watched.log.end(0) == 2


def test_silence_is_found_in_a_log_that_is_never_folded_to_its_end(watched: Watched) -> None:
    """Runs that log all the time keep the fold a little behind; the one that died is found."""
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()
    progress = LaggingProgress(1)
    watch = LivenessWatch(watched.log, watched.store, progress)
    watched.log.append([Item("b", record(0, run="b", seq=1).value)])
    assert watch.check(now_us=LATER_US) == []

    progress.offset = 2
    watched.log.append([Item("b", record(0, run="b", seq=2).value)])

    assert watch.check(now_us=LATER_US + 1) == ["a"]


def test_run_of_another_partition_is_somebody_elses_to_judge(watched: Watched) -> None:
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()
    silence = SilenceCheck(watched.log, watched.store, watched.fold)

    assert silence.check(now_us=LATER_US, partitions=[], heard_us_by_run={}) == []


def test_run_that_was_heard_of_otherwise_is_not_silent(watched: Watched) -> None:
    """Whoever follows the log knows of a run's envelopes before the store does."""
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.fold_all()
    silence = SilenceCheck(watched.log, watched.store, watched.fold)

    heard = {"a": LATER_US}
    assert silence.check(now_us=LATER_US + 1, partitions=[0], heard_us_by_run=heard) == []


def test_watch_looks_by_itself_until_it_is_stopped(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is real here: the run was last heard of in 1970."""
    monkeypatch.setattr(liveness, "CHECK_INTERVAL_S", 0.01)
    watched.log_event(StateChanged(status="Running", ts_us=0))
    watched.watch.start()

    assert watched.log.wait(0, 1, timeout_s=SOON_S)
    watched.watch.stop()
    watched.watch.stop()


def test_watch_goes_on_when_it_could_not_look(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """ClickHouse away for a minute must not end the watch for good."""
    looks: list[int] = []

    def fail_once(*, now_us: int) -> list[str]:
        looks.append(now_us)
        if len(looks) == 1:
            raise StoreUnavailable("away")
        second_look.set()
        return []

    second_look = threading.Event()
    monkeypatch.setattr(liveness, "CHECK_INTERVAL_S", 0.01)
    monkeypatch.setattr(watched.watch, "check", fail_once)
    watched.watch.start()

    assert second_look.wait(SOON_S)
    assert [r.message for r in caplog.records] == ["liveness is checked again in 0 s: away"]


@pytest.mark.parametrize(
    ("writer", "want"), [("liveness-1", True), ("query-api-1", True), ("w", False)]
)
def test_what_others_write_of_a_run_is_told_from_what_it_writes_itself(
    writer: str, *, want: bool
) -> None:
    """Every record is looked at, so no envelope is parsed for it."""
    value = record(0, Heartbeat(ts_us=1), writer=writer).value

    assert liveness.is_from_outside(value) is want
    assert liveness.is_from_outside(b"{") is False
