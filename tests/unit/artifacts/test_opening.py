"""Artifact URLs: where they lead, what they are refused for, and what an absent storage says."""

import hashlib
import io
import multiprocessing
import os
import sys
from pathlib import Path

import pytest
from obstore.store import LocalStore

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.object_store import ObjectArtifacts
from runtide.artifacts.opening import open_artifacts
from runtide.artifacts.port import ArtifactStore
from runtide.errors import ArtifactsUnavailable, UsageError
from tests.s3 import CREDENTIALS

# Nobody listens on port 1.
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def test_folder_is_the_data_folder_that_scripts_write_to(tmp_path: Path) -> None:
    """A script's `file:///folder` and a service's must mean the same files."""
    blob = LocalArtifacts(tmp_path).save(io.BytesIO(b"x"))

    assert open_artifacts(tmp_path.as_uri()).find_size(blob.sha256) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/folder",
        "file:folder",
        "file://host/folder",
        "http://host:1",
        "s3:///prefix",
        "s3://bucket?endpoints=http://h",
        "s3://bucket#here",
    ],
)
def test_url_that_leads_nowhere_is_refused_with_what_is_wanted(url: str) -> None:
    with pytest.raises(UsageError, match="want `"):
        open_artifacts(url)


def test_bucket_without_its_package_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "runtide.artifacts.object_store", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(UsageError, match=r"install `runtide\[s3\]`"):
        open_artifacts("s3://bucket")


@pytest.mark.parametrize("task", ["check", "find_size", "save"])
def test_storage_that_is_away_is_unavailable_and_named(task: str) -> None:
    """Whoever reads it must know which of a cluster's parts to look at."""
    artifacts = open_artifacts(f"s3://bucket/some?endpoint={NOBODY}")

    with pytest.raises(ArtifactsUnavailable, match=r"^s3://bucket/some could not .*AWS_\* cred"):
        act(artifacts, task)


def act(artifacts: ArtifactStore, task: str) -> None:
    match task:
        case "check":
            artifacts.check()
        case "find_size":
            artifacts.find_size(hashlib.sha256().hexdigest())
        case _:
            artifacts.save(io.BytesIO(b"x"))


def test_plain_http_from_the_environment_is_refused_unless_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Credentials must not leave in the clear because of a typo in an address."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)

    with pytest.raises((UsageError, ArtifactsUnavailable), match="AWS_ALLOW_HTTP"):
        open_artifacts("s3://bucket").check()


def save_in_child(artifacts: ArtifactStore, answers: "multiprocessing.Queue[str]") -> None:
    try:
        artifacts.save(io.BytesIO(b"y"))
    except ArtifactsUnavailable as exc:
        answers.put(str(exc))


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_child_is_told_and_does_not_hang(tmp_path: Path) -> None:
    """The engine's threads stay behind in the parent: the child would wait for ever."""
    artifacts = ObjectArtifacts(LocalStore(tmp_path), label="here")
    artifacts.save(io.BytesIO(b"x"))
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=save_in_child, args=(artifacts, answers))
    child.start()

    assert "forked" in answers.get(timeout=60)
    child.join()
    assert os.getpid() != child.pid
