"""Which files of a source folder belong to a snapshot."""

from __future__ import annotations

import os
import stat
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.core.manifest import LeftOut, is_snapshot_path
from runtide.submit.ignore import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

IGNORE_FILES: Final = (".runtideignore", ".amlignore", ".gitignore")
"""The first of these in the source folder says what is left out; the others are not read."""

FILES_MAX: Final = 100_000
"""Files of one snapshot. Of more, those nearest to the source folder are taken."""

BYTES_MAX: Final = 2 * 1024**3
"""Bytes of one snapshot. Of more, the largest files are left out."""

_NEVER_FOLDERS: Final = frozenset({".git", "__pycache__", ".ipynb_checkpoints", "node_modules"})
_NEVER_AT_THE_ROOT: Final = frozenset({"outputs", "logs"})
_OF_AN_ENVIRONMENT: Final = ("pyvenv.cfg", "conda-meta")
"""What only the folder of a virtual or conda environment has in it."""


class FoundFile(NamedTuple):
    """A file of the source folder, as it was when it was looked at."""

    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    is_executable: bool


class Found(NamedTuple):
    """The files that belong to a snapshot, and what was left out for want of room or of access."""

    files: list[FoundFile]
    left_out: list[LeftOut]


def find_files(source: Path, *, never: Collection[Path] = ()) -> Found:
    """Return the files below `source` that its ignore file does not leave out.

    Never among them are `.git`, `__pycache__`, `.ipynb_checkpoints`, `node_modules`, virtual and
    conda environments, and the source folder's own `outputs` and `logs`. A link is what it leads
    to; one that leads back to a folder above it, or nowhere, is left out.

    Args:
        source: The folder.
        never: Folders that do not belong to it wherever they are, such as the data folder.
    """
    walk = _Walk(source, never)
    files: list[FoundFile] = []
    for file in walk.files():
        if len(files) == FILES_MAX:
            reason = f"with it and those after it there are more than {FILES_MAX:,} files"
            walk.left_out.append(LeftOut(file.path, file.size_bytes, reason))
            break
        files.append(file)
    return _within_bytes(Found(files, walk.left_out))


def _rules(source: Path) -> IgnoreRules:
    for name in IGNORE_FILES:
        try:
            text = (source / name).read_text(encoding="utf-8-sig", errors="surrogateescape")
        except (FileNotFoundError, IsADirectoryError):
            continue
        return IgnoreRules(text.split("\n"))
    return IgnoreRules(())


class _Walk:
    """A walk through a source folder, nearest files first."""

    def __init__(self, source: Path, never: Collection[Path]) -> None:
        self._source = source
        self._rules = _rules(source)
        self._never = {folder.resolve() for folder in never}
        self.left_out: list[LeftOut] = []

    def files(self) -> Iterator[FoundFile]:
        """Yield the files; `left_out` grows meanwhile."""
        root = self._source.stat()
        waiting = deque([("", frozenset({(root.st_dev, root.st_ino)}))])
        while waiting:
            prefix, above = waiting.popleft()
            for entry in self._entries(prefix):
                path = prefix + entry.name
                facts = self._facts(path, entry)
                if facts is None:
                    continue
                if stat.S_ISDIR(facts.st_mode):
                    place = (facts.st_dev, facts.st_ino)
                    if place not in above and self._is_wanted(path, entry):
                        waiting.append((f"{path}/", above | {place}))
                elif stat.S_ISREG(facts.st_mode) and not self._rules.excludes(
                    path, is_folder=False
                ):
                    if is_snapshot_path(path) and _is_utf8(path):
                        yield _found_file(path, facts)
                    else:
                        reason = "its path is too long, or not UTF-8"
                        self.left_out.append(LeftOut(_shown(path), facts.st_size, reason))

    def _entries(self, prefix: str) -> list[os.DirEntry[str]]:
        try:
            entries = sorted(os.scandir(self._source / prefix), key=lambda entry: entry.name)
        except OSError as exc:
            reason = f"the folder cannot be read ({exc.strerror})"
            self.left_out.append(LeftOut(_shown(prefix), 0, reason))
            return []
        is_environment = any(entry.name in _OF_AN_ENVIRONMENT for entry in entries)
        return [] if is_environment and prefix else entries

    def _facts(self, path: str, entry: os.DirEntry[str]) -> os.stat_result | None:
        try:
            return entry.stat()
        except OSError as exc:
            if not self._rules.excludes(path, is_folder=False):
                reason = f"it leads nowhere ({exc.strerror})"
                self.left_out.append(LeftOut(_shown(path), 0, reason))
            return None

    def _is_wanted(self, path: str, entry: os.DirEntry[str]) -> bool:
        if entry.name in _NEVER_FOLDERS or path in _NEVER_AT_THE_ROOT:
            return False
        if self._rules.excludes(path, is_folder=True):
            return False
        return not self._never or Path(entry.path).resolve() not in self._never


def _found_file(path: str, facts: os.stat_result) -> FoundFile:
    return FoundFile(
        path,
        facts.st_size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
        facts.st_ino,
        bool(facts.st_mode & stat.S_IXUSR),
    )


def _within_bytes(found: Found) -> Found:
    excess = sum(file.size_bytes for file in found.files) - BYTES_MAX
    if excess <= 0:
        return found
    dropped: set[str] = set()
    for file in sorted(found.files, key=lambda file: -file.size_bytes):
        if excess <= 0:
            break
        excess -= file.size_bytes
        dropped.add(file.path)
        reason = f"all files together exceed {BYTES_MAX:,} bytes"
        found.left_out.append(LeftOut(file.path, file.size_bytes, reason))
    return Found([file for file in found.files if file.path not in dropped], found.left_out)


def _is_utf8(path: str) -> bool:
    return path.isascii() or path.encode(errors="surrogateescape").decode(errors="replace") == path


def _shown(path: str) -> str:
    return path.encode(errors="replace").decode()
