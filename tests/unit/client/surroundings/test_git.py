"""What git says of a repository, and that asking it neither fails, hangs nor changes anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from runtide.client.surroundings import git as module
from runtide.client.surroundings.git import git_state
from tests.waiting import wait_until

REMOTE = "https://ada:secret@example.org/team/train.git"


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=a@b", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        input=stdin,
    )
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "--initial-branch=größe")
    git(folder, "remote", "add", "other", "git@example.org:other.git")
    git(folder, "remote", "add", "origin", REMOTE)
    (folder / "train.py").write_text("lr = 0.1\n")
    (folder / "deep").mkdir()
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=first")
    return folder


@pytest.fixture
def repository(committed: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(committed, tmp_path / "repository"))


def state(folder: Path, timeout_s: float = 30.0, **given: str) -> module.GitState:
    return git_state(folder, environment=dict(os.environ), given=given, timeout_s=timeout_s)


def test_clean_repository_is_named_by_its_remote_branch_and_commit(committed: Path) -> None:
    """Under the names where scripts and tools of others look; no secret of the address stays."""
    commit = git(committed, "rev-parse", "HEAD")

    properties, diff = state(committed / "deep")

    assert properties == {
        "azureml.git.repository_uri": "https://example.org/team/train.git",
        "mlflow.source.git.repoURL": "https://example.org/team/train.git",
        "azureml.git.branch": "größe",
        "mlflow.source.git.branch": "größe",
        "azureml.git.commit": commit,
        "mlflow.source.git.commit": commit,
        "azureml.git.dirty": "False",
    }
    assert diff == b""


def test_diff_makes_the_commit_what_the_script_ran_with(repository: Path) -> None:
    """Staged or not; files that git does not know are named."""
    (repository / "train.py").write_text("lr = 0.2\n")
    (repository / "staged.py").write_text("x = 1\n")
    git(repository, "add", "staged.py")
    (repository / "unknown.py").write_text("y = 2\n")

    properties, diff = state(repository)

    assert properties["azureml.git.dirty"] == "True"
    assert diff.startswith(b"# untracked: unknown.py\n")
    git(repository, "reset", "--quiet", "--hard")
    git(repository, "apply", "-", stdin=diff)
    assert (repository / "train.py").read_text() == "lr = 0.2\n"
    assert (repository / "staged.py").read_text() == "x = 1\n"


def test_diff_is_cut_at_its_limit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DIFF_BYTES_MAX", 1_000)
    (repository / "train.py").write_text("x = 1\n" * 100_000)

    diff = state(repository).diff

    assert len(diff) == 1_000 + len(b"\n# cut after 1000 bytes\n")
    assert diff.endswith(b"\n# cut after 1000 bytes\n")


def test_index_that_somebody_has_locked_is_no_obstacle(repository: Path) -> None:
    """Another git at work, or one that died, leaves such a file."""
    (repository / ".git/index.lock").touch()
    (repository / "train.py").write_text("lr = 0.3\n")

    properties, diff = state(repository)

    assert properties["azureml.git.dirty"] == "True"
    assert b"+lr = 0.3" in diff


def test_what_the_environment_says_is_known_better(committed: Path) -> None:
    """A build server checks out a commit without its branch."""
    properties = state(committed, branch="main", build_id="7", build_uri="https://b/7").properties

    assert properties["azureml.git.branch"] == "main"
    assert properties["mlflow.source.git.branch"] == "main"
    assert properties["azureml.git.build_id"] == "7"
    assert properties["azureml.git.build_uri"] == "https://b/7"


def test_folder_without_a_repository_or_commit_has_no_state(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    assert state(tmp_path) == ({}, b"")
    assert git_state(tmp_path, environment={"PATH": ""}, given={}) == ({}, b"")


def test_git_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that does not answer, or a helper that waits for a password."""
    hung = tmp_path / "git"
    hung.write_text("#!/bin/sh\nsleep 600 &\necho $! > pid\nwait\n")
    hung.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    monkeypatch.chdir(tmp_path)
    found = git_state(tmp_path, environment=environment, given={}, timeout_s=1.0)

    assert found == ({}, b"")
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: not psutil.pid_exists(pid), what="its child ended")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://token@host/r", "https://host/r"),
        ("ssh://git@host:22/r", "ssh://git@host:22/r"),
        ("ssh://git:secret@host/r", "ssh://git@host/r"),
        ("git@host:team/r", "git@host:team/r"),
        ("/srv/a@b", "/srv/a@b"),
    ],
)
def test_no_secret_of_an_address_is_kept(url: str, kept: str) -> None:
    assert module._without_secrets(url) == kept
