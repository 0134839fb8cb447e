import gc
from time import thread_time
from typing import Any

import pytest

from processors.core.fold import VALUES_PER_STEP_MAX, State, step
from runtide.core import limits
from runtide.log.port import Record
from tests.building import points, record

RANGE = {"range": [0, 1]}


def ranged(kind: str, n: int) -> dict[str, Any]:
    """Return an event of a hundred bytes that says that it has `n` values."""
    event: dict[str, Any] = {"type": kind, "name": "x", "n": n, "ts_us": 1}
    match kind:
        case "scalars" | "strings":
            return event | {"value": RANGE, "step": RANGE, "ts_us": RANGE}
        case "list":
            return event | {"value": RANGE}
        case _:
            return event | {"columns": [{"name": c, "value": RANGE} for c in "abcd"]}


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([ranged("scalars", 600_000)] * 2, id="points"),
        pytest.param([ranged("list", 600_000)] * 2, id="lists"),
        pytest.param([ranged("rows", 300_000)], id="rows"),
        pytest.param([ranged("strings", 10)], id="strings"),
    ],
)
def test_few_bytes_that_stand_for_many_values_become_a_dead_letter(events: list[Any]) -> None:
    """A range names a million values in ten bytes; twenty such lists took gigabytes to fold."""
    after, effects = step(State(0), [record(0, *events)])

    assert list(effects.tables) == ["dead_letters"]
    assert after.next_offset == 1


def test_range_of_as_many_values_as_an_envelope_may_hold_is_folded() -> None:
    _, effects = step(State(0), [record(0, ranged("list", limits.PLACES_PER_ENVELOPE_MAX))])

    assert len(effects.tables["vectors"]["numbers"][0]) == limits.PLACES_PER_ENVELOPE_MAX


def test_records_of_too_many_values_are_folded_in_several_steps() -> None:
    """Eight megabytes of such records would stand for billions of points at once."""
    big = ranged("list", VALUES_PER_STEP_MAX)
    records = [record(0, big), record(1, points("y", 1.0))]

    after, effects = step(State(0), records)
    rest, more = step(after, records)

    assert (after.next_offset, list(effects.tables["vectors"]["pos"])) == (1, [0])
    assert (rest.next_offset, list(more.tables["scalars"]["pos"])) == (2, [1])


def cost_s(records: list[Record]) -> float:
    """Return the processor time that it takes to fold `records` in one step.

    Without collections of garbage: each would look at whatever the tests before have left.
    """
    gc.disable()
    try:
        started_s = thread_time()
        after, _ = step(State(0), records)
        took_s = thread_time() - started_s
    finally:
        gc.enable()
    assert after.next_offset == len(records)
    return took_s


@pytest.mark.parametrize(
    ("kind", "value"), [("tag", "v"), ("property", "v"), ("config", 1), ("dream", 1)]
)
def test_ten_times_as_many_events_in_an_envelope_cost_about_ten_times_as_much(
    kind: str, value: object
) -> None:
    """Copying a run's tags for each event cost a hundred times as much: nine seconds for these."""
    events = [{"type": kind, "ts_us": 1, "set": {f"k{i}": value}} for i in range(18_000)]

    few, many = (cost_s([record(0, *events[:n])]) for n in (1_800, 18_000))

    assert many < 40 * few


def test_ten_times_as_many_writers_of_one_run_cost_about_ten_times_as_much() -> None:
    """Copying all marks for each envelope would cost a hundred times as much: minutes for these."""
    records = [record(i, writer=f"w{i}", seq=1) for i in range(20_000)]

    few, many = (cost_s(records[:n]) for n in (2_000, 20_000))

    assert many < 40 * few
