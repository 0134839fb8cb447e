"""What a partition's fold does besides folding, and when."""

from processors.archive import TABLE, Archive
from processors.drivers.partition import PartitionFold
from tests.building import points, record
from tests.engine import drop_store, empty_store
from tests.faulty import FaultyStore


def test_records_are_archived_before_anything_says_that_they_are_folded() -> None:
    """A worker that dies in between does it again; the other way round, it never would."""
    store = empty_store()
    faulty = FaultyStore(store, [])
    fold = PartitionFold(
        faulty, 0, next_offset=0, retried=lambda call: call(), on_records=Archive(faulty).write
    )

    fold.fold([record(0, points("loss", 1.0)), record(1, points("loss", 2.0))])

    drop_store(store)
    assert (faulty.tables[0], faulty.tables[-1]) == (TABLE, "ingest_progress")
