"""What `processors.archive.Archive` promises, of every engine that can be had."""

from collections.abc import Iterator

import pytest

from processors.archive import Archive
from runtide.log.port import Record
from runtide.store.port import MetricStore
from tests.bridge import Bridge, running_bridge
from tests.engine import ONE_SHARD, drop_store, empty_store, server_store, sharded_store

ALL_BYTES = bytes(range(256))


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server that the tests of this file share."""
    with running_bridge(tmp_path_factory.mktemp("bridge"), config=ONE_SHARD) as one:
        yield one


@pytest.fixture(params=["chdb", "bridge", "sharded"])
def store(request: pytest.FixtureRequest) -> Iterator[MetricStore]:
    """Return a store with empty tables in each engine in turn."""
    match request.param:
        case "chdb":
            opened = empty_store()
        case "bridge":
            opened = server_store(url=request.getfixturevalue("bridge").url)
        case "sharded":
            opened = sharded_store(url=request.getfixturevalue("bridge").url)
        case other:
            pytest.fail(f"no engine called {other!r}")
    yield opened
    drop_store(opened)


@pytest.fixture
def archive(store: MetricStore) -> Archive:
    return Archive(store)


def records(*offsets: int, partition: int = 3, value: bytes = ALL_BYTES) -> list[Record]:
    return [Record(partition, offset, f"run {offset}", value) for offset in offsets]


def test_records_come_back_as_they_were(archive: Archive) -> None:
    """Every byte: a record that no version could read yet may be read by a later one."""
    written = [*records(7, 8), Record(3, 9, "größe 🎈", b""), *records(10, value=b"\x00" * 9)]

    archive.write(written)

    assert archive.read(3, 7, bytes_max=1 << 20) == written


def test_span_is_that_of_what_was_written(archive: Archive) -> None:
    assert (archive.start(3), archive.end(3)) == (0, 0)

    archive.write(records(7, 8))
    archive.write(records(0, partition=4))

    assert (archive.start(3), archive.end(3)) == (7, 9)
    assert (archive.start(4), archive.end(4)) == (0, 1)


def test_reading_begins_where_it_is_told_and_ends_with_what_there_is(archive: Archive) -> None:
    archive.write(records(*range(300), value=b"x"))

    first = archive.read(3, 20, bytes_max=1 << 20)
    rest = archive.read(3, first[-1].offset + 1, bytes_max=1 << 20)

    assert [record.offset for record in first + rest] == list(range(20, 300))
    assert archive.read(3, 300, bytes_max=1 << 20) == []
    assert archive.read(5, 0, bytes_max=1 << 20) == []


@pytest.mark.parametrize(("bytes_max", "count"), [(1, 1), (256, 1), (511, 1), (512, 2), (9_999, 5)])
def test_reading_gives_at_least_one_and_no_more_than_it_is_told(
    archive: Archive, bytes_max: int, count: int
) -> None:
    """A record that is larger than the limit would stop a replay for ever."""
    archive.write(records(0, 1, 2, 3, 4))

    assert len(archive.read(3, 0, bytes_max=bytes_max)) == count


def test_records_that_are_written_again_are_there_once(archive: Archive) -> None:
    """A worker writes a batch before its checkpoint, and after a crash in other batches."""
    archive.write(records(0, 1, 2))
    archive.write(records(0, 1, 2))
    archive.write(records(1, 2, 3))

    assert [record.offset for record in archive.read(3, 0, bytes_max=1 << 20)] == [0, 1, 2, 3]


def test_nothing_is_written_for_no_records(archive: Archive, store: MetricStore) -> None:
    archive.write([])

    assert store.query("SELECT count() AS n FROM archive").to_pylist() == [{"n": 0}]
