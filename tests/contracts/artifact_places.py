"""Empty artifact stores of each kind, and what can be seen of them from outside.

A store is named by its kind and an address, so that another process can open it too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from obstore.store import LocalStore

from runtide.artifacts.local import FOLDER_NAME, LocalArtifacts
from runtide.artifacts.object_store import ObjectArtifacts, open_s3
from runtide.artifacts.port import ArtifactStore
from tests.s3 import S3

KINDS = ("local", "object-file", "object-s3")


def open_place(kind: str, address: str) -> ArtifactStore:
    """Return the store of a kind at a folder or a URL."""
    match kind:
        case "local":
            return LocalArtifacts(Path(address))
        case "object-file":
            folder = LocalStore(Path(address) / FOLDER_NAME, mkdir=True)
            return ObjectArtifacts(folder, label=address)
        case "object-s3":
            return open_s3(address)
        case other:
            raise AssertionError(f"no adapter called {other!r}")


@dataclass
class ArtifactPlace:
    """A store, where it is, and its inside."""

    kind: str
    address: str
    names: Callable[[], list[str]]
    """The last part of the name of everything that is stored."""
    remove_all: Callable[[], None]

    @property
    def artifacts(self) -> ArtifactStore:
        """The store, opened anew."""
        return open_place(self.kind, self.address)


def empty_place(kind: str, folder: Path, s3: S3) -> ArtifactPlace:
    """Return an empty store of a kind."""
    if kind != "object-s3":
        return _in_folder(kind, folder)
    bucket = f"bucket-{secrets.token_hex(6)}"
    address = s3.make_bucket(bucket)

    def remove_all() -> None:
        for key in s3.keys(bucket):
            s3.delete(bucket, key)

    def names() -> list[str]:
        keys = s3.keys(bucket)
        assert all(key.startswith("some/prefix/") for key in keys), keys
        return sorted(key.rpartition("/")[2] for key in keys)

    return ArtifactPlace(kind, address, names, remove_all)


def _in_folder(kind: str, folder: Path) -> ArtifactPlace:
    def files() -> list[Path]:
        return sorted(p for p in (folder / FOLDER_NAME).rglob("*") if p.is_file())

    def remove_all() -> None:
        for file in files():
            file.unlink()

    return ArtifactPlace(kind, str(folder), lambda: [p.name for p in files()], remove_all)
