"""Laws of the fold, on histories that real writers and a faulty transport could leave."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from processors.core.fold import State, step
from runtide.log.port import ERASED, Record
from tests import histories
from tests.building import points, record
from tests.merging import MergedTables

START = State(0)


def fold_in_batches(records: Sequence[Record], cuts: Sequence[int]) -> tuple[State, MergedTables]:
    """Fold the records in batches that end at the cuts, as a driver does."""
    state, tables = START, MergedTables()
    for end in [*sorted(cuts), len(records)]:
        state, effects = step(state, records[state.next_offset : end])
        tables.write(effects)
    return state, tables


def marks_of(tables: MergedTables) -> list[dict[str, Any]]:
    """Return the marks without their places: garbage in between moves what follows it."""
    return [row | {"pos": 0} for row in tables.rows("ingest_writers")]


cuts = st.lists(st.integers(0, 12), max_size=4)


@given(histories.histories(), cuts)
def test_where_batches_end_changes_nothing(records: list[Record], at: list[int]) -> None:
    """How much is folded at once depends on the load; the tables must not."""
    state, tables = fold_in_batches(records, [min(cut, len(records)) for cut in at])

    want_state, want = fold_in_batches(records, [])
    assert tables.contents() == want.contents()
    assert state == want_state


@given(histories.histories(), cuts)
def test_records_that_come_again_change_nothing(records: list[Record], at: list[int]) -> None:
    """A consumer that resumes from an old position hands over what was folded long ago."""
    state, tables = fold_in_batches(records, [])

    for cut in at:
        again, effects = step(state, records[cut:])
        tables.write(effects)
        assert again == state

    assert tables.contents() == fold_in_batches(records, [])[1].contents()


@given(histories.histories(), st.lists(st.tuples(st.integers(1, 12), st.integers(0, 8))))
def test_crash_between_effects_and_checkpoint_changes_nothing(
    records: list[Record], crashes: list[tuple[int, int]]
) -> None:
    """After each crash the driver knows what the tables say, and the tables hold half a batch."""
    tables = MergedTables()
    for batch, inserts_before_crash in crashes:
        state = tables.recovered_state()
        _, effects = step(state, records[state.next_offset : state.next_offset + batch])
        tables.write(effects, inserts_max=inserts_before_crash)
    state = tables.recovered_state()
    _, effects = step(state, records[state.next_offset :])
    tables.write(effects)

    assert tables.contents() == fold_in_batches(records, [])[1].contents()


@given(histories.histories())
def test_folding_again_from_the_start_into_the_same_tables_changes_nothing(
    records: list[Record],
) -> None:
    """A replay may run over tables that are there: every row has the key of what it holds."""
    _, tables = fold_in_batches(records, [])
    want = tables.contents()
    _, effects = step(START, records)

    tables.write(effects)

    assert tables.contents() == want


@given(histories.histories())
def test_state_in_the_tables_is_the_state_in_memory(records: list[Record]) -> None:
    """A driver that restarts goes on as if it had not, but for the dead letters in a row."""
    state, tables = fold_in_batches(records, [])

    assert tables.recovered_state() == replace(state, dead_in_a_row=0)


@given(
    histories.histories(),
    st.integers(0, 12),
    st.binary(min_size=1, max_size=40) | st.just(b'{"v":1}'),
)
def test_unreadable_record_costs_only_itself(
    records: list[Record], at: int, garbage: bytes
) -> None:
    """What comes before and after it folds to the same rows, but for their offsets."""
    at = min(at, len(records))
    later = [record._replace(offset=record.offset + 1) for record in records[at:]]
    _, tables = fold_in_batches([*records[:at], Record(0, at, "of-none", garbage), *later], [])

    _, want = fold_in_batches(records, [])
    got_rows, want_rows = tables.rows("scalars"), want.rows("scalars")
    assert len(tables.rows("dead_letters")) == len(want.rows("dead_letters")) + 1
    assert [row | {"pos": 0} for row in map(str_values, got_rows)] == [
        row | {"pos": 0} for row in map(str_values, want_rows)
    ]
    assert marks_of(tables) == marks_of(want)


@given(histories.histories(), st.integers(0, 12))
def test_erased_record_counts_for_nothing_and_leaves_no_gap(records: list[Record], at: int) -> None:
    """Its bytes are gone on purpose, so nothing is reported as lost where it was."""
    at = min(at, len(records))
    later = [record._replace(offset=record.offset + 1) for record in records[at:]]
    _, tables = fold_in_batches([*records[:at], Record(0, at, "a", ERASED), *later], [])

    _, want = fold_in_batches(records, [])
    assert len(tables.rows("dead_letters")) == len(want.rows("dead_letters"))
    assert marks_of(tables) == marks_of(want)


def str_values(row: dict[str, object]) -> dict[str, object]:
    """Return the row with its value as text, so that NaN equals itself."""
    return row | {"value": repr(row["value"])}


@given(st.permutations(range(1, 8)), st.lists(st.integers(1, 7), max_size=4), cuts)
def test_each_envelope_of_a_writer_counts_once_in_whatever_order(
    order: list[int], again: list[int], at: list[int]
) -> None:
    """Numbers that were skipped and come later fill their gaps; none is taken twice or left out."""
    seqs = [*order, *again]
    records = [record(i, points("loss", float(seq)), seq=seq) for i, seq in enumerate(seqs)]

    _, tables = fold_in_batches(records, [min(cut, len(records)) for cut in at])

    assert sorted(row["seq"] for row in tables.rows("scalars")) == list(range(1, 8))
    assert [(row["seq"], row["gap_count"]) for row in tables.rows("ingest_writers")] == [(7, 0)]
