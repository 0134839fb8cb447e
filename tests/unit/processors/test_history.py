import pytest

from processors.replay.history import History
from runtide.errors import OffsetGap, RecordsExpired
from runtide.log.memory import MemoryLog
from runtide.log.port import Item, Record

BYTES_MAX = 1 << 20


def filled(count: int, *, start: int = 0) -> MemoryLog:
    log = MemoryLog()
    log.append([Item("a", str(i).encode()) for i in range(count)])
    log.expire(0, start)
    return log


def offsets(history: History) -> list[int]:
    """Return the offsets of all records, read as a fold does."""
    found: list[Record] = []
    place = history.start(0)
    while records := history.read(0, place, bytes_max=3):
        found += records
        place = records[-1].offset + 1
    return [record.offset for record in found]


def test_history_without_an_archive_is_the_log() -> None:
    assert offsets(History(filled(9, start=4))) == [4, 5, 6, 7, 8]


@pytest.mark.parametrize("archived", [5, 7, 9])
def test_archive_comes_first_and_the_log_goes_on_where_it_can(archived: int) -> None:
    """The archive is made from the log, so the two overlap."""
    assert offsets(History(filled(9, start=5), filled(archived))) == list(range(9))


@pytest.mark.parametrize("archive", [filled(0), filled(8, start=6)], ids=["empty", "younger"])
def test_archive_that_has_nothing_older_is_not_read(archive: MemoryLog) -> None:
    assert offsets(History(filled(9, start=4), archive)) == [4, 5, 6, 7, 8]


def test_archive_that_ends_before_the_log_starts_is_a_gap() -> None:
    """Folding around it would give tables with a hole that nobody sees."""
    with pytest.raises(OffsetGap, match="continues at offset 3, got 5"):
        History(filled(9, start=5), filled(3)).start(0)


def test_records_that_leave_the_log_while_it_is_read_come_from_the_archive() -> None:
    log, archive = filled(9), filled(9)
    history = History(log, archive)
    assert history.start(0) == 0

    log.expire(0, 6)

    assert [r.offset for r in history.read(0, 2, bytes_max=BYTES_MAX)] == list(range(2, 9))


def test_record_that_neither_has_is_a_gap() -> None:
    log, archive = filled(9), filled(3)
    history = History(log, archive)
    history.start(0)

    log.expire(0, 6)

    with pytest.raises(OffsetGap, match="continues at offset 4, got 6"):
        history.read(0, 4, bytes_max=BYTES_MAX)


def test_hole_in_the_archive_is_a_gap() -> None:
    class Holed(MemoryLog):
        def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
            found = super().read(partition, offset, bytes_max=bytes_max)
            return [record for record in found if record.offset != 1]

    archive = Holed()
    archive.append([Item("a", b"x")] * 5)
    history = History(filled(9, start=5), archive)
    history.start(0)

    with pytest.raises(OffsetGap, match="continues at offset 1, got 2"):
        history.read(0, 1, bytes_max=BYTES_MAX)


def test_expired_record_of_a_log_without_an_archive_says_so() -> None:
    with pytest.raises(RecordsExpired):
        History(filled(9, start=5)).read(0, 2, bytes_max=BYTES_MAX)


def test_history_has_the_log_s_partitions_and_end() -> None:
    log = MemoryLog(partition_count=3)
    history = History(log)

    assert history.partition_count == 3
    assert history.partition_of("run") == log.partition_of("run")
    assert history.end(0) == 0
