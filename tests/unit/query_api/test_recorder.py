"""How the query API numbers what it appends, and what it does when the log fails."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from threading import Event as Flag

import pytest

from query_api import recorder
from query_api.recorder import Recorder
from runtide.core.envelope import Envelope, parse_envelope
from runtide.core.events import RunDescribed
from runtide.errors import EnvelopeTooLarge, FoldBehind, LogUnavailable
from runtide.log.memory import MemoryLog
from runtide.log.port import Item

RENAMED = RunDescribed(ts_us=1, name="new")


class Folded:
    """A fold that is wherever the log is, or nowhere."""

    failure: Exception | None = None

    def __init__(self, *, is_behind: bool = False) -> None:
        self.is_behind = is_behind

    def next_offset(self, partition: int) -> int:
        del partition
        return 0

    def wait_until(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        del partition, offset, timeout_s
        return not self.is_behind


class LossyLog(MemoryLog):
    """A log that takes an append or loses it, and says in both cases that it is away."""

    def __init__(self, *takes: bool) -> None:
        super().__init__()
        self.takes = list(takes)

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        if not self.takes:
            return super().append(items)
        if self.takes.pop(0):
            super().append(items)
        message = "away"
        raise LogUnavailable(message)


class LingeringLog(MemoryLog):
    """A log that is slow to append: whoever may come in meanwhile comes in before it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = 0
        self.changed = Condition()

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        with self.changed:
            self.inside += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.inside > 2, timeout=0.05)
        ends = super().append(items)
        with self.changed:
            self.inside -= 1
        return ends


def envelopes(log: MemoryLog) -> list[Envelope]:
    return [parse_envelope(r.value) for r in log.read(0, 0, bytes_max=1 << 30)]


def test_envelopes_of_concurrent_requests_are_numbered_without_gaps() -> None:
    """A number that is missing is a loss, and one that comes twice is skipped by the fold."""
    log = LingeringLog()
    under_test = Recorder(log, Folded())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: under_test.record("ab"[i % 2], [RENAMED]), range(16)))

    for run in "ab":
        mine = [e for e in envelopes(log) if e.run == run]
        assert [e.seq for e in mine] == list(range(1, 9))
        assert len({e.writer for e in mine}) == 1


@pytest.mark.parametrize("was_taken", [True, False])
def test_append_of_unknown_outcome_leaves_neither_a_gap_nor_a_number_twice(
    *, was_taken: bool
) -> None:
    """The next number would be a gap if the log lost it, and the same one if it did not."""
    log = LossyLog(was_taken)
    under_test = Recorder(log, Folded())

    with pytest.raises(LogUnavailable):
        under_test.record("a", [RENAMED])
    under_test.record("a", [RENAMED])
    under_test.record("a", [RENAMED])

    seqs: dict[str, list[int]] = {}
    for envelope in envelopes(log):
        seqs.setdefault(envelope.writer, []).append(envelope.seq)
    assert list(seqs.values()) == ([[1]] if was_taken else []) + [[1, 2]]


def test_change_that_is_too_large_writes_nothing_and_the_next_one_goes_on() -> None:
    log = MemoryLog()
    under_test = Recorder(log, Folded())

    with pytest.raises(EnvelopeTooLarge):
        under_test.record("a", [RunDescribed(ts_us=1, description="x" * 1_000_000)])
    under_test.record("a", [RENAMED])

    assert [e.seq for e in envelopes(log)] == [1]


def test_change_that_is_not_folded_in_time_says_that_it_is_recorded() -> None:
    log = MemoryLog()
    under_test = Recorder(log, Folded(is_behind=True), shown_timeout_s=0.0)

    with pytest.raises(FoldBehind, match="recorded, at 0:1"):
        under_test.record("a", [RENAMED])

    assert len(envelopes(log)) == 1


def test_change_does_not_wait_for_ever_behind_one_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "TURN_TIMEOUT_S", 0.01)
    entered, released = Flag(), Flag()

    class HungLog(MemoryLog):
        def append(self, items: Sequence[Item]) -> dict[int, int]:
            entered.set()
            assert released.wait(30)
            return super().append(items)

    under_test = Recorder(HungLog(), Folded())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(under_test.record, "a", [RENAMED])
        assert entered.wait(30)
        with pytest.raises(LogUnavailable, match="earlier changes of a"):
            under_test.record("a", [RENAMED])
        released.set()
        first.result(30)


def test_only_so_many_writers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is forgotten is another writer when it comes back, so its numbers begin again."""
    monkeypatch.setattr(recorder, "WRITERS_MAX", 1)
    log = MemoryLog()
    under_test = Recorder(log, Folded())

    for run in "aba":
        under_test.record(run, [RENAMED])

    found = envelopes(log)
    assert [e.seq for e in found] == [1, 1, 1]
    assert len({e.writer for e in found}) == 3
