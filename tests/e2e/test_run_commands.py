"""The commands for runs and models, in this process over one system that they reach by HTTP."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import runtide
from runtide import Workspace
from runtide.cli.app import run as run_command_line
from tests.faults.processes import Process
from tests.system import System, running_system

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder that runs log to."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def system(home: Path) -> Iterator[System]:
    """Return a system with two runs, `alpha-1` and `alpha-2`, and a child of the first."""
    with running_system(home) as system:
        experiment = runtide.Experiment(Workspace(home=home), "commands")
        for number, run_id in enumerate(("alpha-1", "alpha-2")):
            run = experiment.start_logging(run_id=run_id, outputs=False)
            run.set_config({"lr": 0.1 * (number + 1), "layers": {"sizes": [3, 4]}})
            for value in (3.0, 1.0 + number, 2.0):
                run.log("val/loss", value)
            run.log("epoch", 7)
            run.upload_file("outputs/model.pkl", Path(__file__))
            run.upload_file("outputs/deep/notes.txt", Path(__file__))
            if number == 0:
                run.child_run("part").child_run("piece").complete()
            run.complete()
        # A list of children is of what is folded.
        httpx.get(f"{system.url}/api/v1/runs?fresh=true", timeout=60).raise_for_status()
        yield system


@pytest.fixture
def command(
    system: System,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Command:
    """Return what runs a command in an empty folder: exit code, output, errors."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_QUERY_URL", system.url)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["runtide", *arguments])
        with pytest.raises(SystemExit) as ended:
            run_command_line()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return ran


def documents(command: Command, *arguments: str) -> Any:
    code, said, errors = command(*arguments, "--json")
    assert code == 0, errors
    return json.loads(said)


def test_children_lists_what_is_below_a_run(command: Command) -> None:
    own = documents(command, "children", "alpha-1")["runs"]
    below = documents(command, "children", "alpha-1", "--recursive")["runs"]

    assert [run["name"].rpartition(">")[2] for run in own] == ["part"]
    assert {run["name"].rpartition(">")[2] for run in below} == {"part", "piece"}
    assert command("children", "alpha-2")[:2] == (0, "alpha-2 has no child runs.\n")
    # A narrow table cuts the name.
    assert "commands-alpha-1>" in command("children", "alpha-1", "--metric", "loss")[1]


def test_compare_marks_what_differs(command: Command) -> None:
    found = documents(command, "compare", "alpha-1", "alpha-2", "--metrics", "val/*")

    assert found["runs"] == ["alpha-1", "alpha-2"]
    assert found["config"] == [
        {"name": "lr", "values": [0.1, 0.2], "differs": True},
        {"name": "layers.sizes", "values": ["[3, 4]", "[3, 4]"], "differs": False},
    ]
    assert found["metrics"] == [
        {
            "name": "val/loss",
            "last": [2.0, 2.0],
            "min": [1.0, 2.0],
            "max": [3.0, 3.0],
            "differs": True,
        }
    ]
    shown = command("compare", "alpha-1", "alpha-2")[1].splitlines()
    marked = {line.split()[1] for line in shown if line.lstrip().startswith("≠")}
    assert marked == {"name", "lr", "val/loss"}


def test_compare_of_one_run_is_a_usage_error(command: Command) -> None:
    code, _, errors = command("compare", "alpha-1")

    assert code == 2
    assert "name two runs or more" in errors


def test_download_keeps_paths_below_the_folder(command: Command) -> None:
    code, said, errors = command("download", "alpha-1", "outputs/*", "--to", "there")

    assert code == 0, errors
    assert Path("there/outputs/model.pkl").read_bytes() == Path(__file__).read_bytes()
    assert "there/outputs/deep/notes.txt\n" in said
    saved = documents(command, "download", "alpha-2", "*.pkl")["files"]
    assert [file["saved"] for file in saved] == ["outputs/model.pkl"]
    assert command("download", "alpha-1", "*.onnx")[0] == 2


def test_canceled_run_is_canceled_and_an_ended_one_cannot_be(command: Command) -> None:
    run = runtide.Experiment(Workspace(), "canceled").start_logging(outputs=False)
    run.flush()

    assert documents(command, "cancel", run.id)["run"]["status"] == "Canceled"
    assert command("cancel", run.id)[:2] == (0, f"{run.name} is Canceled\n")
    run.complete()
    code, _, errors = command("cancel", "alpha-1")
    assert code == 1
    assert "is Completed" in errors


def test_logs_prints_each_log_and_says_which(command: Command) -> None:
    run = runtide.Experiment(Workspace(), "logged").start_logging(outputs=False)
    run._send_text("logs/a.txt", "one\n")
    run.flush()
    assert command("logs", run.id)[:2] == (0, "one\n")
    run._send_text("logs/b.txt", "two")
    run.flush()

    assert command("logs", run.id)[1] == "==> logs/a.txt <==\none\n==> logs/b.txt <==\ntwo"
    assert command("logs", run.id, "--file", "logs/b.txt")[1] == "==> logs/b.txt <==\ntwo"
    pieces = command("logs", run.id, "--json")[1].splitlines()
    assert json.loads(pieces[0]) == {"file": "logs/a.txt", "text": "one\n"}
    code, _, errors = command("logs", run.id, "--file", "logs/c.txt")
    assert (code, "it has logs/a.txt, logs/b.txt" in errors) == (2, True)
    run.complete()


@pytest.mark.parametrize("ending", ["Completed", "Failed"])
def test_followed_logs_end_with_the_run(
    command: Command, system: System, home: Path, ending: str
) -> None:
    """Whoever waits for a run sees its last line, and hears by the exit code how it ended."""
    run = runtide.Experiment(Workspace(), "followed").start_logging(outputs=False)
    run._send_text("user_logs/std_log.txt", "first\n")
    run.flush()
    words = ["runtide.cli", "logs", run.id, "-f"]
    process = Process(words, home=home, settings={"RUNTIDE_QUERY_URL": system.url})
    process.wait_for("first")

    run._send_text("user_logs/std_log.txt", "last\n")
    run.complete() if ending == "Completed" else run.fail("on purpose")

    process.wait_for("last")
    assert process.wait_until_ended() == (0 if ending == "Completed" else 1)


def test_models_are_registered_staged_shown_and_downloaded(command: Command) -> None:
    registered = command(
        "models", "register", "ridge", "--run", "alpha-1", "--path", "outputs/model.pkl"
    )
    assert registered[:2] == (0, "ridge:1\n"), registered[2]
    Path("net").mkdir()
    Path("net/a.bin").write_text("a")
    local = documents(command, "models", "register", "ridge", "--path", "net", "--tag", "t:1")
    assert (local["model"]["version"], local["model"]["tags"]) == (2, {"t": "1"})

    assert command("models", "stage", "ridge:1", "production")[1] == "ridge:1 is in production\n"
    listed = documents(command, "models", "--stage", "production")["models"]
    assert [(m["id"], m["run_id"]) for m in listed] == [("ridge:1", "alpha-1")]
    assert "ridge:2" in command("models")[1]
    shown = command("models", "show", "ridge:1")[1]
    assert all(word in shown for word in ("ridge:1", "alpha-1", "production", "model.pkl"))
    assert documents(command, "models", "show", "ridge")["model"]["version"] == 2

    assert command("models", "download", "ridge", "--to", "there")[1] == "there/net\n"
    assert Path("there/net/a.bin").read_text() == "a"
    assert command("models", "download", "ridge", "--to", "there")[0] == 2
    assert command("models", "download", "ridge", "--to", "there", "--force")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nothing"), "has no model 'nothing'"),
        (("show", "ridge:x"), "want `name:version`"),
        (("register", "m", "--run", "alpha-1", "--path", "none"), "outputs/model.pkl"),
        (("register", "m", "--path", "none"), "no file or folder 'none'"),
    ],
)
def test_model_that_is_not_there_is_a_usage_error(
    command: Command, arguments: tuple[str, ...], said: str
) -> None:
    code, _, errors = command("models", *arguments)

    assert code == 2
    assert said in errors
