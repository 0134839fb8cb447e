import math
from typing import Any

import numpy as np
import pytest

from query_api.core.deltas import (
    Changed,
    Merged,
    PointsDelta,
    RunDeltas,
    StatusRules,
    ViewDelta,
    deltas_of,
)
from runtide.core.envelope import parse_envelope
from runtide.core.events import (
    ChartLogged,
    ConfigSet,
    Event,
    FileUploaded,
    Heartbeat,
    ImageLogged,
    ListLogged,
    PropertiesAdded,
    RowsLogged,
    RunCreated,
    RunDescribed,
    Scalars,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
    ViewSaved,
)
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.core.model_events import ModelEdited
from tests.building import points, record

SHA = "0" * 64


def deltas(
    *events: Event | dict[str, Any], rules: StatusRules | None = None, writer: str = "w"
) -> RunDeltas:
    envelope = parse_envelope(record(0, *events, writer=writer).value)
    return deltas_of(envelope, rules or StatusRules())


def merged(*parts: RunDeltas, fields_only: bool = False) -> Merged:
    whole = Merged()
    for part in parts:
        whole.add(part, fields_only=fields_only)
    return whole


def shown(delta: PointsDelta) -> tuple[str, list[int], list[int], list[float]]:
    return delta.metric, delta.step.tolist(), delta.ts_us.tolist(), delta.value.tolist()


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ({"f64": "AAAAAAAA8D8AAAAAAAAAQA=="}, [1.0, 2.0]),
        ({"i64": "AQAAAAAAAAACAAAAAAAAAA=="}, [1.0, 2.0]),
        ({"bool": "AQA="}, [1.0, 0.0]),
        ([1, 2.5], [1.0, 2.5]),
        ({"range": [4, -1]}, [4.0, 3.0]),
    ],
    ids=["f64", "i64", "bool", "cells", "range"],
)
def test_points_of_every_column_are_numbers(value: object, numbers: list[float]) -> None:
    event = Scalars(name="m", n=2, value=value, step=[5, 6], ts_us={"range": [7, 1]})

    assert [shown(d) for d in deltas(event).points] == [("m", [5, 6], [7, 8], numbers)]


def test_points_of_one_series_merge_in_order() -> None:
    first, second = deltas(points("m", 1.0, 2.0)), deltas(points("m", 3.0, first_step=2))

    assert [shown(d) for d in merged(first, second).points()] == [
        ("m", [0, 1, 2], [0, 0, 0], [1.0, 2.0, 3.0])
    ]


def test_many_points_are_thinned_to_real_ones_that_keep_the_spike() -> None:
    values = [0.0] * 10_000
    values[4321], values[77] = 9.0, math.nan

    (delta,) = merged(deltas(points("m", *values))).points()

    assert len(delta.value) <= 502
    at = delta.step.tolist()
    assert delta.value[at.index(4321)] == 9.0
    assert np.isnan(delta.value[at.index(77)])


def test_an_event_without_points_changes_nothing() -> None:
    assert merged(deltas(points("m"))).points() == []


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        (Strings(name="s", n=0, value=[], step=[], ts_us=[]), ("strings", "s")),
        (SystemMeasured(name="cpu", n=0, value=[], ts_us=[], host="a"), ("system", "")),
        (ListLogged(name="l", n=0, value=[], ts_us=1), ("lists", "l")),
        (RowsLogged(name="t", n=0, columns=[], ts_us=1), ("tables", "t")),
        (
            ImageLogged(
                name="i", path="p", sha256=SHA, size_bytes=1, media_type="image/png", ts_us=1
            ),
            ("images", "i"),
        ),
        (
            ChartLogged(
                name="c",
                schema_type="x",
                schema_version="1",
                path="p",
                sha256=SHA,
                size_bytes=1,
                ts_us=1,
            ),
            ("charts", "c"),
        ),
        (FileUploaded(path="f", sha256=SHA, size_bytes=1, ts_us=1), ("files", "f")),
        (TextLogged(file="o", text="x", ts_us=1), ("logs", "o")),
        (ConfigSet(ts_us=1, set={"a": 1}), ("config", "")),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_what_is_fetched_again_is_named_once(event: Event, changed: tuple[str, str]) -> None:
    whole = merged(deltas(event, event))

    assert list(whole.changed()) == [Changed("a", *changed)]


def test_a_field_has_its_last_value() -> None:
    whole = merged(
        deltas(RunCreated(experiment="e", name="n", created_us=1)),
        deltas(RunDescribed(ts_us=1, name="better"), Heartbeat(ts_us=9)),
    )

    assert whole.fields() == {
        "a": {
            "name": "better",
            "experiment": "e",
            "workspace": "default",
            "parent_id": None,
            "created_us": 1,
            "seen_us": 9,
        }
    }


def test_tags_and_properties_merge_by_key() -> None:
    whole = merged(
        deltas(TagsChanged(ts_us=1, set={"a": "1", "b": "2"})),
        deltas(TagsChanged(ts_us=2, set={"c": None}, remove=["a"])),
        deltas(PropertiesAdded(ts_us=2, set={"p": "first"})),
        deltas(PropertiesAdded(ts_us=2, set={"p": "second", "q": "x"})),
    )

    assert whole.fields()["a"] == {
        "tags": {"b": "2", "c": None},
        "tags_removed": ["a"],
        "properties": {"p": "first", "q": "x"},
    }


def test_the_first_terminal_state_stays() -> None:
    rules = StatusRules()
    done = deltas(StateChanged(status="Completed", ts_us=5, error={"m": 1}), rules=rules)
    late = deltas(StateChanged(status="Failed", ts_us=6), rules=rules)

    assert merged(done, late).fields()["a"] == {
        "status": "Completed",
        "status_by": "",
        "status_reason": "",
        "error": {"m": 1},
        "ended_us": 5,
    }


def test_a_run_that_is_heard_of_responds_again() -> None:
    rules = StatusRules()
    silent = StateChanged(status="NotResponding", ts_us=5)
    first = deltas(silent, rules=rules, writer="liveness-1")
    again = deltas(silent, rules=rules, writer="liveness-1")
    back = deltas(Heartbeat(ts_us=6), rules=rules)

    assert merged(first, again).fields()["a"]["status"] == "NotResponding"
    assert merged(back).fields()["a"]["status"] == "Running"


def test_a_run_that_somebody_edits_is_not_heard_of() -> None:
    rules = StatusRules()
    silent = deltas(StateChanged(status="NotResponding", ts_us=5), rules=rules, writer="liveness-1")
    edited = deltas(RunDescribed(ts_us=6, name="x"), rules=rules, writer="query-api-1")

    fields = merged(silent, edited).fields()["a"]
    assert (fields["status"], fields["name"]) == ("NotResponding", "x")


def test_only_so_many_runs_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("query_api.core.deltas._REMEMBERED_RUNS_MAX", 1)
    rules = StatusRules()
    rules.after("a", StateChanged(status="Completed", ts_us=1))
    rules.after("b", StateChanged(status="Completed", ts_us=1))

    assert rules.after("a", StateChanged(status="Failed", ts_us=2))["status"] == "Failed"


def test_who_watches_all_runs_sees_their_fields_alone() -> None:
    part = deltas(points("m", 1.0), ConfigSet(ts_us=1, set={}), Heartbeat(ts_us=3))
    whole = merged(part, fields_only=True)

    assert (whole.points(), list(whole.changed())) == ([], [])
    assert whole.fields() == {"a": {"seen_us": 3}}


def test_an_unknown_event_changes_nothing() -> None:
    part = deltas({"type": "hologram", "x": 1})

    assert (part.points, part.fields, part.changed) == ([], [], [])


@pytest.mark.parametrize("event", [RunDeleted(ts_us=7), RunPurged(ts_us=7)])
def test_run_that_goes_into_the_bin_is_told_so_and_one_that_comes_out(event: Event) -> None:
    told = deltas(event, RunRestored(ts_us=8)).fields

    assert [one.fields for one in told] == [{"deleted_us": 7}, {"deleted_us": None}]


def test_views_of_an_experiment_are_told_as_they_were_last() -> None:
    def saved(query: str | None, ts_us: int) -> RunDeltas:
        event = ViewSaved(name="v", query=query, ts_us=ts_us)
        value = record(0, event, run="@experiment/ex").value
        return deltas_of(parse_envelope(value), StatusRules())

    whole = Merged()
    for one in (saved("a", 1), saved("b", 2)):
        whole.add(one, fields_only=True)

    assert [*whole.views()] == [ViewDelta("ex", "v", "b", 2)]
    assert not whole.fields()


def test_models_are_told_by_name_each_once() -> None:
    """What changed of them is read again: the number of a version is known to the tables alone."""
    edited = ModelEdited(registration="x", ts_us=1, stage="production")
    value = record(0, edited, edited, run="@model/m").value

    whole = Merged()
    whole.add(deltas_of(parse_envelope(value), StatusRules()), fields_only=True)

    assert [*whole.models()] == ["m"]
    assert not whole.fields()
