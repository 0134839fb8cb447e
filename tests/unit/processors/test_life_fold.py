"""What the fold makes of runs that are deleted, restored and purged."""

from dataclasses import replace

from processors.core.fold import Effects, State, step
from runtide.core.events import Event, RunCreated, StateChanged
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.log.port import ERASED, Record
from tests.building import points, record

CREATED = RunCreated(experiment="ex", name="olive", created_us=1)
DELETED = RunDeleted(ts_us=7, by="ada")
PURGED = RunPurged(ts_us=8, by="ada")


def folded(*events: Event) -> tuple[State, Effects]:
    return step(State(0), [record(i, event, seq=i + 1) for i, event in enumerate(events)])


def bin_of(effects: Effects) -> tuple[int, str]:
    runs = effects.tables["runs"]
    return runs["deleted_us"][0], runs["deleted_by"][0]


def test_deleted_run_says_since_when_and_by_whom() -> None:
    _, effects = folded(CREATED, DELETED, RunDeleted(ts_us=9, by="eve"))

    assert bin_of(effects) == (7, "ada")


def test_deletion_at_time_zero_is_one() -> None:
    """Zero means that a run is not deleted."""
    _, effects = folded(CREATED, RunDeleted(ts_us=0))

    assert bin_of(effects)[0] > 0


def test_restored_run_is_as_it_was_but_for_its_place() -> None:
    before, _ = folded(CREATED)
    after, _ = folded(CREATED, DELETED, RunRestored(ts_us=9))

    (was,), (now,) = before.run_state_by_id.values(), after.run_state_by_id.values()
    assert replace(now.run, pos=was.run.pos) == was.run


def test_late_event_of_a_deleted_run_does_not_bring_it_back() -> None:
    _, effects = folded(CREATED, DELETED, StateChanged(status="Running", ts_us=9))

    assert bin_of(effects) == (7, "ada")


def test_nothing_of_a_purged_run_is_folded_again() -> None:
    """Whatever comes late, in the same batch, in the next one or after a restart."""
    state, _ = folded(CREATED, points("loss", 1.0), PURGED)

    after, effects = step(state, [record(3, points("loss", 2.0), seq=9), record(4, CREATED)])

    assert effects.tables == {}
    assert effects.writers["seq"] == []
    assert after.next_offset == 5


def test_unreadable_record_of_a_purged_run_is_no_dead_letter() -> None:
    """Its bytes may be what was to be removed."""
    state, _ = folded(CREATED, PURGED)

    _, effects = step(state, [Record(0, 2, "a", b"garbage")])

    assert effects.tables == {}


def test_purge_is_written_after_everything_else_but_the_checkpoint() -> None:
    """Once it is known, the fold goes on without the run: a crash before must repeat the batch."""
    _, effects = folded(CREATED, PURGED)

    assert [table for table, _ in effects.inserts()][-2:] == ["purged_runs", "ingest_progress"]
    assert effects.purged_runs["pos"] == [1]


def test_purged_run_can_be_erased_afterwards_and_only_once() -> None:
    state, _ = folded(CREATED, PURGED)
    erasing = RunPurged(ts_us=9, is_erased=True)

    state, effects = step(state, [record(2, erasing, seq=3)])
    _, again = step(state, [record(3, erasing, seq=4)])

    assert (effects.purged_runs["is_erased"], effects.purged_runs["pos"]) == ([True], [2])
    assert effects.tables["runs"]["run_id"] == ["a"], "what removes it looks for its row"
    assert again.purged_runs["run_id"] == []


def test_erased_record_is_neither_a_dead_letter_nor_a_gap() -> None:
    state, effects = step(State(0), [record(0, CREATED), Record(0, 1, "a", ERASED)])

    assert state.next_offset == 2
    assert "dead_letters" not in effects.tables
