from dataclasses import replace
from typing import Any

import orjson
import pytest

from processors.arrow import TYPES_BY_TABLE, arrow_table
from processors.core.fold import State, step
from runtide.core.envelope import event_document, parse_event
from runtide.core.events import (
    ChartLogged,
    Event,
    FileUploaded,
    ImageLogged,
    JobSubmitted,
    ListLogged,
    RowsLogged,
    SnapshotTaken,
    StateChanged,
    Strings,
    TextLogged,
)
from runtide.core.ids import writer_number
from runtide.core.model_events import ModelEdited, ModelRegistered
from tests.building import points, record
from tests.merging import SHAPES, MergedTables

IDENTITY = {"writer": writer_number("w"), "seq": 1, "pos": 0}


def folded(*events: Event | dict[str, Any]) -> MergedTables:
    tables = MergedTables()
    tables.write(step(State(0), [record(0, *events, seq=1)])[1])
    return tables


def the_row(table: str, *events: Event | dict[str, Any]) -> dict[str, Any]:
    (row,) = folded(*events).rows(table)
    return row


def kinds(tables: MergedTables) -> dict[str, str]:
    return {row["name"]: row["first_seen"]["kind"] for row in tables.rows("metrics")}


def test_arrow_has_the_columns_of_every_table() -> None:
    """A column that one of them lacks would fail on its first insert, in production."""
    assert TYPES_BY_TABLE.keys() == SHAPES.keys()


def test_columns_of_another_table_are_refused() -> None:
    with pytest.raises(AssertionError, match="files"):
        arrow_table("files", {"run_id": []})


def test_places_count_through_the_envelope() -> None:
    """Every point takes one place and any other event one, so that places say the order."""
    text = TextLogged(file="logs/out.txt", text="x", ts_us=1)

    tables = folded(points("a", 1.0, 2.0), text, points("a", 3.0, first_step=2), text)

    assert [row["idx"] for row in tables.rows("scalars")] == [0, 1, 3]
    assert [row["idx"] for row in tables.rows("logs")] == [2, 4]


def test_strings_keep_their_types() -> None:
    event = Strings(
        name="phase",
        n=3,
        value=["warm", None, {"int": str(2**70)}],
        step=[0, 0, 1],
        ts_us=[1, 2, 3],
    )

    rows = folded(event).rows("strings")

    assert [(r["step"], r["kind"], r["text"], r["idx"]) for r in rows] == [
        (0, 0, "warm", 0),
        (0, 1, "", 1),
        (1, 2, str(2**70), 2),
    ]
    assert kinds(folded(event)) == {"phase": "string"}


def test_states_are_kept_whether_they_count_or_not() -> None:
    """Which count depends on those before, and a row must be the same whenever it is made."""
    failed = StateChanged(status="Failed", ts_us=1, by="a", reason="r", error={"code": 1})

    rows = folded(failed, StateChanged(status="Running", ts_us=2)).rows("states")

    assert [(r["status"], r["by"], r["reason"], r["error"], r["idx"]) for r in rows] == [
        ("Failed", "a", "r", '{"code":1}', 0),
        ("Running", "", "", "", 1),
    ]


def test_job_keeps_its_event_and_the_latest_one_counts() -> None:
    first = JobSubmitted(command=["python", "a.py"], ts_us=1, priority=3, target="gpu")
    tables = MergedTables()
    tables.write(step(State(0), [record(0, first), record(1, replace(first, priority=4))])[1])

    (row,) = tables.rows("jobs")

    assert (row["target"], row["priority"]) == ("gpu", 4)
    assert parse_event(orjson.loads(row["spec"])) == replace(first, priority=4)


def test_snapshot_says_where_its_manifest_is() -> None:
    taken = SnapshotTaken(
        snapshot_id="s", manifest_sha256="m", file_count=2, size_bytes=1 << 60, ts_us=1
    )

    row = the_row("snapshots", taken)

    assert (row["snapshot_id"], row["manifest_sha256"]) == ("s", "m")
    assert (row["file_count"], row["size_bytes"]) == (2, 1 << 60)


@pytest.mark.parametrize("value", [1.5, True, {"float": "nan"}])
def test_number_is_no_string(value: object) -> None:
    """It would be shown and sorted as text for ever."""
    event = {"type": "strings", "name": "x", "n": 1, "value": [value], "step": [0], "ts_us": [0]}

    assert the_row("dead_letters", event)["code"] == "malformed-event"


def test_no_points_are_no_metric() -> None:
    nothing = Strings(name="s", n=0, value=[], step=[], ts_us=[])

    assert kinds(folded(points("x"), nothing)) == {}


def test_empty_list_is_a_metric() -> None:
    assert kinds(folded(ListLogged(name="x", n=0, value=[], ts_us=1))) == {"x": "list"}


def test_first_kind_of_a_metric_wins() -> None:
    """`get_metrics` gives one shape a name, whatever was logged under it later."""
    a_list = ListLogged(name="x", n=1, value=[1], ts_us=1)

    assert kinds(folded(points("x", 1.0), a_list)) == {"x": "scalar"}
    assert kinds(folded(a_list, points("x", 1.0))) == {"x": "list"}


def test_table_keeps_the_order_of_its_columns() -> None:
    row = the_row(
        "tables",
        RowsLogged(
            name="Y over X",
            n=2,
            columns=[
                {"name": "z", "value": [1, 2]},
                {"name": "a", "value": ["p", "q"]},
                {"name": "m", "value": [1, None]},
            ],
            ts_us=1,
            step=4,
        ),
    )

    assert (row["row_count"], row["step"]) == (2, 4)
    assert row["column_names"] == ["z", "a", "m"]
    assert row["column_kinds"] == ["int", "str", "cells"]
    assert row["column_numbers"] == [[1.0, 2.0], [], []]
    assert row["column_texts"] == [[], ["p", "q"], ["1", "null"]]


def test_table_of_two_columns_of_one_name_is_rejected() -> None:
    column = {"name": "x", "value": [1]}
    event = {"type": "rows", "name": "t", "n": 1, "columns": [column, column], "ts_us": 1}

    assert "want each once" in the_row("dead_letters", event)["reason"]


def test_image_and_chart_are_rows_of_their_tables() -> None:
    image = ImageLogged(
        name="ROC",
        path="images/ROC.png",
        sha256="0" * 64,
        size_bytes=9,
        media_type="image/png",
        ts_us=1,
        width=4,
        height=3,
    )
    chart = ChartLogged(
        name="cm",
        schema_type="confusion_matrix",
        schema_version="1.0.0",
        path="charts/cm.json",
        sha256="1" * 64,
        size_bytes=8,
        ts_us=1,
        step=2,
    )
    tables = folded(image, chart)

    (image_row,), (chart_row,) = tables.rows("images"), tables.rows("charts")
    assert (image_row["width"], image_row["height"], image_row["description"]) == (4, 3, "")
    assert (chart_row["schema_type"], chart_row["step"], chart_row["idx"]) == (
        "confusion_matrix",
        2,
        1,
    )
    assert kinds(tables) == {"ROC": "image", "cm": "chart"}


def test_file_of_a_path_seen_again_replaces_the_first() -> None:
    """Also within one envelope, where both have the same offset."""
    one = FileUploaded(path="outputs/m.pkl", sha256="1" * 64, size_bytes=1, ts_us=1)
    two = FileUploaded(path="outputs/m.pkl", sha256="2" * 64, size_bytes=2, ts_us=2)

    assert the_row("files", one, two)["sha256"] == "2" * 64


def test_event_of_an_unknown_type_is_parked_whole() -> None:
    """A newer client's facts are kept until a newer version can fold them."""
    event = {"type": "dream", "v": 3, "of": {"sheep": ["electric", 1, None]}}

    row = the_row("parked", event)

    assert (row["type"], row["version"]) == ("dream", 3)
    assert row["data"] == '{"type":"dream","v":3,"of":{"sheep":["electric",1,null]}}'


def test_known_type_of_a_newer_version_is_parked() -> None:
    newer = event_document(points("loss", 1.0)) | {"v": 2}

    assert the_row("parked", newer)["type"] == "scalars"


def test_every_row_says_where_it_comes_from() -> None:
    text = TextLogged(file="logs/out.txt", text="x", ts_us=1)

    row = the_row("logs", text)

    assert {name: row[name] for name in IDENTITY} == IDENTITY


def test_registration_of_a_model_keeps_its_files() -> None:
    files = [{"path": f"m/{i}", "sha256": str(i), "size_bytes": 1 << 40} for i in range(2)]
    event = ModelRegistered(
        registration="x", files=files, ts_us=1, run="a", path="outputs/m", tags={"t": None}
    )

    (row,) = of_model(event).rows("models")

    assert (row["name"], row["workspace"], row["registration"]) == ("m", "default", "x")
    assert (row["source_run_id"], row["source_path"]) == ("a", "outputs/m")
    assert (row["file_paths"], row["file_sha256s"]) == (["m/0", "m/1"], ["0", "1"])
    assert row["file_sizes"] == [1 << 40] * 2
    assert dict(row["tags"]) == {"t": None}


def test_edits_of_a_model_are_kept_apart_and_the_latest_of_each_counts() -> None:
    """Who tags a version must take nothing from who describes it at the same time."""
    edits = of_model(
        ModelEdited(registration="x", ts_us=1, description="a", set={"t": "1", "u": None}),
        ModelEdited(registration="x", ts_us=2, stage="production", remove=["t"], deleted=True),
    ).rows("model_edits")

    assert {(e["field"], e["name"]): (e["value"], e["is_removed"]) for e in edits} == {
        ("description", ""): ("a", False),
        ("stage", ""): ("production", False),
        ("tag", "t"): ("", True),
        ("tag", "u"): (None, False),
        ("version", ""): ("", True),
    }


def test_tag_that_one_edit_sets_and_removes_is_set() -> None:
    event = ModelEdited(registration="x", ts_us=1, set={"t": "1"}, remove=["t"])

    (row,) = of_model(event).rows("model_edits")

    assert (row["value"], row["is_removed"]) == ("1", False)


def of_model(*events: Event) -> MergedTables:
    """Return the tables after an envelope of model `m` for each event."""
    tables = MergedTables()
    records = [record(i, event, run="@model/m", seq=i + 1) for i, event in enumerate(events)]
    tables.write(step(State(0), records)[1])
    return tables
