"""When a widget is told what of its run."""

import itertools
from typing import Any, cast

import pytest

from runtide.errors import NotFound, ServerUnavailable, UsageError
from runtide.widget.follower import UPDATE_INTERVAL_S, Follower
from runtide.widget.record import CHARTS_MAX, RunRecord
from runtide.widget.stream import LiveEvent
from runtide.widget.tail import TAIL_BYTES_MAX
from tests.unit.widget.records import Clock, Record, Shown

RUN = LiveEvent("run", {"run_id": "calm-reef", "status": "Running"})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def shown(clock: Clock) -> Shown:
    return Shown(clock)


@pytest.fixture
def follower(record: Record, shown: Shown, clock: Clock) -> Follower:
    return Follower(cast("RunRecord", record), shown, clock=clock)


def play(follower: Follower, clock: Clock, until_s: float) -> None:
    """Let time pass as the feed does: publish whenever something is due."""
    while (due_s := follower.due_s()) is not None and due_s <= until_s:
        clock.now_s = max(clock.now_s, due_s)
        follower.publish()
    clock.now_s = max(clock.now_s, until_s)


def heard_points(*values: Any, metric: str = "loss", run: str = "calm-reef") -> LiveEvent:
    steps = list(range(2, 2 + len(values)))
    piece = {"run": run, "metric": metric, "step": steps, "ts_us": steps, "value": list(values)}
    return LiveEvent("points", {"series": [piece]}, "0:8")


def test_first_update_has_everything(follower: Follower, shown: Shown, clock: Clock) -> None:
    play(follower, clock, clock.now_s)

    (_, parts) = shown.updates[0]
    assert parts["run"]["status"] == "Running"
    assert [one["metric"] for one in parts["series"]["series"]] == ["loss"]
    assert parts["state"] == {"name": "live", "reason": None}
    assert parts["url"].endswith("/runs/calm-reef")
    assert follower.position == "0:7"


def test_events_at_any_rate_make_at_most_four_updates_a_second(
    follower: Follower, shown: Shown, clock: Clock
) -> None:
    start_s = clock.now_s
    for at in range(1000):
        follower.hear(heard_points(1.0))
        follower.hear(RUN)
        play(follower, clock, start_s + at / 100)

    times = [time_s for time_s, _ in shown.updates]
    assert len(times) > 30
    assert min(b - a for a, b in itertools.pairwise(times)) >= UPDATE_INTERVAL_S


def test_time_between_updates_counts_from_what_was_shown_last(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    """A server that had to be started must not let the next update follow at once."""
    read = record.run

    def slow() -> dict[str, Any]:
        clock.now_s += 5.0
        return read()

    record.run = slow  # type: ignore[method-assign]  # a slow one
    follower.publish()
    follower.hear(heard_points(1.0))

    assert follower.due_s() == pytest.approx(shown.updates[0][0] + UPDATE_INTERVAL_S)


def test_nothing_is_due_while_nothing_happens(follower: Follower, clock: Clock) -> None:
    play(follower, clock, clock.now_s)

    assert follower.due_s() is None


def test_points_reach_the_view_without_a_further_reading(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    play(follower, clock, clock.now_s)
    record.asked.clear()

    follower.hear(heard_points(1.0, "NaN"))
    play(follower, clock, clock.now_s + 1)

    assert shown.parts["tail"]["n"] == [2]
    assert record.asked == []


def test_points_of_other_runs_change_nothing(follower: Follower, clock: Clock) -> None:
    play(follower, clock, clock.now_s)

    follower.hear(heard_points(1.0, run="swift-kelp"))

    assert follower.due_s() is None


def test_end_of_the_run_is_shown_with_its_last_values_and_nothing_after(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    play(follower, clock, clock.now_s)
    record.values["loss"] += [1.0, 0.5]
    record.values["best"] = [0.5]
    record.status = "Completed"

    follower.hear(RUN)
    play(follower, clock, clock.now_s + 1)
    follower.hear(heard_points(9.0))

    assert follower.is_done
    assert follower.due_s() is None
    assert [one["n"] for one in shown.parts["series"]["series"]] == [4, 1]
    assert shown.parts["state"]["name"] == "ended"
    assert "Completed" in shown.stills[-1].html
    assert "0.5" in shown.stills[-1].html


def test_run_that_has_ended_before_is_shown_once(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    record.status = "Failed"

    play(follower, clock, clock.now_s + 10)

    assert follower.is_done
    assert len(shown.updates) == len(shown.stills) == 1
    assert record.asked.count("series") == 1


def test_end_that_cannot_be_read_yet_is_read_again(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    play(follower, clock, clock.now_s)
    record.status = "Completed"
    record.error = ServerUnavailable("gone for a moment")
    follower.hear(RUN)
    play(follower, clock, clock.now_s + 3)
    assert shown.parts["state"] == {"name": "reconnecting", "reason": "gone for a moment"}

    record.error = None
    play(follower, clock, clock.now_s + 3)

    assert follower.is_done
    assert shown.parts["run"]["status"] == "Completed"


def test_run_that_is_not_in_the_record_yet_is_waited_for(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    record.error = NotFound("no run calm-reef")
    play(follower, clock, clock.now_s + 3)
    assert shown.parts["state"]["name"] == "connecting"
    assert len(shown.updates) == 1

    record.error = None
    play(follower, clock, clock.now_s + 3)

    assert shown.parts["state"]["name"] == "live"


def test_what_will_never_be_readable_ends_the_widget_with_its_reason(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    record.error = UsageError("nothing says where to read")

    play(follower, clock, clock.now_s + 3)

    assert follower.is_done
    assert shown.parts["state"] == {"name": "broken", "reason": "nothing says where to read"}


def test_long_tail_is_replaced_by_the_series(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    """Memory stays bounded however much is logged between two readings."""
    play(follower, clock, clock.now_s)
    start_s = clock.now_s
    for at in range(400):
        follower.hear(heard_points(*[float(at)] * 500))
        play(follower, clock, start_s + at / 100)

    sizes = [24 * sum(changed["tail"]["n"]) for _, changed in shown.updates if "tail" in changed]
    assert max(sizes) <= TAIL_BYTES_MAX + 24 * 500
    assert record.asked.count("series") in range(3, 7)


def test_metrics_beyond_what_is_drawn_take_no_room(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    record.values = {f"m{i}": [1.0, 2.0] for i in range(CHARTS_MAX + 5)}
    play(follower, clock, clock.now_s)

    follower.hear(heard_points(1.0, metric=f"m{CHARTS_MAX + 1}"))
    play(follower, clock, clock.now_s + 2)

    assert shown.parts["series"]["left_out"] == 5
    assert shown.parts["tail"]["metrics"] == []


def test_new_child_is_listed(
    follower: Follower, record: Record, shown: Shown, clock: Clock
) -> None:
    play(follower, clock, clock.now_s)
    record.child_items.append({"run_id": "c1", "metrics": {"loss": {"min": 1.0, "max": 2.0}}})
    record.properties |= {"runtide.sweep.metric": "loss", "runtide.sweep.goal": "minimize"}

    follower.hear(LiveEvent("run", {"run_id": "c1", "parent_id": "calm-reef"}))
    play(follower, clock, clock.now_s + 2)

    assert record.asked[-1] == "children by loss"
    assert shown.parts["children"]["best"] == {"run_id": "c1", "value": 1.0}


def test_broken_stream_is_said_until_it_is_back(
    follower: Follower, shown: Shown, clock: Clock
) -> None:
    play(follower, clock, clock.now_s)
    follower.hear(LiveEvent("broken", {"reason": "refused"}))
    play(follower, clock, clock.now_s + 1)
    assert shown.parts["state"] == {"name": "reconnecting", "reason": "refused"}

    follower.hear(LiveEvent("open", {}, "0:9"))
    play(follower, clock, clock.now_s + 1)

    assert shown.parts["state"]["name"] == "live"


def test_reset_reads_everything_anew(follower: Follower, record: Record, clock: Clock) -> None:
    play(follower, clock, clock.now_s)
    record.asked.clear()

    follower.hear(LiveEvent("reset", {}, "0:0"))
    play(follower, clock, clock.now_s + 2)

    assert {"run", "series", "metrics", "log None"} <= set(record.asked)
