"""The manifest of a snapshot: which files it has, and where their bytes are.

    {"version": 1, "blobs": ["9f86…", "a3c1…"],
     "files": [{"path": "train.py", "sha256": "60303…", "size_bytes": 812, "blob": 0, "offset": 0},
               {"path": "run.sh", …, "offset": 812, "executable": true}],
     "left_out": [{"path": "data.bin", "size_bytes": 5000000000, "reason": "too large"}]}

Bytes are in the artifact store. A small file is a part of a *pack*, which holds many of them one
after the other: `blob` names the pack by its place among `blobs`, and `offset` is where the file
begins in it. A large file is a blob of its own. `left_out` is for people to read.

A snapshot's id is the digest of what its files are, not of where their bytes are: the same files
are the same snapshot, wherever it was taken.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from runtide.core import limits
from runtide.core.shown import shown
from runtide.errors import MalformedManifest

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST_VERSION: Final = 1

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SIZE_MAX: Final = 2**63 - 1


class Stored(NamedTuple):
    """Where a file's bytes are: in the blob of the digest `blob`, from `offset` on."""

    blob: str
    offset: int = 0


class SnapshotFile(NamedTuple):
    """One file of a snapshot; its path is relative, with `/`."""

    path: str
    sha256: str
    size_bytes: int
    is_executable: bool
    stored: Stored


class LeftOut(NamedTuple):
    """What a snapshot does not have, and why."""

    path: str
    size_bytes: int
    reason: str


class Manifest(NamedTuple):
    """The files of a snapshot by path, and what was left out of it."""

    files: tuple[SnapshotFile, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def size_bytes(self) -> int:
        """How many bytes the files have together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def snapshot_id(self) -> str:
        """What the files are, as a digest: SHA-256 in lower-case hexadecimal."""
        facts = [[f.path, f.sha256, f.size_bytes, f.is_executable] for f in self.files]
        return hashlib.sha256(orjson.dumps(facts)).hexdigest()


def make_manifest(files: Iterable[SnapshotFile], left_out: Iterable[LeftOut] = ()) -> Manifest:
    """Return the manifest of `files`, which may come in any order."""
    return Manifest(tuple(sorted(files)), tuple(sorted(left_out)))


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest; equal manifests have the same."""
    blobs = dict.fromkeys(file.stored.blob for file in manifest.files)
    number_by_blob = {blob: number for number, blob in enumerate(blobs)}
    return orjson.dumps(
        {
            "version": MANIFEST_VERSION,
            "blobs": list(blobs),
            "files": [
                {
                    "path": file.path,
                    "sha256": file.sha256,
                    "size_bytes": file.size_bytes,
                    "blob": number_by_blob[file.stored.blob],
                    "offset": file.stored.offset,
                    **({"executable": True} if file.is_executable else {}),
                }
                for file in manifest.files
            ],
            "left_out": [entry._asdict() for entry in manifest.left_out],
        }
    )


def parse_manifest(value: bytes) -> Manifest:
    """Check untrusted bytes and take them apart.

    Raises:
        MalformedManifest: They are not a manifest, or a path in it leads out of a folder.
    """
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as exc:
        raise _malformed(f"is not JSON ({exc})") from exc
    if not isinstance(document, dict) or document.get("version") != MANIFEST_VERSION:
        version = document.get("version") if isinstance(document, dict) else document
        raise _malformed(f"has version {shown(version)}, want {MANIFEST_VERSION}")
    blobs = document.get("blobs")
    if not isinstance(blobs, list) or not all(_is_sha256(blob) for blob in blobs):
        raise _malformed(f"has blobs {shown(blobs)}, want a list of digests")
    files, left_out = document.get("files"), document.get("left_out", [])
    if not isinstance(files, list) or not isinstance(left_out, list):
        raise _malformed("has no list of files")
    found = Manifest(
        tuple(_file(entry, blobs) for entry in files), tuple(_left_out(e) for e in left_out)
    )
    paths = {file.path for file in found.files}
    if len(paths) < len(found.files):
        raise _malformed(f"has {len(found.files)} files at {len(paths)} paths")
    return found


def _file(entry: Any, blobs: list[str]) -> SnapshotFile:  # noqa: ANN401  # untrusted
    number = entry.get("blob") if isinstance(entry, dict) else None
    if (
        not isinstance(entry, dict)
        or not is_snapshot_path(entry.get("path"))
        or not _is_sha256(entry.get("sha256"))
        or not _is_size(entry.get("size_bytes"))
        or not _is_size(entry.get("offset"))
        or not isinstance(entry.get("executable", False), bool)
        or not _is_size(number)
        or number >= len(blobs)  # type: ignore[operator]  # a size is a number
    ):
        raise _malformed(f"has the file {shown(entry)}")
    return SnapshotFile(
        entry["path"],
        entry["sha256"],
        entry["size_bytes"],
        entry.get("executable", False),
        Stored(blobs[entry["blob"]], entry["offset"]),
    )


def _left_out(entry: Any) -> LeftOut:  # noqa: ANN401  # untrusted
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("path"), str)
        or not _is_size(entry.get("size_bytes"))
        or not isinstance(entry.get("reason"), str)
    ):
        raise _malformed(f"has {shown(entry)} left out")
    return LeftOut(entry["path"], entry["size_bytes"], entry["reason"])


def is_snapshot_path(path: object) -> bool:
    """Whether `path` can be a file's within a snapshot: relative, with `/`, and no way out."""
    return (
        isinstance(path, str)
        and 0 < len(path) <= limits.FILE_PATH_CHARS_MAX
        and not {"", ".", ".."} & set(path.split("/"))
        and "\x00" not in path
    )


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= _SIZE_MAX


def _malformed(what: str) -> MalformedManifest:
    return MalformedManifest(f"the manifest of a snapshot {what}: take the snapshot again")
