"""Ways from a process to the event log and the artifact store."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import BinaryIO, Final, Protocol

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.port import Blob
from runtide.client.options import Destination
from runtide.errors import LogUnavailable, UsageError
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog

_SQLITE_BUSY_TIMEOUT_S: Final = 5.0
"""How long an append waits for other writers before its envelopes go to the spool."""


class Transport(Protocol):
    """A way to the log and the artifact store. One thread sends; any thread saves files.

    1.  When `send` returns, the log has the items, in order.
    2.  After `UnavailableError` nothing is known; the same items may be sent again. After
        `QuotaExceeded` the other side is well, and will take them when it said.
    3.  After `RejectedError` the log has none of the items, and never will.
    4.  After `UsageError` it has none of them until a setting is changed.
    """

    send_bytes_max: int
    """How many bytes of envelopes to send at once."""

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the log."""
        ...

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store what is left in `source` as the bytes of a file of a run, or of a model's key.

        Raises:
            UnavailableError: Nothing was stored; retry.
            UsageError: No setting says where files go.
        """
        ...

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes of this digest are stored already.

        Raises:
            UnavailableError: It is not known; retry.
        """
        ...

    def retry_after_s(self) -> float | None:
        """Return how long the other side asked to be left alone, if it did."""
        ...

    def before_fork(self) -> None:
        """Put down what a child must not inherit, until `after_fork` is called in the parent."""
        ...

    def after_fork(self) -> None:
        """Go on in the parent."""
        ...

    def close(self) -> None:
        """Release what is held open."""
        ...


class LocalTransport:
    """Straight into the data folder: no server is needed to log."""

    send_bytes_max = 8 * 1024 * 1024

    def __init__(self, place: Destination) -> None:
        self._home = place.home
        self._artifacts = LocalArtifacts(place.home)
        self._log: SqliteLog | None = None
        self._lock = threading.Lock()

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the folder's log; see `Transport`."""
        with self._lock:
            if self._log is None:
                # Opened by the sending thread and again after a failure: a folder that cannot be
                # made now may be there later, and no caller waits for it.
                self._log = SqliteLog(self._home, busy_timeout_s=_SQLITE_BUSY_TIMEOUT_S)
            try:
                self._log.append(items)
            except LogUnavailable:
                self._close()
                raise

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:  # noqa: ARG002  # the protocol's signature
        return self._artifacts.save(source)

    def is_stored(self, sha256: str) -> bool:
        return self._artifacts.find_size(sha256) is not None

    def retry_after_s(self) -> float | None:
        """Return None: a folder asks for nothing."""
        return None

    def before_fork(self) -> None:
        """Close the log and hold off the sending thread; see `Transport`.

        SQLite keeps the state of every open file in memory, which a child would take for its own:
        it would wait for ever for a transaction that its parent had open, and leave out locks
        that it believes it has.
        """
        if self._lock.acquire(timeout=_SQLITE_BUSY_TIMEOUT_S + 1):
            self._close()

    def after_fork(self) -> None:
        """Let the sending thread go on; see `Transport`."""
        if self._lock.locked():
            self._lock.release()

    def close(self) -> None:
        """Close the log; the next `send` opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


def open_transport(place: Destination) -> Transport:
    """Return the way to `place`. Nothing is opened before the first use.

    Raises:
        UsageError: It needs packages that are not installed.
    """
    if place.kafka is not None:
        return _kafka_transport(place, place.kafka)
    if place.url is None:
        return LocalTransport(place)
    # Here and not above: HTTP takes longer to load than all the rest of the SDK, and a script
    # that logs to its own data folder never needs it.
    from runtide.client.http_transport import HttpTransport  # noqa: PLC0415  # slow, see above

    return HttpTransport(place)


def _kafka_transport(place: Destination, kafka: KafkaSettings) -> Transport:
    # By the caller, who also forks, and not by the sending thread: a child would wait for ever
    # for a module that its parent was loading in another thread.
    try:
        from runtide.client.kafka_transport import KafkaTransport  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as exc:
        package = (exc.name or "").partition(".")[0]
        message = (
            f"logging to Kafka needs {package}, which is not installed: run "
            f"`pip install 'runtide[kafka]'`"
        )
        raise UsageError(message) from exc
    return KafkaTransport(place, kafka)
