"""The embedded event log: one SQLite file in WAL mode, one partition, any number of processes."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runtide.core import limits
from runtide.errors import EnvelopeTooLarge, LogDamaged, LogUnavailable, UsageError
from runtide.log.port import Item, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE_NAME: Final = "events.db"

_FORMAT: Final = 1
_BUSY_TIMEOUT_S: Final = 30.0
_POLL_INTERVAL_S: Final = 0.01
_QUIET_POLL_INTERVAL_S: Final = 0.05
_QUIET_AFTER_S: Final = 2.0
_ERASED_AT_ONCE: Final = 256
"""Records erased in one transaction: scripts wait meanwhile."""

_DAMAGE_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    "offset" INTEGER PRIMARY KEY,
    run      TEXT NOT NULL,
    value    BLOB NOT NULL
)
"""


class SqliteLog:
    """An `EventLog` of one partition in a folder that several processes share.

    Thread-safe. A forked child opens connections of its own: SQLite's must not cross a fork.

    More than the port asks for: readers see all of an `append`, or nothing of it. Records are
    never removed, but their bytes can be.
    """

    partition_count: Final = 1

    _connections: list[sqlite3.Connection]
    _guard: threading.Lock

    def __init__(self, folder: Path, *, busy_timeout_s: float = _BUSY_TIMEOUT_S) -> None:
        """Open the log in `folder`, and create both if they are not there.

        Args:
            folder: The data folder.
            busy_timeout_s: How long `append` waits for other writers before it gives up.

        Raises:
            LogUnavailable: The folder or the file cannot be opened.
            UsageError: The file was written by a newer version.
        """
        self._path = folder / FILE_NAME
        self._busy_timeout_s = busy_timeout_s
        self._inherited: list[sqlite3.Connection] = []
        self._grew_s = time.monotonic()
        self._begin()
        with self._translated("open"):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._create()
            except BaseException:
                self.close()
                raise

    def partition_of(self, run: str) -> int:  # noqa: ARG002  # the port's signature; one partition
        return 0

    def append(self, items: Sequence[Item]) -> dict[int, int]:
        for item in items:
            if len(item.value) > limits.ENVELOPE_BYTES_MAX:
                raise EnvelopeTooLarge(
                    size_bytes=len(item.value), limit_bytes=limits.ENVELOPE_BYTES_MAX
                )
        if not items:
            return {}
        with self._translated("append to"):
            db = self._connection()
            # IMMEDIATE takes the write lock before max(offset) is read; DEFERRED would let two
            # writers read the same maximum, and one of them would fail on commit.
            db.execute("BEGIN IMMEDIATE")
            try:
                first = _end(db)
                db.executemany(
                    'INSERT INTO records ("offset", run, value) VALUES (?, ?, ?)',
                    [(first + i, item.run, item.value) for i, item in enumerate(items)],
                )
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        return {0: first + len(items)}

    def read(self, partition: int, offset: int, *, bytes_max: int) -> list[Record]:
        records: list[Record] = []
        size = 0
        with self._translated("read"):
            cursor = self._connection().execute(
                'SELECT "offset", run, value FROM records WHERE "offset" >= ? ORDER BY "offset"',
                (offset,),
            )
            for place, run, value in cursor:
                if records and size + len(value) > bytes_max:
                    break
                size += len(value)
                records.append(Record(partition, place, run, value))
            cursor.close()
        return records

    def start(self, partition: int) -> int:  # noqa: ARG002  # the port's signature; one partition
        return 0

    def end(self, partition: int) -> int:  # noqa: ARG002  # the port's signature; one partition
        with self._translated("read"):
            return _end(self._connection())

    def wait(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        # SQLite has no notification between processes, so readers ask. One question costs some
        # 5 µs, but one wake-up of an idle thread 130 µs: a hundred a second are 1.3 % of a core
        # for each reader. A log that has been quiet is asked less often.
        deadline = time.monotonic() + timeout_s
        while self.end(partition) <= offset:
            now_s = time.monotonic()
            if now_s >= deadline:
                return False
            is_quiet = now_s - self._grew_s > _QUIET_AFTER_S
            interval_s = _QUIET_POLL_INTERVAL_S if is_quiet else _POLL_INTERVAL_S
            time.sleep(min(interval_s, deadline - now_s))
        self._grew_s = time.monotonic()
        return True

    def erase(self, run: str, *, kept: int) -> int:
        """Remove the bytes of every record of `run` but the one at offset `kept`.

        Their places stay, with `ERASED` in them. When this returns, the bytes are in no file of
        the log: what they took is overwritten, and the write-ahead log is emptied. Scripts append
        meanwhile. Erasing again is harmless.

        Returns:
            How many records had bytes.

        Raises:
            LogUnavailable: Some bytes may be there still; erase again.
        """
        with self._translated("erase from"):
            db = self._connection()
            db.execute("PRAGMA secure_delete = ON")
            try:
                places = db.execute(
                    'SELECT "offset" FROM records WHERE run = ? AND "offset" != ? '
                    "AND length(value) > 0",
                    (run, kept),
                ).fetchall()
                for first in range(0, len(places), _ERASED_AT_ONCE):
                    db.execute("BEGIN IMMEDIATE")
                    db.executemany(
                        "UPDATE records SET value = x'' WHERE \"offset\" = ?",
                        places[first : first + _ERASED_AT_ONCE],
                    )
                    db.execute("COMMIT")
                self._empty_wal(db)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                db.execute("PRAGMA secure_delete = OFF")
        return len(places)

    def count_bytes(self, run: str) -> tuple[int, int]:
        """Return how many records of `run` have bytes, and how many bytes these are.

        Raises:
            LogUnavailable: It is not known; retry.
        """
        with self._translated("read"):
            row = self._connection().execute(
                "SELECT count(*), ifnull(sum(length(value)), 0) FROM records "
                "WHERE run = ? AND length(value) > 0",
                (run,),
            )
            count, size = row.fetchone()
        return count, size

    def close(self) -> None:
        if self._pid != os.getpid():
            return
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._local = threading.local()
        self._connections = []
        self._guard = threading.Lock()

    def _create(self) -> None:
        db = self._connection()
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _FORMAT:
            message = f"{self._path} has format {version}, this Runtide reads {_FORMAT}: update it"
            raise UsageError(message)
        if version == 0:
            self._switch_to_wal(db)
            db.execute("BEGIN IMMEDIATE")
            db.execute(_SCHEMA)
            db.execute(f"PRAGMA user_version = {_FORMAT}")
            db.execute("COMMIT")

    def _switch_to_wal(self, db: sqlite3.Connection) -> None:
        # Where several processes create the log at once, SQLite tells all but one that it is busy
        # and does not wait as it does elsewhere, because waiting could be a deadlock.
        deadline = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_INTERVAL_S)

    def _empty_wal(self, db: sqlite3.Connection) -> None:
        # The write-ahead log has pages as they were. It is emptied as soon as nobody reads them.
        deadline = time.monotonic() + self._busy_timeout_s
        while db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() >= deadline:
                message = "others read the log all the time"
                raise sqlite3.OperationalError(message)
            time.sleep(_POLL_INTERVAL_S)

    def _connection(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            # A forked child must neither use nor close its parent's connections: closing one
            # would drop the parent's file locks. They stay referenced so that they stay open.
            self._inherited += self._connections
            self._begin()
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is not None:
            return known
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        with self._guard:
            self._connections.append(connection)
        # NORMAL in WAL mode survives the death of any process; only a power cut can take the
        # last transactions, and FULL would cost an fsync for each.
        connection.execute("PRAGMA synchronous = NORMAL")
        self._local.connection = connection
        return connection

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            # Extended codes carry the primary one in their low byte.
            if getattr(exc, "sqlite_errorcode", 0) & 0xFF in _DAMAGE_CODES:
                message = (
                    f"could not {verb} the event log {self._path} ({exc}): "
                    f"restore it from a backup; `sqlite3 {self._path.name} .recover` saves the rest"
                )
                raise LogDamaged(message) from exc
            message = (
                f"could not {verb} the event log {self._path} ({exc}): "
                f"check that the folder exists, is writable and has space"
            )
            raise LogUnavailable(message) from exc


def _end(db: sqlite3.Connection) -> int:
    last = db.execute('SELECT max("offset") FROM records').fetchone()[0]
    return 0 if last is None else last + 1
