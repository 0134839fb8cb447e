from dataclasses import replace

import pytest

from processors.core.dedup import Mark
from processors.core.fold import Effects, State, step
from runtide.core.events import (
    Heartbeat,
    RunCreated,
    RunDescribed,
    StateChanged,
    TagsChanged,
    ViewSaved,
)
from runtide.core.model_events import ModelRegistered
from runtide.errors import OffsetGap
from runtide.log.port import Record
from tests.building import points, record

CREATED = RunCreated(experiment="ex", name="olive", created_us=1)
BEFORE = State(0)


def statuses(effects: Effects) -> list[str]:
    return list(effects.tables.get("runs", {}).get("status", []))


def test_no_records_change_nothing() -> None:
    after, effects = step(BEFORE, [])

    assert after == BEFORE
    assert effects == Effects(
        partition=0,
        first_offset=0,
        next_offset=0,
        tables={},
        writers={
            "run_id": [],
            "writer": [],
            "seq": [],
            "gap_count": [],
            "missing": [],
            "pos": [],
        },
        purged_runs={
            "run_id": [],
            "partition": [],
            "ts": [],
            "by": [],
            "is_erased": [],
            "pos": [],
        },
    )


def test_record_below_the_next_offset_changes_nothing() -> None:
    """A log may hand over a record twice; the second time has no effect."""
    records = [record(0, CREATED), record(1, points("loss", 1.0))]
    after, _ = step(BEFORE, records)

    again, effects = step(after, records)

    assert again == after
    assert (effects.tables, effects.writers["seq"]) == ({}, [])


def test_record_beyond_the_next_offset_is_a_gap() -> None:
    """Records that are missing are a damaged log, and folding on would hide it."""
    with pytest.raises(OffsetGap) as raised:
        step(BEFORE, [record(0, CREATED), record(2, CREATED)])

    assert (raised.value.want, raised.value.got) == (1, 2)


def test_envelope_that_arrives_twice_is_folded_once() -> None:
    """A sender that retries after a timeout appends its envelope at a second offset."""
    first, again = record(0, points("loss", 1.0), seq=1), record(1, points("loss", 1.0), seq=1)

    after, effects = step(BEFORE, [first, again])

    assert list(effects.tables["scalars"]["pos"]) == [0]
    assert after.next_offset == 2


def test_lost_envelopes_are_counted_once() -> None:
    """A number that was skipped is a loss, which whoever looks at the run must learn."""
    _, effects = step(BEFORE, [record(i, seq=seq) for i, seq in enumerate([3, 3, 4, 7, 7])])

    assert effects.writers == {
        "run_id": ["a"],
        "writer": ["w"],
        "seq": [7],
        "gap_count": [4],
        "missing": [[{"first": 1, "last": 2}, {"first": 5, "last": 6}]],
        "pos": [3],
    }


def test_envelope_that_comes_after_all_fills_its_gap() -> None:
    """A dead letter that was mended and sent again is no longer a loss, and counts once."""
    late = record(2, points("loss", 2.0), seq=2)
    again = late._replace(offset=3)

    after, effects = step(BEFORE, [record(0, seq=1), record(1, seq=4), late, again])

    assert effects.writers["gap_count"] == [1]
    assert list(effects.tables["scalars"]["seq"]) == [2]
    assert after.run_state_by_id["a"].mark_by_writer["w"].missing == ((3, 3),)


def test_marks_of_other_writers_stay_and_are_not_written_again() -> None:
    """A run with thousands of writers must not rewrite all their marks with each batch."""
    before, _ = step(BEFORE, [record(0, writer="w1", seq=1), record(1, writer="w2", seq=5)])

    after, effects = step(before, [record(2, writer="w1", seq=2)])

    assert effects.writers["writer"] == ["w1"]
    assert after.run_state_by_id["a"].mark_by_writer == {
        "w1": Mark(2),
        "w2": Mark(5, 4, ((1, 4),)),
    }


def test_run_of_an_unknown_beginning_begins_with_its_first_envelope() -> None:
    """The envelope that creates a run may be lost or late; its points are shown all the same."""
    _, effects = step(BEFORE, [record(0, points("loss", 1.0), sent_us=77)])

    assert effects.tables["runs"]["created_us"] == [77]
    assert effects.tables["runs"]["seen_us"] == [77]


def test_run_is_written_only_when_it_changed() -> None:
    before, effects = step(BEFORE, [record(0, CREATED), record(1, points("loss", 1.0))])
    _, more = step(before, [record(2, points("loss", 2.0))])

    assert effects.tables["runs"]["pos"] == [0]
    assert "runs" not in more.tables


def test_envelope_under_another_runs_key_becomes_a_dead_letter() -> None:
    """Partitions go by the key: folding it here would race with the run's own partition."""
    _, effects = step(BEFORE, [record(0, CREATED, run="b")._replace(run="a")])

    assert effects.tables["dead_letters"]["code"] == ["malformed-envelope"]
    assert list(effects.tables) == ["dead_letters"]


def test_unreadable_record_costs_only_itself() -> None:
    """One bad envelope must not hold up the partition, and keeps its bytes for whoever looks."""
    bad = Record(0, 1, "a", b"\xff not json")

    after, effects = step(
        BEFORE, [record(0, CREATED, seq=1), bad, record(2, Heartbeat(ts_us=9), seq=2)]
    )

    assert effects.tables["dead_letters"]["value"] == [bad.value]
    assert after.run_state_by_id["a"].run.seen_us == 9
    assert after.next_offset == 3


def test_rejected_event_takes_its_whole_envelope_along() -> None:
    """Half an envelope would leave points that no redelivery could complete."""
    bad = {"type": "list", "name": "x", "n": 2, "value": [1], "ts_us": 1}

    after, effects = step(BEFORE, [record(0, CREATED, points("loss", 1.0), bad)])

    assert list(effects.tables) == ["dead_letters"]
    assert after.run_state_by_id == {}


def test_rejected_envelope_counts_as_lost() -> None:
    bad = {"type": "heartbeat", "ts_us": -1}

    _, effects = step(BEFORE, [record(0, seq=1), record(1, bad, seq=2), record(2, seq=3)])

    assert effects.writers["gap_count"] == [1]


def test_any_envelope_of_its_writers_revives_a_run() -> None:
    """Points are as good a sign of life as a heartbeat."""
    silent = StateChanged(status="NotResponding", ts_us=2)
    before, effects = step(
        BEFORE, [record(0, StateChanged(status="Running", ts_us=1)), record(1, silent)]
    )
    assert statuses(effects) == ["NotResponding"]

    _, effects = step(before, [record(2, points("loss", 1.0))])

    assert statuses(effects) == ["Running"]


def test_events_that_a_runs_row_has_in_it_are_not_taken_in_again() -> None:
    """A crash after the run's row and before the checkpoint brings the records back."""
    records = [
        record(0, TagsChanged(ts_us=1, set={"t": "old"})),
        record(
            1, RunDescribed(ts_us=1, description=""), CREATED, TagsChanged(ts_us=2, remove=["t"])
        ),
        record(2, TagsChanged(ts_us=3, set={"u": "new"})),
    ]
    written, _ = step(BEFORE, records[:2])
    crashed = replace(
        BEFORE,
        run_state_by_id={"a": replace(written.run_state_by_id["a"], mark_by_writer={})},
    )

    replayed, effects = step(crashed, records)

    live, _ = step(BEFORE, records)
    assert replayed == live
    assert effects.tables["runs"]["pos"] == [2]


def test_first_record_of_the_log_is_not_taken_in_twice_either() -> None:
    """Offset 0 is a place like any other, not the mark of a run that nothing is known of."""
    created = RunCreated(experiment="ex", name="olive", created_us=1, description="first")
    first = record(0, RunDescribed(ts_us=1, description=""), created)
    written, _ = step(BEFORE, [first])
    crashed = replace(
        BEFORE,
        run_state_by_id={"a": replace(written.run_state_by_id["a"], mark_by_writer={})},
    )

    replayed, effects = step(crashed, [first])

    assert replayed == written
    assert "runs" not in effects.tables


def test_dead_letters_are_counted_until_a_record_can_be_read() -> None:
    """Many in a row are a wrong log; as many between good records are a faulty sender."""
    dead, twice = Record(0, 0, "a", b"dead"), record(0, seq=1)
    kinds = [dead, dead, record(0, seq=1), dead, twice, dead, dead, dead]
    records = [kind._replace(offset=offset) for offset, kind in enumerate(kinds)]

    counts = []
    state = BEFORE
    for each in records:
        state, _ = step(state, [each])
        counts.append(state.dead_in_a_row)

    assert counts == [1, 2, 0, 1, 0, 1, 2, 3]
    assert step(BEFORE, records)[0].dead_in_a_row == 3


def test_envelope_of_an_experiment_makes_no_run_and_is_folded_once() -> None:
    """It has a key where others have a run's id; lists of runs know nothing of it."""
    saved = record(0, ViewSaved(name="v", query="q=1", ts_us=1), run="@experiment/ex", seq=1)
    gone = record(1, ViewSaved(name="v", query=None, ts_us=2), run="@experiment/ex", seq=2)

    after, effects = step(BEFORE, [saved, gone, gone._replace(offset=2)])

    assert effects.tables.keys() == {"saved_views"}
    views = effects.tables["saved_views"]
    assert views["experiment"] == ["ex", "ex"]
    assert views["query"] == ["q=1", ""]
    assert views["is_deleted"] == [False, True]
    assert after.run_state_by_id["@experiment/ex"].mark_by_writer == {"w": Mark(2)}
    assert (effects.writers["run_id"], effects.writers["seq"]) == (["@experiment/ex"], [2])


def test_envelope_of_a_model_makes_no_run_and_a_repeated_one_no_version() -> None:
    files = [{"path": "m", "sha256": "s", "size_bytes": 1}]
    event = ModelRegistered(registration="x", files=files, ts_us=1)
    registered = record(0, event, run="@model/m", seq=1)

    after, effects = step(BEFORE, [registered, registered._replace(offset=1)])

    assert effects.tables.keys() == {"models"}
    assert effects.tables["models"]["pos"] == [0]
    assert after.run_state_by_id["@model/m"].mark_by_writer == {"w": Mark(1)}


def test_edit_from_outside_is_no_sign_of_life() -> None:
    silent = StateChanged(status="NotResponding", ts_us=1)
    renamed = record(2, RunDescribed(ts_us=2, name="x"), writer="query-api-1", seq=1)

    _, effects = step(BEFORE, [record(0, CREATED), record(1, silent, seq=2), renamed])

    assert statuses(effects) == ["NotResponding"]
