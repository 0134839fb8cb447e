"""Artifacts in a folder, two levels deep: `ab/abcdef...`."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from runtide.artifacts.port import Blob
from runtide.errors import ArtifactsUnavailable, DigestMismatch, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER_NAME: Final = "artifacts"

_CHUNK_BYTES: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class LocalArtifacts:
    """An `ArtifactStore` in the data folder `folder`, shared by any number of processes."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / FOLDER_NAME

    def save(self, source: BinaryIO, *, expected: Blob | None = None) -> Blob:
        digest = hashlib.sha256()
        size = 0
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._root, prefix=".part-", delete=False) as part:
                try:
                    while chunk := source.read(_CHUNK_BYTES):
                        digest.update(chunk)
                        size += len(chunk)
                        part.write(chunk)
                    part.flush()
                    os.fsync(part.fileno())
                    _compare(expected, digest.hexdigest())
                    target = self._path(digest.hexdigest())
                    target.parent.mkdir(exist_ok=True)
                    # A rename is atomic: the digest's name appears with all of its bytes.
                    Path(part.name).replace(target)
                except BaseException:
                    Path(part.name).unlink(missing_ok=True)
                    raise
        except OSError as exc:
            message = (
                f"could not store a file in {self._root} ({exc}): "
                f"check that the folder is writable and has space"
            )
            raise ArtifactsUnavailable(message) from exc
        return Blob(digest.hexdigest(), size)

    def check(self) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            message = f"{self._root} cannot be made ({exc}): check that the folder is writable"
            raise ArtifactsUnavailable(message) from exc
        if not os.access(self._root, os.R_OK | os.W_OK | os.X_OK):
            message = f"{self._root} is not writable: let this user read and write it"
            raise ArtifactsUnavailable(message)

    def find_size(self, sha256: str) -> int | None:
        if not _SHA256.fullmatch(sha256):
            return None
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as exc:
            message = f"could not look for {sha256} in {self._root} ({exc}): check the folder"
            raise ArtifactsUnavailable(message) from exc

    def read(self, sha256: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        size = self.find_size(sha256)
        if size is None:
            message = f"no stored file has the digest {sha256!r}: its upload did not finish"
            raise NotFound(message)
        return self._chunks(self._path(sha256), start, size if end is None else min(end, size))

    def remove(self, sha256: str) -> bool:
        if self.find_size(sha256) is None:
            return False
        try:
            self._path(sha256).unlink(missing_ok=True)
        except OSError as exc:
            message = f"could not remove {self._path(sha256)} ({exc}): check the folder"
            raise ArtifactsUnavailable(message) from exc
        return True

    def _chunks(self, path: Path, start: int, end: int) -> Iterator[bytes]:
        try:
            with path.open("rb") as source:
                source.seek(start)
                left = end - start
                while left > 0 and (chunk := source.read(min(left, _CHUNK_BYTES))):
                    left -= len(chunk)
                    yield chunk
        except OSError as exc:
            message = f"could not read {path} ({exc}): check the disk"
            raise ArtifactsUnavailable(message) from exc

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def _compare(expected: Blob | None, sha256: str) -> None:
    if expected is not None and expected.sha256 != sha256:
        raise DigestMismatch(want=expected.sha256, got=sha256)
