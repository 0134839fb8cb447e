"""Registered environments, in a file of the data folder a name.

They are a convenience of whoever submits from here: a job has its whole environment with it, so
nothing that was ever submitted depends on this file.
"""

from __future__ import annotations

import fcntl
import hashlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from runtide.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER_NAME: Final = "registered-environments"

_DIGEST_CHARS: Final = 32


class _Destination(Protocol):
    @property
    def home(self) -> Path: ...


class Place(Protocol):
    """What has a data folder: a workspace."""

    @property
    def place(self) -> _Destination:
        """Where its runs go; its `home` is the data folder."""
        ...


def register(workspace: Place, name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Keep `document` as the next version of `name`, and return it with its version."""
    with _versions(workspace, name) as versions:
        if not versions or versions[-1] | {"version": None} != document:
            versions.append({**document, "version": str(len(versions) + 1)})
        return versions[-1]


def find(workspace: Place, name: str, version: str | None) -> dict[str, Any]:
    """Return one version, or the latest.

    Raises:
        NotFound: There is none.
    """
    versions = _load(_file(workspace, name))
    wanted = [d for d in versions if version is None or d["version"] == str(version)]
    if wanted:
        return wanted[-1]
    known = ", ".join(sorted(latest(workspace))) or "none"
    called = name if version is None else f"{name} version {version}"
    message = f"no environment {called!r} is registered, there is {known}: `register` it first"
    raise NotFound(message)


def latest(workspace: Place) -> dict[str, dict[str, Any]]:
    """Return the latest version of each name."""
    folder = workspace.place.home / FOLDER_NAME
    found = [versions[-1] for file in folder.glob("*.json") if (versions := _load(file))]
    return {document["name"]: document for document in sorted(found, key=lambda d: d["name"])}


@contextmanager
def _versions(workspace: Place, name: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the versions of a name, and keep what they are at the end of the block."""
    file = _file(workspace, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        versions = _load(file)
        yield versions
        part = file.with_suffix(".part")
        part.write_bytes(orjson.dumps(versions))
        part.replace(file)


def _file(workspace: Place, name: str) -> Path:
    # A digest, because a name may hold what a file's must not.
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARS]
    return workspace.place.home / FOLDER_NAME / f"{digest}.json"


def _load(file: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        return []
    return found
