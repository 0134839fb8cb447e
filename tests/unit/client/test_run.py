"""`Run` on a data folder: what its calls put into the event log, and what they refuse."""

from __future__ import annotations

import array
import io
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runtide
from runtide.artifacts.local import LocalArtifacts
from runtide.client import lifecycle
from runtide.core.events import (
    ChartLogged,
    ConfigSet,
    FileUploaded,
    Heartbeat,
    ImageLogged,
    PropertiesAdded,
    RunCreated,
    RunDescribed,
    TagsChanged,
)
from runtide.errors import Conflict, NotFound, UsageError
from tests.recorded import Recorded, recorded


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a data folder; what a test leaves open is closed as at the end of a process."""
    for name in ("RUNTIDE_HOME", "RUNTIDE_URL", "RUNTIDE_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield tmp_path / "home"
    lifecycle._at_exit()


@pytest.fixture
def run(home: Path) -> runtide.Run:
    """Return a run that has just started."""
    return runtide.init("exp", home=home)


def after(run: runtide.Run, home: Path) -> Recorded:
    """Complete the run and return what the log holds."""
    run.complete()
    return recorded(home)


def test_init_starts_a_run_with_what_it_was_given(home: Path) -> None:
    """In one call."""
    run = runtide.init(
        "exp", "first", config={"lr": 0.1}, tags={"team": "a"}, description="d", home=home
    )

    got = after(run, home)
    created = got.of_type(RunCreated)[0]
    assert (created.experiment, created.name, created.description) == ("exp", "first", "d")
    assert got.of_type(ConfigSet)[0].set == {"lr": 0.1}
    assert got.of_type(TagsChanged)[0].set == {"team": "a"}
    assert got.statuses() == ["Running", "Completed"]


def test_log_takes_values_dicts_and_steps(run: runtide.Run, home: Path) -> None:
    """In one order per metric."""
    run.log("x", 0.5)
    run.log("x", 1, step=7)
    run.log({"x": np.float32(0.25), "y": "text"}, step=9)
    run.log("x", np.array(3))
    run.log(name="x", value=True, description="older scripts give one")

    got = after(run, home)
    assert got.values("x") == [0.5, 1, 0.25, 3, True]
    assert got.steps("x") == [0, 7, 9, 10, 11]
    assert got.values("y") == ["text"]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("x", [1]), "use `log_list`"),
        (("x", range(3)), "use `log_list`"),
        (("x", iter([1])), "use `log_list`"),
        (("x", np.zeros(3)), "use `log_list` or `log_batch`"),
        (("x", {"a": 1}), "use `log_row`"),
        (("x", object()), "want a float, int, bool, string"),
        (("x",), "has no value"),
        (("", 1), "name is empty"),
        ((5, 1), "want a string"),
        (({"a": 1}, 2), "beside a dict"),
        (({"a": 1, "b": object()},), "'b'"),
        (("x", 1, "", 1.5), "step is 1.5"),
        (("x", 1, 0), "pass a step as `step=`"),
        (({"a": 1}, 2, 3), "pass a step as `step=`"),
    ],
)
def test_wrong_log_raises_at_once_and_logs_nothing(
    run: runtide.Run, home: Path, arguments: tuple[Any, ...], match: str
) -> None:
    """The message names the remedy."""
    with pytest.raises(UsageError, match=match):
        run.log(*arguments)

    got = after(run, home)
    assert [event.type for event in got.events()] == ["run", "state", "state"]


def test_one_name_holds_one_kind(run: runtide.Run) -> None:
    """Scalars and lists are one; a table or an image is another."""
    run.log("x", 1)
    run.log_list("x", [2])

    with pytest.raises(UsageError, match="give one of them another name"):
        run.log_row("x", a=1)


def test_rows_and_tables_make_one_table(run: runtide.Run, home: Path) -> None:
    """Columns keep their order."""
    run.log_row("t", x=1, y=0.4)
    run.log_row("t", x=2, y=0.5)
    run.log_table("t", {"x": [3, 4], "y": [0.6, None]})

    assert after(run, home).rows("t") == {"x": [1, 2, 3, 4], "y": [0.4, 0.5, 0.6, None]}


@pytest.mark.parametrize("columns", [{}, {"x": [1]}, {"x": object()}])
def test_wrong_row_raises_at_once(run: runtide.Run, columns: dict[str, Any]) -> None:
    """A row holds scalars."""
    with pytest.raises(UsageError):
        run.log_row("t", **columns)


@pytest.mark.parametrize(
    "values",
    [
        np.array([0.5, 1.5]),
        np.array([0.5, 1.5], dtype=np.float32),
        np.array([0.5, 0.0, 1.5])[::2],
        array.array("d", [0.5, 1.5]),
        [0.5, 1.5],
        (v for v in (0.5, 1.5)),
    ],
    ids=["float64", "float32", "strided", "array", "list", "generator"],
)
def test_log_batch_takes_arrays_and_iterables(run: runtide.Run, home: Path, values: object) -> None:
    """At the speed of each."""
    run.log_batch("x", values)
    run.log_batch("x", [2.5], steps=[10], timestamps=[5])

    got = after(run, home)
    assert got.values("x") == [0.5, 1.5, 2.5]
    assert got.steps("x") == [0, 1, 10]


@pytest.mark.parametrize(
    ("values", "want"),
    [
        (np.array([1, 2**62]), [1, 2**62]),
        (np.array([1, 2], dtype=np.uint8), [1, 2]),
        (np.array([2**64 - 1], dtype=np.uint64), [2**64 - 1]),
        (np.array([True, False]), [True, False]),
        (["a", 1, None], ["a", 1, None]),
        ([], []),
        (np.array([]), []),
    ],
)
def test_log_batch_keeps_types(
    run: runtide.Run, home: Path, values: object, want: list[object]
) -> None:
    """An integer stays one."""
    run.log_batch("x", values)

    got = after(run, home).values("x")
    assert [(v, type(v)) for v in got] == [(v, type(v)) for v in want]


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": [1.0], "steps": [1, 2]},
        {"values": np.zeros(2), "steps": np.arange(3)},
        {"values": np.zeros(2), "timestamps": [1]},
        {"values": np.zeros((2, 2))},
        {"values": [1.0], "steps": [0.5]},
        {"values": [1.0], "steps": [None]},
        {"values": [1.0], "steps": np.array([2**63 - 1])},
        {"values": [1.0], "timestamps": ["now"]},
        {"values": [1.0], "timestamps": [-1]},
        {"values": "text"},
        {"values": 5},
    ],
)
def test_wrong_log_batch_raises_and_logs_nothing(
    run: runtide.Run, home: Path, arguments: dict[str, Any]
) -> None:
    """A half-logged batch could not be logged again."""
    with pytest.raises(UsageError):
        run.log_batch("x", **arguments)

    assert after(run, home).values("x") == []


def test_images_and_charts_are_files_too(run: runtide.Run, home: Path) -> None:
    """Their bytes are in the store when their event is in the log."""
    chart = {
        "schema_type": "residuals",
        "schema_version": "1.0.0",
        "data": {"bin_edges": [0, 1], "bin_counts": [2]},
    }
    run.log_image("ROC / curve", np.zeros((2, 3), np.uint8), description="d", step=7)
    run.log_residuals("residuals", chart)

    got = after(run, home)
    image, drawn = got.of_type(ImageLogged)[0], got.of_type(ChartLogged)[0]
    assert (image.width, image.height, image.description, image.step) == (3, 2, "d", 7)
    assert drawn.schema_type == "residuals"
    assert {file.path for file in got.of_type(FileUploaded)} == {image.path, drawn.path}
    assert LocalArtifacts(home).find_size(image.sha256) == image.size_bytes


@pytest.mark.parametrize(
    "arguments",
    [{}, {"path": "a", "plot": "b"}, {"path": object()}, {"plot": [[0]], "step": 0.5}],
)
def test_wrong_image_raises(run: runtide.Run, arguments: dict[str, Any]) -> None:
    """Exactly one of both, and a whole step."""
    with pytest.raises(UsageError):
        run.log_image("x", **arguments)


def test_files_are_uploaded_from_paths_streams_and_folders(
    run: runtide.Run, home: Path, tmp_path: Path
) -> None:
    """Under normal names."""
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/b.txt").write_text("b")
    run.upload_file("./a.txt", io.BytesIO(b"a"))
    run.upload_file("t.txt", io.StringIO("ü"))
    run.upload_folder("f", folder)
    run.upload_files(["c.txt"], [folder / "sub/b.txt"])

    got = {file.path: file.size_bytes for file in after(run, home).of_type(FileUploaded)}
    assert got == {"a.txt": 1, "t.txt": 2, "f/sub/b.txt": 1, "c.txt": 1}


@pytest.mark.parametrize(
    ("name", "source", "error"),
    [
        ("../a", "x", UsageError),
        ("a", "nothing here", NotFound),
        ("a", 5, UsageError),
        ("a", "/", UsageError),
    ],
)
def test_wrong_upload_raises(
    run: runtide.Run, name: str, source: Any, error: type[Exception]
) -> None:
    """Names never lead out of the run."""
    with pytest.raises(error):
        run.upload_file(name, source)


def test_outputs_are_in_the_log_before_the_terminal_state(home: Path) -> None:
    """A reader who sees Completed finds them."""
    experiment = runtide.Experiment(runtide.Workspace(home=home), "exp")
    run = experiment.start_logging()
    Path("outputs/model.pkl").write_bytes(b"model")
    run.complete()

    types = [event.type for event in recorded(home).events()]
    assert types == ["run", "state", "file", "state"]


def test_tags_properties_and_names(run: runtide.Run, home: Path) -> None:
    """Values that are no text become it; None stays None."""
    run.tag("rank", 1)
    run.set_tags({"a": None})
    run.remove_tags(["a"])
    run.add_properties({"commit": "abc"})
    run.add_properties({"commit": "abc", "more": 1})
    run.name = "new name"
    run.description = "about"

    got = after(run, home)
    assert [(tag.set, tag.remove) for tag in got.of_type(TagsChanged)] == [
        ({"rank": "1"}, []),
        ({"a": None}, []),
        ({}, ["a"]),
    ]
    assert [p.set for p in got.of_type(PropertiesAdded)][1] == {"commit": "abc", "more": "1"}
    assert [(d.name, d.description) for d in got.of_type(RunDescribed)] == [
        ("new name", None),
        (None, "about"),
    ]


def test_property_keeps_its_first_value(run: runtide.Run) -> None:
    """Properties are write-once."""
    run.add_properties({"commit": "abc"})

    with pytest.raises(Conflict, match="'commit' is 'abc' for ever"):
        run.add_properties({"new": "x", "commit": "def"})


def test_children_know_their_parent(run: runtide.Run, home: Path) -> None:
    """Names follow the parent's."""
    run.name = "sweep"
    with run.child_run("alpha 0.1") as child:
        child.log("mse", 1.0)
    batch = run.create_children(tag_key="alpha", tag_values=["1", "2"])
    for one in batch:
        one.cancel()

    got = after(run, home)
    children = [created for created in got.of_type(RunCreated) if created.parent]
    assert [created.parent for created in children] == [run.id] * 3
    assert children[0].name == "sweep>alpha 0.1"
    assert [tag.set for tag in got.of_type(TagsChanged)] == [{"alpha": "1"}, {"alpha": "2"}]
    assert got.statuses(batch[0].id) == ["Running", "Canceled"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"count": 1, "tag_key": "a", "tag_values": ["1"]},
        {"tag_values": ["1"]},
        {"count": 101},
    ],
)
def test_wrong_create_children_raises(run: runtide.Run, arguments: dict[str, Any]) -> None:
    """The retired SDK's rules."""
    with pytest.raises(UsageError):
        run.create_children(**arguments)


def test_a_run_ends_once(run: runtide.Run, home: Path) -> None:
    """A second end changes nothing, but what was logged since is delivered."""
    run.complete()
    run.log("late", 1)
    run.fail("too late")

    got = recorded(home)
    assert got.statuses() == ["Running", "Completed"]
    assert got.values("late") == [1]


@pytest.mark.parametrize(
    ("details", "want"),
    [
        (None, {"code": "UserError"}),
        ("why", {"code": "UserError", "message": "why"}),
    ],
)
def test_fail_says_why(
    run: runtide.Run, home: Path, details: str | None, want: dict[str, str]
) -> None:
    """Text, an exception, or nothing."""
    run.fail(details)

    assert recorded(home).events()[-1].error == want  # type: ignore[union-attr]  # a state


def test_pickled_run_is_the_same_writer_in_the_same_process(run: runtide.Run, home: Path) -> None:
    """A writer is one process's use of one run."""
    run.log("x", 1)
    copy = pickle.loads(pickle.dumps(run))
    copy.log("x", 2)

    got = after(run, home)
    assert got.values("x") == [1, 2]
    assert got.steps("x") == [0, 1]


def test_heartbeats_come_while_a_run_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without one for a minute is NotResponding."""
    monkeypatch.setattr("runtide.client.sender.HEARTBEAT_INTERVAL_S", 0.01)
    run = runtide.init("exp", home=home)
    deadline = threading.Event()
    while not recorded(home).of_type(Heartbeat) and not deadline.wait(0.01):
        run.flush()
    run.complete()

    assert recorded(home).of_type(Heartbeat)
