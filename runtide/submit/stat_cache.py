"""What was known of a source folder's files when they were last stored.

A file that looks as it did then is not read again. The cache can be deleted at any time: the next
snapshot reads everything, and stores what it finds to be new.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from runtide.core.manifest import Stored

if TYPE_CHECKING:
    from runtide.submit.walk import FoundFile

FOLDER_NAME: Final = "snapshots"

RACY_NS: Final = 2_000_000_000
"""A file that changed so shortly before it was read may change again without looking different:
file systems keep times in steps of up to two seconds."""

_VERSION: Final = 1
_DIGEST_CHARS: Final = 32


class KnownFile(NamedTuple):
    """What a file looked like, what its bytes are, and where they are stored."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str
    stored: Stored


class StatCache:
    """The cache of one source folder and one destination, in a file of the data folder.

    Args:
        home: The data folder.
        source: The folder that snapshots are taken of.
        label: Where they are stored.
    """

    def __init__(self, home: Path, source: Path, label: str) -> None:
        identity = f"{label}\0{source.resolve()}"
        digest = hashlib.sha256(identity.encode(errors="surrogateescape")).hexdigest()
        self._file = home / FOLDER_NAME / f"{digest[:_DIGEST_CHARS]}.json"
        self._known = self._load()

    def find(self, file: FoundFile) -> KnownFile | None:
        """Return what is known of a file that looks as it did, or None."""
        known = self._known.get(file.path)
        if known is None or known[:4] != (
            file.size_bytes,
            file.mtime_ns,
            file.ctime_ns,
            file.inode,
        ):
            return None
        return known

    def stored_by_digest(self) -> dict[str, Stored]:
        """Return where the bytes of each known digest are."""
        return {known.sha256: known.stored for known in self._known.values()}

    def blobs(self) -> set[str]:
        """Return the blobs that known files are in."""
        return {known.stored.blob for known in self._known.values()}

    def forget(self, blobs: set[str]) -> None:
        """Forget all files whose bytes are in these blobs: they are stored no more."""
        self._known = {p: k for p, k in self._known.items() if k.stored.blob not in blobs}

    def replace(self, known: dict[str, KnownFile], *, read_ns: int) -> None:
        """Remember these files and no others, from before the time `read_ns`.

        A disk that takes nothing costs the next snapshot its time, and nothing else.
        """
        kept = {p: k for p, k in known.items() if max(k.mtime_ns, k.ctime_ns) < read_ns - RACY_NS}
        if kept == self._known:
            return
        document = {
            "version": _VERSION,
            "files": {p: [*k[:5], k.stored.blob, k.stored.offset] for p, k in kept.items()},
        }
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, delete=False) as part:
                part.write(orjson.dumps(document))
            Path(part.name).replace(self._file)
        except OSError:
            return

    def _load(self) -> dict[str, KnownFile]:
        try:
            document = orjson.loads(self._file.read_bytes())
            if document["version"] != _VERSION:
                return {}
            return {path: _known(entry) for path, entry in document["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            # No cache, or none of ours: everything is read once more.
            return {}


def _known(entry: list[Any]) -> KnownFile:
    size, mtime_ns, ctime_ns, inode, sha256, blob, offset = entry
    return KnownFile(size, mtime_ns, ctime_ns, inode, sha256, Stored(blob, offset))
