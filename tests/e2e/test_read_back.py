"""Everything read back equals what was logged: SDK, log, fold, read model, query API and back."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runtide
from runtide.address import find_address
from runtide.client import lifecycle
from runtide.errors import NotFound, RunFailed
from tests.strategies import cells

_EXAMPLES = 40

names = st.sampled_from(["loss", "a b", "größe \"q\" 'r'\n", "naïve 🎈", " trailing ", "a/b\\c"])
rows = st.dictionaries(st.sampled_from(["x", "y", "ü ", "z"]), cells, min_size=1)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Draw the columns of a table, each with as many cells."""
    n = draw(st.integers(1, 5))
    column = st.lists(cells, min_size=n, max_size=n)
    return draw(st.dictionaries(st.sampled_from(["x", "y", "new"]), column, min_size=1))


calls = st.one_of(
    st.tuples(st.just("log"), names, cells),
    st.tuples(st.just("log_list"), names, st.lists(cells, max_size=5)),
    st.tuples(st.just("log_batch"), names, st.lists(st.floats(), max_size=5)),
    st.tuples(st.just("log_row"), names.map(lambda name: f"table {name}"), rows),
    st.tuples(st.just("log_table"), names.map(lambda name: f"table {name}"), tables()),
    st.tuples(st.just("flush"), st.none(), st.none()),
)


class Model:
    """What `get_metrics` must give, kept the plainest way."""

    def __init__(self) -> None:
        self.values: dict[str, list[Any]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.order: list[str] = []

    def note(self, method: str, name: str, value: Any) -> None:
        """Note one call."""
        if method == "log_batch" and not value:
            return
        if name not in self.order:
            self.order.append(name)
        match method:
            case "log":
                self.values.setdefault(name, []).append(value)
            case "log_list" | "log_batch":
                self.values.setdefault(name, []).extend(value)
            case "log_row":
                self.rows.setdefault(name, []).append(value)
            case "log_table":
                n = len(next(iter(value.values())))
                more = [{column: v[i] for column, v in value.items()} for i in range(n)]
                self.rows.setdefault(name, []).extend(more)

    def metrics(self) -> dict[str, Any]:
        """Return the retired SDK's shapes."""
        return {name: self._shape(name) for name in self.order}

    def _shape(self, name: str) -> Any:
        if name in self.values:
            values = self.values[name]
            return values[0] if len(values) == 1 else values
        listed = self.rows[name]
        columns = list(dict.fromkeys(column for row in listed for column in row))
        if len(listed) == 1:
            return listed[0]
        return {column: [row.get(column) for row in listed] for column in columns}


def exact(value: Any) -> Any:
    """Return a form in which only equal values of equal types and orders are equal."""
    if isinstance(value, dict):
        return [(key, exact(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [exact(inner) for inner in value]
    return (type(value).__name__, repr(value))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder whose server the SDK starts, and which is stopped in the end."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RUNTIDE_URL", raising=False)
        patch.delenv("RUNTIDE_RUN_ID", raising=False)
        patch.chdir(tmp_path_factory.mktemp("cwd"))
        yield home
        lifecycle._at_exit()
        address = find_address(home)
        assert address is not None
        os.kill(address.pid, signal.SIGTERM)


@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(calls, max_size=25))
def test_metrics_come_back_as_they_were_logged(home: Path, made: list[Any]) -> None:
    """All kinds of value and shape, under names that no parser likes, to the type and the bit."""
    run = runtide.init("laws", home=home)
    model = Model()
    for method, name, value in made:
        if method == "flush":
            run.flush()
        elif method == "log_row":
            run.log_row(name, **value)
            model.note(method, name, value)
        else:
            getattr(run, method)(name, value)
            model.note(method, name, value)

    got = run.get_metrics()
    run.complete()

    assert exact(got) == exact(model.metrics())


def test_a_million_calls_come_back(home: Path) -> None:
    """In order, none twice."""
    run = runtide.init("many", home=home)
    for i in range(1_000_000):
        run.log("x", i)

    got = run.get_metrics()
    run.complete()

    assert got["x"] == list(range(1_000_000))


def test_long_lists_wide_rows_and_many_names_come_back(home: Path) -> None:
    """Where the retired SDK dropped: 50 names, 15 columns, 250 entries."""
    run = runtide.init("wide", home=home)
    row: dict[str, Any] = {f"column {i}": i + 0.5 for i in range(20)}
    run.log_list("list", range(100_000))
    run.log_row("row", **row)
    for i in range(500):
        run.log(f"metric '{i}' \"ü\"", i)

    got = run.get_metrics()
    run.complete()

    want = {"list": list(range(100_000)), "row": row}
    assert got == want | {f"metric '{i}' \"ü\"": i for i in range(500)}


def test_ten_processes_write_one_run(home: Path) -> None:
    """Data-parallel training: every point of every rank is there."""
    run = runtide.init("parallel", home=home)
    run.flush()
    source = (
        "import sys, runtide\n"
        "run = runtide.Workspace(home=sys.argv[1]).experiment('parallel')\n"
        "run = runtide.Run.attached(run, sys.argv[2])\n"
        "for i in range(2000): run.log('x', int(sys.argv[3]) * 2000 + i)\n"
    )
    ranks = [
        subprocess.Popen([sys.executable, "-c", source, str(home), run.id, str(rank)])
        for rank in range(10)
    ]
    codes = [rank.wait(60) for rank in ranks]

    got = run.get_metrics()["x"]
    run.complete()

    assert codes == [0] * 10
    assert sorted(got) == list(range(20_000))
    for rank in range(10):
        mine = [value for value in got if value // 2000 == rank]
        assert mine == sorted(mine)


def test_details_tags_files_and_children_come_back(home: Path, tmp_path: Path) -> None:
    """Through a second object that knows only the run's id."""
    run = runtide.init("rest", config={"lr": 0.1}, tags={"team": "a"}, home=home)
    run.add_properties({"commit": "abc"})
    run.log_image("image", _image(tmp_path))
    with run.child_run("child") as child:
        child.log("x", math.nan)
    Path("model.txt").write_text("model")
    run.upload_file("outputs/model.txt", "model.txt")
    run.complete()

    again = runtide.Run(run.experiment, run.id)
    again.download_file("outputs/model.txt", tmp_path / "got.txt")

    assert again.get_status() == "Completed"
    assert (again.get_tags(), again.get_properties()) == ({"team": "a"}, {"commit": "abc"})
    assert (again.config, again.name) == ({"lr": 0.1}, run.name)
    assert (tmp_path / "got.txt").read_text() == "model"
    assert [c.id for c in again.get_children()] == [child.id]
    assert runtide.Run.get(run.experiment.workspace, child.id).parent.id == run.id  # type: ignore[union-attr]  # it has one
    assert set(again.get_metrics(recursive=True)) == {run.id, child.id}
    assert again.get_metrics(populate=True)["image"].bytes.startswith(b"\x89PNG")
    assert again.get_metrics("no such metric") == {}
    assert [r.id for r in run.experiment.get_runs(tags={"team": "a"})] == [run.id]
    assert list(run.experiment.get_runs(properties="no such property")) == []
    assert again.get_portal_url().endswith(f"/runs/{run.id}")


def test_unknown_run_and_file_are_not_found(home: Path) -> None:
    """With what there is instead."""
    experiment = runtide.Workspace(home=home).experiment("rest")
    run = runtide.init("rest", home=home)

    with pytest.raises(NotFound):
        runtide.Run(experiment, "no-such-run")
    with pytest.raises(NotFound, match="has no file 'nothing'"):
        run.download_file("nothing")
    run.complete()


def test_failed_run_raises_where_it_is_waited_for(home: Path) -> None:
    """With its message."""
    run = runtide.init("rest", home=home)
    run.fail("out of memory")

    with pytest.raises(RunFailed, match="out of memory"):
        run.wait_for_completion()
    assert run.wait_for_completion(raise_on_error=False)["status"] == "Failed"


def test_resumed_run_goes_on(home: Path) -> None:
    """Its points stand behind the earlier ones."""
    first = runtide.init("rest", home=home)
    first.log("x", 1)
    first.flush()
    lifecycle.ended(first)

    again = runtide.init(resume=first.id, home=home)
    again.log("x", 2)
    got = again.get_metrics()
    again.complete()

    assert got == {"x": [1, 2]}
    assert again.get_status() == "Completed"


def _image(folder: Path) -> Path:
    path = folder / "image.png"
    path.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d494844520000000100000001080000000"
            "03a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
        )
    )
    return path
