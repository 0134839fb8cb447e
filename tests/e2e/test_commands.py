"""The commands that read, and the demonstration, as processes."""

import csv
import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import runtide
from runtide.cli.export_rows import parse_value
from runtide.client.tensorboard import TensorboardExport
from tests.faults.processes import Process, server
from tests.forked import run_module

VALUES = [0.1, float("inf"), 2**60, True, 'text, with "quotes"\n', None, 1e-300]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a served data folder with two runs, `alpha-1` and `alpha-2`."""
    folder = tmp_path_factory.mktemp("home")
    with server(folder):
        space = runtide.Workspace(home=folder)
        experiment = runtide.Experiment(space, "commands")
        for run_id in ("alpha-1", "alpha-2"):
            run = experiment.start_logging(run_id=run_id, outputs=False)
            for value in VALUES:
                run.log("mixed", value)
            run.log("loss", 0.5 if run_id == "alpha-1" else 0.1)
            run.log_table("scores", {"class": ["[bold]cat", "dog"], "f1": [0.91, 0.87]})
            run.tag("team", "a")
            run.complete()
        yield folder


def ran(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    return run_module("runtide.cli", *arguments, "--home", str(home), environment=bare)


def test_runs_lists_what_the_filter_lets_through(home: Path) -> None:
    listed = ran("runs", "--filter", "metrics.loss.last < 0.2", "--json", home=home)

    assert listed.returncode == 0, listed.stderr
    assert [run["run_id"] for run in json.loads(listed.stdout)["runs"]] == ["alpha-2"]


def test_wrong_filter_is_a_usage_error(home: Path) -> None:
    refused = ran("runs", "--filter", "loss <", home=home)

    assert refused.returncode == 2
    assert refused.stderr.startswith("error: ")


def test_show_prints_names_as_they_are(home: Path) -> None:
    """Square brackets in a name are no styling."""
    shown = ran("show", "alpha-1", home=home)

    assert shown.returncode == 0, shown.stderr
    assert all(word in shown.stdout for word in ("alpha-1", "mixed", "scores", "team", "/runs/"))


def test_run_is_found_by_the_head_of_its_id(home: Path) -> None:
    shown = ran("show", "alpha-2", "--json", home=home)

    assert json.loads(shown.stdout)["run"]["run_id"] == "alpha-2"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("alpha", "alpha-1, alpha-2"),
        ("beta", "`runtide runs` lists them"),
        ("a/b", "want 1 to 256"),
    ],
)
def test_head_that_does_not_name_one_run_is_a_usage_error(home: Path, head: str, said: str) -> None:
    refused = ran("show", head, home=home)

    assert refused.returncode == 2
    assert said in refused.stderr


def test_tail_of_an_ended_run_ends(home: Path) -> None:
    followed = ran("tail", "alpha-1", home=home)

    assert followed.returncode == 0
    assert "is Completed" in followed.stdout


@pytest.mark.parametrize("ending", ["Completed", "Failed"])
def test_tail_follows_a_run_until_it_ends(home: Path, ending: str) -> None:
    """Its exit code says how the run ended, for scripts that wait for it."""
    space = runtide.Workspace(home=home)
    run = runtide.Experiment(space, "tailed").start_logging(outputs=False)
    run.flush()
    command = ["runtide.cli", "tail", run.id, "--every-s", "0"]
    process = Process([*command, "--home", str(home)], home=home)
    process.wait_for(run.name)

    run.log("loss", 0.5, step=7)
    words = process.wait_for("step")
    run.complete() if ending == "Completed" else run.fail("on purpose")

    process.wait_for(ending)
    assert words == ["7", "loss", "0.5"]
    assert process.wait_until_ended() == (0 if ending == "Completed" else 1)


def test_csv_export_reads_back_to_what_was_logged(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.csv"

    done = ran("export", "alpha-1", "--to", str(target), home=home)

    assert done.returncode == 0, done.stderr
    with target.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["name"] == "mixed"]
    assert [parse_value(row["type"], row["value"]) for row in rows] == VALUES


def test_export_says_the_step_and_time_of_each_value(home: Path) -> None:
    done = ran("export", "alpha-1", home=home)

    rows = [row for row in csv.DictReader(io.StringIO(done.stdout)) if row["name"] == "mixed"]
    assert [row["step"] for row in rows] == [str(i) for i in range(len(VALUES))]
    assert all(int(row["ts_us"]) > 1_700_000_000_000_000 for row in rows)


def test_parquet_export_has_the_rows_of_the_csv_export(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.parquet"

    done = ran("export", "alpha-1", "--to", str(target), home=home)
    as_text = ran("export", "alpha-1", home=home)

    assert done.returncode == 0, done.stderr
    table = pq.read_table(target).to_pylist()
    lines = list(csv.DictReader(as_text.stdout.splitlines(keepends=True)))
    assert [(r["name"], r["type"], r["value"] or "") for r in table] == [
        (r["name"], r["type"], r["value"]) for r in lines
    ]


def test_failed_export_leaves_no_file(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "missing" / "run.csv"

    refused = ran("export", "alpha-1", "--to", str(target), home=home)

    assert refused.returncode == 2
    assert not target.parent.exists()


def test_interrupted_demonstration_cancels_its_run_and_stops_its_server(tmp_path: Path) -> None:
    """Ctrl-C must leave neither a run that seems to go on nor a server that nobody asked for."""
    folder = tmp_path / "home"
    command = ["runtide.cli", "demo", "--no-browser"]
    process = Process([*command, "--home", str(folder), "--port", "0"], home=folder)
    (*_, url) = process.wait_for("Training")

    os.kill(process.pid, signal.SIGINT)
    code = process.wait_until_ended()

    assert code == 130
    assert not (folder / "server.json").exists()
    with server(folder):
        shown = ran("show", url.rpartition("/")[2], "--json", home=folder)
    assert json.loads(shown.stdout)["run"]["status"] == "Canceled"


@pytest.mark.slow
def test_demonstration_ends_by_itself_and_finds_everything_equal(tmp_path: Path) -> None:
    """What the demonstration shows to people, CI sees every time."""
    done = ran("demo", "--seconds", "2", "--exit", home=tmp_path / "home")

    assert done.returncode == 0, done.stderr
    assert "Every one equals what was logged." in done.stdout
    assert not (tmp_path / "home" / "server.json").exists()


def test_tensorboard_shows_what_was_exported(home: Path, tmp_path: Path) -> None:
    exported = ran("export", "alpha-1", "--format", "tensorboard", "--to", str(tmp_path), home=home)

    assert exported.returncode == 0, exported.stderr
    shown = EventAccumulator(str(tmp_path / "alpha-1")).Reload()
    assert [(event.step, event.value) for event in shown.Scalars("loss")] == [(0, 0.5)]
    # A step is the place among the values, whatever became of those before; None is left out.
    assert [event.step for event in shown.Scalars("mixed")] == [0, 1, 2, 3, 6]
    assert [event.step for event in shown.Tensors("mixed")] == [4]
    assert [event.value for event in shown.Scalars("scores/f1")] == pytest.approx([0.91, 0.87])


def test_export_that_is_updated_gains_what_was_logged_since(home: Path, tmp_path: Path) -> None:
    """TensorBoard may look on while a run goes on; nothing is in the file twice."""
    space = runtide.Workspace(home=home)
    run = runtide.Experiment(space, "growing").start_logging(outputs=False)
    picture = np.zeros((2, 3))
    run.log("loss", 1.0)
    run.log_image("picture", plot=picture)
    run.flush()
    with TensorboardExport(space.reader, run.id, tmp_path) as export:
        counts = [export.update()]
        run.log("loss", 0.5)
        run.log_image("picture", plot=picture, step=7)
        run.complete()
        counts += [export.update(), export.update()]

    shown = EventAccumulator(str(tmp_path / run.id)).Reload()
    assert counts == [2, 2, 0]
    assert [(event.step, event.value) for event in shown.Scalars("loss")] == [(0, 1.0), (1, 0.5)]
    assert [(event.step, event.width, event.height) for event in shown.Images("picture")] == [
        (0, 3, 2),
        (7, 3, 2),
    ]


def test_tensorboard_needs_a_folder(home: Path) -> None:
    refused = ran("export", "alpha-1", "--format", "tensorboard", home=home)

    assert refused.returncode == 2
    assert "name it with `--to`" in refused.stderr
