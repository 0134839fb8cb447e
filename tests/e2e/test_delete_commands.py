"""Deleting, restoring, purging and erasing by command and from Python, over one system."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import runtide
from processors.drivers.life import LifeWatch
from processors.life.expiry import Expiry, Rules
from processors.life.purge import Purger
from runtide import Experiment, Workspace
from runtide.cli.app import run as run_command_line
from runtide.errors import Conflict, NotFound
from tests.system import System, running_system

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def system(home: Path) -> Iterator[System]:
    """Return a system that purges as `runtide up` does."""
    with running_system(home) as system:
        purger = Purger(system.store, system.artifacts, log=system.log)
        life = LifeWatch(purger, Expiry(system.log, system.store, Rules(30, {})))
        system.fold._on_folded = life.see
        life.start()
        yield system
        life.stop()


@pytest.fixture
def command(
    system: System, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Return what runs a command: exit code, output, errors."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_QUERY_URL", system.url)
    monkeypatch.setenv("COLUMNS", "120")

    def ran(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["runtide", *arguments])
        with pytest.raises(SystemExit) as ended:
            run_command_line()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return ran


def started(home: Path, run_id: str, experiment: str = "deletion") -> runtide.Run:
    run = Experiment(Workspace(home=home), experiment).start_logging(run_id=run_id, outputs=False)
    run.log("loss", 1.0)
    return run


def ended(home: Path, run_id: str, experiment: str = "deletion") -> runtide.Run:
    run = started(home, run_id, experiment)
    run.complete()
    return run


def test_deleted_run_is_in_the_bin_and_comes_back(command: Command, home: Path) -> None:
    ended(home, "back-1")

    deleted = command("delete", "back-1", "--yes")
    listed, bin_ = command("runs", "--json")[1], command("runs", "--deleted", "--json")[1]
    restored = command("restore", "back")

    assert deleted == (0, "1 run deleted\n`runtide restore` brings them back.\n", "")
    assert [run["run_id"] for run in json.loads(listed)["runs"]] == []
    assert [run["run_id"] for run in json.loads(bin_)["runs"]] == ["back-1"]
    assert restored[:2] == (0, "1 run restored\n")
    assert command("show", "back-1", "--json")[0] == 0


def test_nobody_is_asked_where_nobody_sits(command: Command, home: Path) -> None:
    """A script that deletes has to say so."""
    ended(home, "asked-1")

    code, _, said = command("delete", "asked-1")

    assert (code, "say so with `--yes`" in said) == (2, True)
    assert command("show", "asked-1", "--json")[0] == 0


def test_purge_prints_the_rows_before_and_after(command: Command, home: Path) -> None:
    ended(home, "purged-1")

    code, out, _ = command("purge", "purged-1", "--yes", "--json")

    counts = json.loads(out)
    assert code == 0
    assert counts["before"]["scalars"] == 1
    assert counts["before"]["runs"] >= 1
    assert not any(n for table, n in counts["after"].items() if table != "records of the log")
    assert command("show", "purged-1")[0] == 2


def test_due_lists_what_the_rules_take_and_takes_nothing(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(home, "due-1")
    ended(home, "due-2")
    command("delete", "due-2", "--yes")
    monkeypatch.setenv("RUNTIDE_KEEP_BIN_DAYS", "0")
    monkeypatch.setenv("RUNTIDE_KEEP_RUN_DAYS", "default=0.0000001")

    found = json.loads(command("due", "--json")[1])["runs"]

    causes = {one["run_id"]: one["cause"] for one in found}
    assert (causes["due-1"], causes["due-2"]) == ("retention", "bin")
    assert command("show", "due-1", "--json")[0] == 0


def test_run_is_deleted_and_restored_from_python(command: Command, home: Path) -> None:
    run = started(home, "python-1")
    run.flush()
    with pytest.raises(Conflict, match="cancel it first"):
        run.delete()
    child = run.child_run("part")
    child.complete()
    run.complete()

    assert run.delete(children=True) == ["python-1", child.id]
    with pytest.raises(NotFound):
        runtide.Run(run.experiment, "python-1")
    assert run.restore(children=True) == ["python-1", child.id]
    assert runtide.Run(run.experiment, "python-1").get_metrics() == {"loss": 1.0}


def test_experiment_is_deleted_as_in_the_retired_sdk(command: Command, home: Path) -> None:
    run = ended(home, "whole-1", "whole")
    workspace = run.experiment.workspace

    assert Experiment.delete(workspace, "whole") == ["whole-1"]
    assert "whole" not in workspace.experiments
    assert Experiment.restore(workspace, "whole") == ["whole-1"]
    assert "whole" in workspace.experiments
