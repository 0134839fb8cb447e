"""A replay folds partitions at the same time, and ends as one."""

from __future__ import annotations

import threading

import pytest

from processors.replay.history import History
from processors.replay.rebuild import Folded, Patience, Rebuild
from runtide.log.memory import MemoryLog
from runtide.store.engine import ClickHouseStore
from tests.replay.histories import Script
from tests.replay.stores import WatchedStore
from tests.waiting import DEADLINE_S


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> MemoryLog:
    """Return a log of which each record is a batch."""
    monkeypatch.setattr("processors.replay.rebuild.BATCH_BYTES_MAX", 1)
    log = MemoryLog(partition_count=2)
    Script(log).append(40)
    return log


def test_one_partition_is_folded_while_the_store_takes_the_rows_of_another(
    log: MemoryLog, live: ClickHouseStore
) -> None:
    both = threading.Barrier(2)
    met: set[int] = set()

    def wait_for_the_other(_: str) -> None:
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            both.wait(DEADLINE_S)

    store = WatchedStore(live, before=wait_for_the_other)
    Rebuild(History(log), store, retried=Patience(), on_folded=lambda _: None).reach_end()

    assert len(met) == 2


def test_failure_of_one_partition_lets_the_other_end_the_batch_at_hand(
    log: MemoryLog, live: ClickHouseStore
) -> None:
    """Whoever is told of it may close the store."""
    folded: list[Folded] = []
    failing: list[int] = []

    def fail_first(_: str) -> None:
        if not failing:
            failing.append(threading.get_ident())
        if failing == [threading.get_ident()]:
            raise ZeroDivisionError
        rebuild._stopped.wait(DEADLINE_S)

    store = WatchedStore(live, before=fail_first)
    rebuild = Rebuild(History(log), store, retried=Patience(), on_folded=folded.append)

    with pytest.raises(ZeroDivisionError):
        rebuild.reach_end()

    assert len(folded) <= 1
    assert [t.name for t in threading.enumerate() if t.name.startswith("runtide-replay")] == []
