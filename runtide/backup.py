"""Backups of a data folder: the log as it is at one moment, and every file that it mentions.

    backup.json   what is in it: written last, so that a folder without it is no backup
    events.db     the log, whole at one moment, while scripts go on appending
    artifacts/    the files, each under the digest of its bytes

Tables are not in it: they are made of the log. A file is stored before the event that mentions it,
so whatever the copied log mentions is there when the files are copied afterwards.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runtide.address import folder_lock
from runtide.artifacts.local import FOLDER_NAME as ARTIFACTS_NAME
from runtide.errors import BlobDamaged, LogDamaged, LogUnavailable, UsageError
from runtide.log.sqlite import FILE_NAME as LOG_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST_NAME: Final = "backup.json"
TABLES_NAME: Final = "clickhouse"
"""Where a data folder has its tables; the engine's module takes a second to load."""

_FORMAT: Final = 1
_PART_SUFFIX: Final = ".part"
_CHUNK_BYTES: Final = 1 << 20
_PAGES_AT_ONCE: Final = 4_096


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        log_records: Records of the log, which is its end.
        log_sha256: Of the bytes of `events.db`.
        files: Files, and how many bytes they have.
    """

    format: int
    version: str
    created_us: int
    log_records: int
    log_bytes: int
    log_sha256: str
    files: int
    files_bytes: int


def write_backup(
    home: Path, target: Path, *, on_bytes: Callable[[int, int], None] = lambda _done, _all: None
) -> Backup:
    """Copy the data folder `home` to `target`, which must not be there yet; a server may run.

    Args:
        home: The data folder.
        target: The folder to make; it appears when it is whole.
        on_bytes: Told how many bytes are copied, and of how many.

    Raises:
        UsageError: There is no log in `home`, or something at `target`.
        LogUnavailable: Something could not be read or written; nothing is at `target`.
    """
    if not (home / LOG_NAME).is_file():
        message = f"{home} has no event log: name the data folder with `--home`"
        raise UsageError(message)
    if target.exists():
        message = f"{target} is there already: name a folder that is to be made"
        raise UsageError(message)
    part = target.with_name(target.name + _PART_SUFFIX)
    try:
        # What a backup left that was killed is of no use to anybody.
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        records = _copy_log(home / LOG_NAME, part / LOG_NAME)
        log_bytes, log_sha256 = _digest(part / LOG_NAME)
        found = [path for path in _artifacts(home) if path.is_file()]
        total = log_bytes + sum(path.stat().st_size for path in found)
        done = log_bytes
        on_bytes(done, total)
        for path in found:
            done += _copy(path, part / ARTIFACTS_NAME / path.name[:2] / path.name)
            on_bytes(done, total)
        backup = Backup(
            format=_FORMAT,
            version=version("runtide"),
            created_us=time.time_ns() // 1_000,
            log_records=records,
            log_bytes=log_bytes,
            log_sha256=log_sha256,
            files=len(found),
            files_bytes=done - log_bytes,
        )
        (part / MANIFEST_NAME).write_text(json.dumps(asdict(backup)), encoding="utf-8")
        part.rename(target)
    except (OSError, sqlite3.Error) as exc:
        message = (
            f"could not back up {home} to {target} ({exc}): check that there is space, and run the "
            f"same command again"
        )
        raise LogUnavailable(message) from exc
    return backup


def read_backup(source: Path) -> Backup:
    """Return what the backup at `source` says of itself, after every byte of it was checked.

    Raises:
        UsageError: There is no backup at `source`.
        LogDamaged, BlobDamaged: It is not what it was.
    """
    try:
        backup = Backup(**json.loads((source / MANIFEST_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as exc:
        message = f"{source} is no backup ({exc}): name a folder that `runtide backup` has made"
        raise UsageError(message) from exc
    if backup.format > _FORMAT:
        message = f"{source} has format {backup.format}, this Runtide reads {_FORMAT}: update it"
        raise UsageError(message)
    log = source / LOG_NAME
    if _digest(log) != (backup.log_bytes, backup.log_sha256):
        message = f"{log} is not what was copied: recover from another backup"
        raise LogDamaged(message)
    count = size = 0
    for path in _artifacts(source):
        file_bytes, sha256 = _digest(path)
        if sha256 != path.name:
            message = f"{path} has the digest {sha256}: recover from another backup"
            raise BlobDamaged(message)
        count, size = count + 1, size + file_bytes
    if (count, size) != (backup.files, backup.files_bytes):
        message = (
            f"{source} has {count:,} files of {size:,} bytes, want {backup.files:,} of "
            f"{backup.files_bytes:,}: recover from another backup"
        )
        raise BlobDamaged(message)
    return backup


def recover(
    source: Path, home: Path, *, on_bytes: Callable[[int, int], None] = lambda _done, _all: None
) -> Backup:
    """Make a data folder of the backup at `source`; its tables are made by the next `runtide up`.

    The log comes last: what is cut short is no data folder, and can be done again.

    Args:
        source: The backup.
        home: The data folder, in which there must be no log and no tables.
        on_bytes: Told how many bytes are copied, and of how many.

    Raises:
        UsageError: There is no backup at `source`, or `home` has a log or tables.
        LogDamaged, BlobDamaged: The backup is not what it was; nothing was written.
        FolderInUse: A server has `home`.
        LogUnavailable: Something could not be written; recover again.
    """
    backup = read_backup(source)
    with folder_lock(home):
        for name in (LOG_NAME, TABLES_NAME):
            if (home / name).exists():
                message = (
                    f"{home} has {name} already: name an empty folder with `--home`, or move what "
                    f"is there away"
                )
                raise UsageError(message)
        try:
            done, total = 0, backup.files_bytes + backup.log_bytes
            for path in _artifacts(source):
                done += _copy(path, home / ARTIFACTS_NAME / path.name[:2] / path.name)
                on_bytes(done, total)
            _copy(source / LOG_NAME, home / LOG_NAME)
            on_bytes(total, total)
        except OSError as exc:
            message = f"could not recover {home} ({exc}): check that there is space, and try again"
            raise LogUnavailable(message) from exc
    return backup


def _copy_log(source: Path, target: Path) -> int:
    """Copy the log as it is at one moment, and return how many records it has."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        # One reading transaction is one moment: without it the copy begins again at every append.
        live.execute("BEGIN")
        live.execute("SELECT 1 FROM records LIMIT 1").fetchall()
        live.backup(copy, pages=_PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute('SELECT ifnull(max("offset") + 1, 0) FROM records').fetchone()
    return int(found[0])


def _artifacts(folder: Path) -> Iterator[Path]:
    for path in sorted((folder / ARTIFACTS_NAME).glob("??/*")):
        if not path.name.startswith("."):
            yield path


def _copy(source: Path, target: Path) -> int:
    """Copy a file so that it is there whole or not at all; return its size."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".part-{target.name}")
    shutil.copyfile(source, part)
    part.replace(target)
    return target.stat().st_size


def _digest(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
