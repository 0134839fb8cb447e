"""What a process has uploaded to one run, as far as it remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from runtide.artifacts.port import Blob

REMEMBERED_MAX: Final = 10_000
"""Files that are remembered, some 4 MB; of more, those that came first are forgotten."""


class Uploaded:
    """Digest and size of the latest upload of each path. Any thread may use it."""

    def __init__(self) -> None:
        self._blob_by_path: dict[str, Blob] = {}
        self._has_forgotten = False

    def note(self, path: str, blob: Blob) -> None:
        """Remember an upload."""
        self._blob_by_path[path] = blob
        if len(self._blob_by_path) > REMEMBERED_MAX:
            self._has_forgotten = True
            self._blob_by_path.pop(next(iter(self._blob_by_path)), None)

    def find(self, path: str) -> Blob | None:
        """Return the latest upload of `path`, or None if none is remembered."""
        return self._blob_by_path.get(path)

    def below(self, folder: str) -> dict[str, Blob]:
        """Return all uploads below a folder, or none if some may have been forgotten."""
        if self._has_forgotten:
            return {}
        return {p: b for p, b in list(self._blob_by_path.items()) if p.startswith(f"{folder}/")}
