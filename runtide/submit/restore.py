"""Restoring a snapshot: the files of its archive, in a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Final

from runtide.core.manifest import is_snapshot_path
from runtide.errors import MalformedManifest

_MODE_SHIFT: Final = 16
_EXECUTABLE: Final = 0o100
_CHUNK_BYTES: Final = 1 << 20


def extract_archive(archive: Path | BinaryIO, folder: Path) -> int:
    """Write the files of a snapshot's archive below `folder`, and return how many there are.

    Files that are there are replaced, and others left alone.

    Raises:
        MalformedManifest: A path in the archive leads out of the folder; those before it are there.
        OSError: A file could not be written.
    """
    with zipfile.ZipFile(archive) as files:
        entries = files.infolist()
        for entry in entries:
            if not is_snapshot_path(entry.filename):
                message = f"the archive has a file {entry.filename!r}: take the snapshot again"
                raise MalformedManifest(message)
            path = folder / entry.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            with files.open(entry) as source, path.open("wb") as target:
                copyfileobj(source, target, _CHUNK_BYTES)
            if entry.external_attr >> _MODE_SHIFT & _EXECUTABLE:
                path.chmod(path.stat().st_mode | 0o111)
    return len(entries)
