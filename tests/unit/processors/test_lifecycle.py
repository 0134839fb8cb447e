from typing import Any

import orjson
import pytest

from processors.core.lifecycle import (
    SILENT_AFTER_US,
    Run,
    after_events,
    after_sign_of_life,
    silent_run_ids,
)
from runtide.core.envelope import UnknownEvent
from runtide.core.events import (
    TERMINAL,
    ConfigSet,
    Event,
    Heartbeat,
    PropertiesAdded,
    RunCreated,
    RunDescribed,
    StateChanged,
    Status,
    TagsChanged,
)
from tests.building import points

NEW = Run(run_id="a")


def after(*events: Event) -> Run:
    return after_events(NEW, events)


def state(status: Status, ts_us: int = 5, **more: Any) -> StateChanged:
    return StateChanged(status=status, ts_us=ts_us, **more)


def test_created_run_has_what_its_first_event_says() -> None:
    run = after(
        RunCreated(
            experiment="ex",
            name="olive",
            created_us=7,
            workspace="lab",
            parent="p",
            run_type="sweep",
            target="gpu",
            user="ada",
            host="n1",
            description="first",
        )
    )

    assert run == Run(
        run_id="a",
        workspace="lab",
        experiment="ex",
        name="olive",
        description="first",
        parent_id="p",
        run_type="sweep",
        target="gpu",
        user="ada",
        host="n1",
        created_us=7,
        seen_us=7,
    )


def test_run_is_created_once() -> None:
    """A resumed run says again that it exists; its first words stay."""
    first = RunCreated(experiment="ex", name="one", created_us=1)

    assert after(first, RunCreated(experiment="why", name="two", created_us=2)) == after(first)


def test_name_that_was_edited_before_the_run_was_known_stays() -> None:
    """Writers are not ordered among each other: an edit may come before the creation."""
    run = after(
        RunDescribed(ts_us=1, name="edited", description="mine"),
        RunCreated(experiment="ex", name="given", created_us=1, description="theirs"),
    )

    assert (run.name, run.description) == ("edited", "mine")


def test_description_changes_only_what_it_names() -> None:
    run = after(
        RunDescribed(ts_us=1, name="n", description="d", archived=True),
        RunDescribed(ts_us=2),
        RunDescribed(ts_us=3, description=""),
        RunDescribed(ts_us=4, archived=False),
    )

    assert (run.name, run.description, run.archived) == ("n", "", False)


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_first_terminal_state_wins(status: Status) -> None:
    """Whoever ends a run first decides how it ended; a late `Running` does not revive it."""
    ended = after(state(status, 9))

    assert after_events(ended, [state("Running", 20)]) == ended
    assert after_events(ended, [state("Canceled", 20), state("Completed", 21)]) == ended
    assert (ended.status, ended.ended_us) == (status, 9)


def test_run_starts_when_it_first_does_something() -> None:
    run = after(state("Queued", 1), state("Starting", 2), state("Running", 3), state("Failed", 4))

    assert (run.started_us, run.ended_us, run.seen_us) == (2, 4, 4)


@pytest.mark.parametrize("status", ["Queued", "Preparing", "Starting", "Running", "Paused"])
def test_run_whose_end_was_asked_for_goes_on_to_its_end_alone(status: Status) -> None:
    """Whoever starts it may say so once more before the request reaches them."""
    asked = after(state("CancelRequested", 1, by="eve"))

    assert after_events(asked, [state(status, 2)]) == asked
    ended = after_events(asked, [state("Finalizing", 3), state("Canceled", 4)])
    assert (ended.status, ended.ended_us) == ("Canceled", 4)


def test_request_to_cancel_starts_nothing() -> None:
    """A run that waits in a queue has no writer that could fall silent."""
    waiting = after(state("Queued", 1), state("CancelRequested", 2))
    going_on = after(state("Running", 1), state("CancelRequested", 2))

    assert waiting.started_us == 0
    assert silent_run_ids([waiting], now_us=2 * SILENT_AFTER_US) == []
    assert silent_run_ids([going_on], now_us=2 * SILENT_AFTER_US) == ["a"]


def test_run_that_never_started_has_no_start() -> None:
    assert after(state("Queued", 1), state("Canceled", 2)).started_us == 0


def test_state_says_by_whom_and_why_and_keeps_the_last_error() -> None:
    run = after(
        state("Running", error={"code": "E1"}),
        state("Failed", by="ada", reason="no room"),
    )

    assert (run.status_by, run.status_reason) == ("ada", "no room")
    assert orjson.loads(run.error) == {"code": "E1"}


def test_tags_are_set_and_removed_in_order() -> None:
    run = after(
        TagsChanged(ts_us=1, set={"a": "1", "b": None}),
        TagsChanged(ts_us=2, set={"a": "2"}, remove=["b", "never"]),
        TagsChanged(ts_us=3, set={"c": "3"}, remove=["c"]),
    )

    assert run.tags == {"a": "2", "c": "3"}


def test_property_keeps_its_first_value() -> None:
    """Properties are write-once: they say what a run was made of."""
    run = after(
        PropertiesAdded(ts_us=1, set={"commit": "c0ffee"}),
        PropertiesAdded(ts_us=2, set={"commit": "changed", "branch": "main"}),
    )

    assert run.properties == {"commit": "c0ffee", "branch": "main"}


def test_config_is_merged_by_key() -> None:
    run = after(
        ConfigSet(ts_us=1, set={"lr": 0.1, "model": {"depth": 2}}),
        ConfigSet(ts_us=2, set={"model": {"width": 4}, "seed": 7}),
    )

    assert orjson.loads(run.config) == {"lr": 0.1, "model": {"width": 4}, "seed": 7}


def test_run_before_its_events_is_left_as_it_was() -> None:
    """The fold keeps the state before a batch: a write that fails is tried again from there."""
    before = after(TagsChanged(ts_us=1, set={"a": "1"}), PropertiesAdded(ts_us=1, set={"p": "1"}))
    after_events(
        before, [TagsChanged(ts_us=2, remove=["a"]), PropertiesAdded(ts_us=2, set={"q": ""})]
    )

    assert (before.tags, before.properties) == ({"a": "1"}, {"p": "1"})


@pytest.mark.parametrize("event", [points("loss", 1.0), UnknownEvent("dream", 1, {})])
def test_event_that_says_nothing_of_the_run_changes_nothing(event: Any) -> None:
    assert after(event) == NEW


def test_heartbeats_move_the_last_sign_of_life_forward_only() -> None:
    """Writers' clocks differ; the latest of them counts."""
    assert after(Heartbeat(ts_us=9), Heartbeat(ts_us=4)).seen_us == 9


def test_verdict_of_silence_is_no_sign_of_life() -> None:
    assert after(Heartbeat(ts_us=3), state("NotResponding", 99)).seen_us == 3


def test_run_that_did_not_respond_runs_again_after_a_sign_of_life() -> None:
    silent = after(state("Running"), state("NotResponding", by="runtide", reason="silent"))
    run = after_sign_of_life(silent)

    assert (run.status, run.status_by, run.status_reason) == ("Running", "", "")


@pytest.mark.parametrize("status", ["Queued", "Paused", "Completed"])
def test_sign_of_life_changes_no_other_state(status: Status) -> None:
    run = after(state(status))

    assert after_sign_of_life(run) == run


@pytest.mark.parametrize(
    ("status", "silence_us", "want"),
    [
        ("Running", SILENT_AFTER_US, []),
        ("Running", SILENT_AFTER_US + 1, ["a"]),
        ("Paused", SILENT_AFTER_US + 1, ["a"]),
        ("Queued", SILENT_AFTER_US + 1, []),
        ("NotResponding", SILENT_AFTER_US + 1, []),
        ("Completed", SILENT_AFTER_US + 1, []),
    ],
)
def test_started_run_is_silent_after_a_minute(
    status: Status, silence_us: int, want: list[str]
) -> None:
    """A run that has not started has no writer that could be silent."""
    run = after(state(status, 100))

    assert silent_run_ids([run], now_us=run.seen_us + silence_us) == want
