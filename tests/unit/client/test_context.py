"""Where a script is: its submitted run, its workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import runtide
from runtide.client import lifecycle
from runtide.errors import NotFound, UsageError
from tests.recorded import recorded


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


def test_get_context_is_one_run_until_it_ends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody submitted this process, so it gets a run that can do everything."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    first = runtide.Run.get_context()
    again = runtide.Run.get_context()
    first.complete()
    other = runtide.Run.get_context()
    other.complete()

    assert first is again
    assert other.id != first.id


def test_step_finds_the_runs_of_those_before_it_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_RUN_ID", "p_1")
    monkeypatch.setenv("RUNTIDE_STEP_RUNS", '{"prepare": "p_0"}')
    run = runtide.Run.get_context()

    assert run.get_step_run("prepare").id == "p_0"
    with pytest.raises(NotFound, match=r"does not come after a step 'train': .* after prepare"):
        run.get_step_run("train")


def test_get_context_is_the_submitted_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is neither created nor ended by the script."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_RUN_ID", "submitted-1")
    run = runtide.Run.get_context(allow_offline=False)
    run.log("x", 1)
    run.flush()

    assert run.id == "submitted-1"
    assert [event.type for event in recorded(home).events()] == ["scalars"]


def test_get_context_without_a_submission_can_be_refused(home: Path) -> None:
    """For scripts that must not run by themselves."""
    with pytest.raises(UsageError, match="RUNTIDE_RUN_ID"):
        runtide.Run.get_context(allow_offline=False)


def test_from_config_finds_a_workspace_above(home: Path) -> None:
    """From any folder of a project."""
    runtide.Workspace("team", home=home).write_config()
    below = Path("a/b")
    below.mkdir(parents=True)

    got = runtide.Workspace.from_config(below)

    assert (got.name, got.place.home) == ("team", home)


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_from_config_refuses_a_file_without_a_workspace(home: Path, text: str) -> None:
    """The message says how to write one."""
    Path("config.json").write_text(text)

    with pytest.raises(UsageError, match="write_config"):
        runtide.Workspace.from_config()


def test_from_config_without_a_file_says_so(home: Path) -> None:
    """As the retired SDK did."""
    with pytest.raises(NotFound, match="no workspace configuration"):
        runtide.Workspace.from_config("/")
