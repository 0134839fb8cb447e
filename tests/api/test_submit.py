"""Submitting through the SDK to a server, and following what was submitted."""

import io
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import runtide
from runtide.client import lifecycle
from runtide.core.events import StateChanged, TextLogged
from runtide.errors import Conflict, NotFound, RunFailed, UsageError
from tests.recorded import recorded_in
from tests.system import System, running_system
from tests.waiting import wait_until

OUTPUT = "user_logs/std_log.txt"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def experiment(
    system: System, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[runtide.Experiment]:
    """An experiment of a script that reaches the server over HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNTIDE_HOME", str(tmp_path_factory.mktemp("client")))
        patch.delenv("RUNTIDE_RUN_ID", raising=False)
        yield runtide.Experiment(runtide.Workspace(url=system.url), "exp")
        lifecycle._at_exit()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    (folder / "train.py").write_text("print('hi')\n")
    (folder / "data.csv").write_text("1,2\n")
    (folder / ".gitignore").write_text("*.csv\n")
    return folder


@pytest.fixture(scope="module")
def config(source: Path) -> runtide.ScriptRunConfig:
    return runtide.ScriptRunConfig(source, "train.py", ["--lr", 0.1], compute_target="local")


@pytest.fixture(scope="module")
def submitted(experiment: runtide.Experiment, config: runtide.ScriptRunConfig) -> runtide.ScriptRun:
    return experiment.submit(config, tags={"try": 1})


def launcher(system: System, run: runtide.Run, *events: Any) -> None:
    """Append what a launcher says."""
    system.append(run.id, *events, writer="launcher")


def state(status: Any, **more: Any) -> StateChanged:
    return StateChanged(status=status, ts_us=9, **more)


def test_submitted_run_waits_and_has_all_that_is_needed(
    system: System, submitted: runtide.ScriptRun, source: Path
) -> None:
    assert submitted.id.startswith("exp_1")
    assert submitted.status == submitted.get_status() == "Queued"
    assert (submitted.type, submitted.get_tags()) == ("script", {"try": "1"})
    job = system.get(f"/runs/{submitted.id}/job")
    assert job["command"] == ["python", "train.py", "--lr", "0.1"]
    assert job["environment"]["python"] == sys.executable
    assert (job["source"], job["target"]) == (str(source), "local")
    assert job["snapshot_id"] == submitted.get_snapshot_id()
    assert submitted.get_properties()["ContentSnapshotId"] == submitted.get_snapshot_id()
    queued = system.get("/targets/local")["queued"]
    assert submitted.id in [run["run_id"] for run in queued]


def test_events_of_a_submit_are_of_one_writer_in_order(
    system: System, submitted: runtide.ScriptRun
) -> None:
    """A queue that sees `Queued` finds everything that it needs before it."""
    mine = [e for e in recorded_in(system.log).envelopes if e.run == submitted.id]
    first = [event.type for envelope in mine for event in envelope.events][:6]

    assert first == ["run", "snapshot", "property", "tag", "job", "state"]
    assert len({envelope.writer for envelope in mine if envelope.writer != "launcher"}) == 1


def test_code_is_kept_without_what_is_ignored(submitted: runtide.ScriptRun, tmp_path: Path) -> None:
    path = submitted.restore_snapshot(path=tmp_path / "out")

    assert Path(path) == tmp_path / "out" / f"{submitted.get_snapshot_id()}.zip"
    with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as archive:
        assert sorted(archive.namelist()) == [".gitignore", "train.py"]
    with pytest.raises(NotFound, match="not another"):
        submitted.restore_snapshot("another")


def test_details_have_what_was_submitted(submitted: runtide.ScriptRun) -> None:
    details = submitted.get_details()

    definition = details["runDefinition"]
    assert definition["command"] == ["python", "train.py", "--lr", "0.1"]
    assert (definition["script"], definition["arguments"]) == ("train.py", ["--lr", "0.1"])
    assert details["target"] == "local"
    assert "endTimeUtc" not in details
    assert submitted.get_detailed_status() == {"status": "Queued", "details": None}


@pytest.mark.parametrize("command", [["python", "-c", "print(1)"], ["./train", "--lr"]])
def test_command_without_a_script_has_no_arguments(
    experiment: runtide.Experiment, source: Path, command: list[str]
) -> None:
    run = experiment.submit(runtide.ScriptRunConfig(source, command=command))

    definition = run.get_details()["runDefinition"]

    assert definition["command"] == command
    assert (definition["script"], definition["arguments"]) == (None, [])


def test_child_is_below_its_parent(
    submitted: runtide.ScriptRun, config: runtide.ScriptRunConfig
) -> None:
    child = submitted.submit_child(config, tags={"a": "b"})

    assert child.parent is not None
    assert child.parent.id == submitted.id
    assert [run.id for run in submitted.get_children()] == [child.id]
    assert isinstance(pickle.loads(pickle.dumps(child)), runtide.ScriptRun)


@pytest.mark.parametrize("script", ["gone.py", "data.csv"])
def test_what_cannot_be_run_is_not_submitted(
    system: System, experiment: runtide.Experiment, source: Path, script: str
) -> None:
    """`data.csv` is there, and an ignore file leaves it out."""
    end = system.log.end(0)

    with pytest.raises(UsageError, match="script"):
        experiment.submit(runtide.ScriptRunConfig(source, script))

    assert system.log.end(0) == end


def test_output_is_shown_as_it_grows_and_each_line_once(
    system: System,
    experiment: runtide.Experiment,
    config: runtide.ScriptRunConfig,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = experiment.submit(config)
    shown = ""

    def follow() -> None:
        run.wait_for_completion(show_output=True)

    def shows(text: str) -> bool:
        nonlocal shown
        shown += capsys.readouterr().out
        return text in shown

    thread = Thread(target=follow, daemon=True)
    thread.start()
    launcher(system, run, state("Running"), TextLogged(file=OUTPUT, text="one\n", ts_us=9))
    launcher(system, run, TextLogged(file="logs/other.txt", text="quiet\n", ts_us=9))
    wait_until(lambda: shows("one\n"), what="the first line is shown")
    launcher(system, run, TextLogged(file=OUTPUT, text="two\n", ts_us=9), state("Completed"))
    thread.join(timeout=60)
    shown += capsys.readouterr().out

    assert shown.startswith(f"RunId: {run.id}\nWeb View: {system.url}/runs/{run.id}\n")
    assert f"Streaming {OUTPUT}\n" in shown
    assert (shown.count("one\n"), shown.count("two\n"), shown.count("quiet")) == (1, 1, 0)
    assert shown.endswith(f"RunId: {run.id}\nStatus: Completed\n")
    assert run.get_details_with_logs()["logFiles"] == {
        "logs/other.txt": "quiet\n",
        OUTPUT: "one\ntwo\n",
    }


def test_failure_is_raised_with_its_reason_and_last_lines(
    system: System,
    experiment: runtide.Experiment,
    config: runtide.ScriptRunConfig,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = experiment.submit(config)
    error = {"code": "UserError", "message": "exit code 3", "output": "Traceback\nboom"}
    text = TextLogged(file=OUTPUT, text="boom\n", ts_us=9)
    launcher(system, run, state("Running"), text, state("Failed", error=error))

    with pytest.raises(RunFailed) as caught:
        run.wait_for_completion()

    assert "exit code 3" in str(caught.value)
    assert str(caught.value).endswith("Traceback\nboom")
    details = run.wait_for_completion(show_output=True, raise_on_error=False)
    assert details["error"] == error
    assert "Error:\nexit code 3" in capsys.readouterr().out
    (path,) = run.get_all_logs(tmp_path)
    assert Path(path).read_text() == "boom\n"
    assert Path(path) == tmp_path / OUTPUT


def test_interrupted_wait_says_that_the_run_goes_on(
    submitted: runtide.ScriptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(submitted, "get_status", interrupt)

    with pytest.raises(KeyboardInterrupt, match="goes on"):
        submitted.wait_for_completion()


def test_run_of_another_process_is_asked_to_end(
    system: System, experiment: runtide.Experiment, config: runtide.ScriptRunConfig
) -> None:
    run_id = experiment.submit(config).id
    run = runtide.Run(experiment, run_id)

    run.cancel()

    assert run.status == run.get_status() == "CancelRequested"
    asked = system.get(f"/runs/{run_id}/states")["items"][-1]
    assert (asked["status"], asked["by"]) == ("CancelRequested", run.get_details()["submittedBy"])
    launcher(system, run, state("Completed"))
    assert run.wait_for_completion()["status"] == "Completed"
    with pytest.raises(Conflict, match="is Completed"):
        run.cancel()


def test_script_delivers_and_its_launcher_says_how_it_ended(
    system: System,
    experiment: runtide.Experiment,
    config: runtide.ScriptRunConfig,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    submitted = experiment.submit(config)
    launcher(system, submitted, state("Running"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "model.pkl").write_text("model")
    for name, value in {"RUN_ID": submitted.id, "URL": system.url, "EXPERIMENT": "exp"}.items():
        monkeypatch.setenv(f"RUNTIDE_{name}", value)

    run = runtide.Run.get_context()
    run.log("loss", 0.5)
    run.complete()

    assert run.get_status() == "Running"
    assert run.get_metrics() == {"loss": 0.5}
    assert run.get_file_names() == ["outputs/model.pkl"]


def test_what_a_script_says_of_its_failure_counts(
    system: System,
    experiment: runtide.Experiment,
    config: runtide.ScriptRunConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submitted = experiment.submit(config)
    monkeypatch.setenv("RUNTIDE_RUN_ID", submitted.id)
    monkeypatch.setenv("RUNTIDE_URL", system.url)

    runtide.Run.get_context().fail("no data")
    launcher(system, submitted, state("Completed"))

    assert submitted.get_status() == "Failed"


def test_run_of_this_process_can_keep_its_code(
    experiment: runtide.Experiment, source: Path
) -> None:
    run = experiment.start_logging(outputs=False, snapshot_directory=source)
    bare = experiment.start_logging(outputs=False)

    with pytest.raises(NotFound, match="has no snapshot"):
        bare.get_snapshot_id()
    assert bare.take_snapshot(source) == run.get_snapshot_id() == bare.get_snapshot_id()
    with pytest.raises(Conflict, match="has snapshot"):
        run.take_snapshot(source)
    run.cancel()
    bare.complete()
    assert [run.get_status(), bare.get_status()] == ["Canceled", "Completed"]
