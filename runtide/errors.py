"""Every exception Runtide raises on purpose.

    RuntideError
    ├── UsageError              the call is wrong; change the calling code
    │   ├── NotFound
    │   │   └── ModelPathNotFound
    │   ├── ReplayConflict
    │   ├── Unauthenticated
    │   ├── Forbidden
    │   ├── RunFailed
    │   ├── SqlRefused
    │   ├── SqlFailed
    │   ├── StoreRefused
    │   └── UnknownSettings
    ├── RejectedError           the data is refused; the same bytes will be refused again
    │   ├── MalformedEnvelope
    │   ├── MalformedEvent
    │   ├── MalformedManifest
    │   ├── EnvelopeTooLarge
    │   ├── BodyTooLarge
    │   ├── DigestMismatch
    │   ├── Conflict
    │   ├── ForeignWorkspace
    │   ├── SqlCanceled
    │   ├── SqlLimit
    │   ├── NotMissing
    │   └── StillUnreadable
    ├── UnavailableError        a dependency did not answer; the same call may succeed later
    │   ├── LogUnavailable
    │   ├── StoreUnavailable
    │   ├── ArtifactsUnavailable
    │   ├── ServerUnavailable
    │   ├── ProviderUnavailable
    │   ├── QuotaExceeded
    │   ├── SqlBusy
    │   ├── Overloaded
    │   ├── FoldBehind
    │   ├── TooManyWatchers
    │   ├── FolderInUse
    │   └── NotDelivered
    └── CorruptionError         stored bytes are not the bytes that were written; stop
        ├── LogDamaged
        ├── OffsetGap
        ├── RecordsExpired
        ├── BlobDamaged
        └── MigrationChanged

The four branches answer the only question a caller has: fix, drop, retry, or stop.
Nothing inherits from two branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtide.access_errors import Forbidden as Forbidden  # noqa: PLC0414  # to be had from here
from runtide.access_errors import ProviderUnavailable as ProviderUnavailable  # noqa: PLC0414  # to be had from here
from runtide.access_errors import Unauthenticated as Unauthenticated  # noqa: PLC0414  # to be had from here
from runtide.error_branches import CorruptionError as CorruptionError  # noqa: PLC0414  # to be had from here
from runtide.error_branches import RejectedError as RejectedError  # noqa: PLC0414  # to be had from here
from runtide.error_branches import RuntideError as RuntideError  # noqa: PLC0414  # to be had from here
from runtide.error_branches import UnavailableError as UnavailableError  # noqa: PLC0414  # to be had from here
from runtide.error_branches import UsageError as UsageError  # noqa: PLC0414  # to be had from here
from runtide.sql_errors import SqlBusy as SqlBusy  # noqa: PLC0414  # to be had from here
from runtide.sql_errors import SqlCanceled as SqlCanceled  # noqa: PLC0414  # to be had from here
from runtide.sql_errors import SqlFailed as SqlFailed  # noqa: PLC0414  # to be had from here
from runtide.sql_errors import SqlLimit as SqlLimit  # noqa: PLC0414  # to be had from here
from runtide.sql_errors import SqlRefused as SqlRefused  # noqa: PLC0414  # to be had from here

if TYPE_CHECKING:
    from collections.abc import Sequence


class NotFound(UsageError):
    """What was asked for is not in the record."""

    code = "not-found"


class ModelPathNotFound(NotFound):
    """What is to become a model is not among the files there are, whose paths are `available`."""

    code = "model-path-not-found"

    def __init__(self, message: str, *, available: Sequence[str]) -> None:
        self.available = tuple(available)
        super().__init__(message)


class ReplayConflict(UsageError):
    """A replay cannot do this where it is, or where another one is."""

    code = "replay-conflict"


class RunFailed(UsageError):
    """A run that was waited for has failed; mend what it ran and run it again.

    Attributes:
        run_id: The run.
        error: What the run says went wrong, or None if it does not. `message` is the reason, and
            `output` the last lines that it printed, where they are known.
    """

    code = "run-failed"

    def __init__(self, *, run_id: str, error: dict[str, Any] | None) -> None:
        self.run_id = run_id
        self.error = error
        fault = error or {}
        said = fault.get("message", "no error was set on it")
        output = fault.get("output")
        lines = f"\n\nThe last lines of its output:\n{output}" if output else ""
        super().__init__(f"run {run_id} failed ({said}): see its logs, then run it again{lines}")


class StoreRefused(UsageError):
    """The server of the read model does not take what the settings say; change either."""

    code = "store-refused"


class UnknownSettings(UsageError):
    """The environment has a `RUNTIDE_` name that no role declares.

    Attributes:
        names: The unknown names, sorted.
    """

    code = "unknown-settings"

    def __init__(self, *, names: Sequence[str]) -> None:
        self.names = tuple(names)
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(
            f"unknown setting {listed}: correct the name or unset it; "
            f"docs/reference/settings.md lists every setting"
        )


class MalformedEnvelope(RejectedError):
    """The bytes are not an envelope of the published contract."""

    code = "malformed-envelope"


class MalformedEvent(RejectedError):
    """One event of an envelope breaks the published contract of its type."""

    code = "malformed-event"


class MalformedManifest(RejectedError):
    """The manifest of a snapshot breaks its contract."""

    code = "malformed-manifest"


class EnvelopeTooLarge(RejectedError):
    """One envelope exceeds the size the log accepts.

    Attributes:
        size_bytes: Encoded size of the offending envelope.
        limit_bytes: Largest envelope the log accepts.
    """

    code = "envelope-too-large"

    def __init__(self, *, size_bytes: int, limit_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes
        super().__init__(
            f"envelope is {size_bytes:,} bytes, limit is {limit_bytes:,}: "
            f"send fewer events in one envelope"
        )


class BodyTooLarge(RejectedError):
    """A request's body exceeds what its endpoint reads.

    Attributes:
        limit_bytes: Largest body that is read, after decompression.
    """

    code = "body-too-large"

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(f"body exceeds {limit_bytes:,} bytes: send it in smaller pieces")


class DigestMismatch(RejectedError):
    """The bytes that came are not those whose digest was announced; nothing of them is stored.

    Attributes:
        want: The announced SHA-256.
        got: The SHA-256 of what came.
    """

    code = "digest-mismatch"

    def __init__(self, *, want: str, got: str) -> None:
        self.want = want
        self.got = got
        super().__init__(
            f"announced SHA-256 is {want}, got bytes with {got}: send the whole file again, "
            f"or leave out its digest if it is being written to"
        )


class Conflict(RejectedError):
    """A write-once fact already has another value."""

    code = "conflict"


class ForeignWorkspace(RejectedError):
    """An envelope came in with the token of another workspace than its run's."""

    code = "foreign-workspace"


class NotMissing(RejectedError):
    """A dead letter is not sent again, because the fold would take it for a repetition."""

    code = "not-missing"


class StillUnreadable(RejectedError):
    """A dead letter is not sent again, because it would become one again."""

    code = "still-unreadable"


class LogUnavailable(UnavailableError):
    """The event log did not take or give records; nothing is known about the outcome."""

    code = "log-unavailable"


class StoreUnavailable(UnavailableError):
    """The read model did not answer."""

    code = "store-unavailable"


class ArtifactsUnavailable(UnavailableError):
    """The artifact store did not take or give a file."""

    code = "artifacts-unavailable"


class ServerUnavailable(UnavailableError):
    """No query API answered."""

    code = "server-unavailable"


class QuotaExceeded(UnavailableError):
    """Somebody sends more than their share; what they send now is taken a little later."""

    code = "quota-exceeded"


class Overloaded(UnavailableError):
    """The server holds all that it may, of all clients together."""

    code = "overloaded"


class FolderInUse(UnavailableError):
    """Another server has the data folder; one process at a time may have it.

    Attributes:
        home: The data folder.
        url: Where the other server answers, if it has said so.
    """

    code = "folder-in-use"

    def __init__(self, *, home: str, url: str | None) -> None:
        self.home = home
        self.url = url
        place = f"answers at {url}" if url else "has not said yet where it answers"
        super().__init__(
            f"another server has the data folder {home} and {place}: use that one, stop it, "
            f"or choose another folder with `--home`"
        )


class FoldBehind(UnavailableError):
    """The fold has not reached what the log held when the request came."""

    code = "fold-behind"


class TooManyWatchers(UnavailableError):
    """Every live stream is taken.

    Attributes:
        limit: How many may be open at once.
        who: Of whom, where it is a caller's own limit.
    """

    code = "too-many-watchers"

    def __init__(self, *, limit: int, who: str | None = None) -> None:
        self.limit = limit
        self.who = who
        whose = "" if who is None else f" of {who}"
        message = f"{limit} live streams{whose} are open, the limit: close a page and try again"
        super().__init__(message)


class NotDelivered(UnavailableError):
    """Some of what was logged has not reached the event log yet; it is kept and sent later.

    Attributes:
        envelope_count: Envelopes that wait.
    """

    code = "not-delivered"

    def __init__(self, *, envelope_count: int, cause: str) -> None:
        self.envelope_count = envelope_count
        super().__init__(
            f"{envelope_count:,} envelopes are not delivered yet ({cause}): they are kept and "
            f"sent when the log answers; call `flush()` again to wait for it"
        )


class LogDamaged(CorruptionError):
    """The event log's file is damaged: asking again gives the same answer."""

    code = "log-damaged"


class OffsetGap(CorruptionError):
    """A record's offset is beyond the next one to fold.

    Attributes:
        partition: Partition of the record.
        want: The offset that should have come.
        got: The offset that came.
    """

    code = "offset-gap"

    def __init__(self, *, partition: int, want: int, got: int) -> None:
        self.partition = partition
        self.want = want
        self.got = got
        super().__init__(
            f"partition {partition} continues at offset {want}, got {got}: records are missing "
            f"from the log; restore it from a backup, or replay into an empty store"
        )


class RecordsExpired(CorruptionError):
    """The log no longer has the records that were asked for: it removed its oldest ones.

    Attributes:
        partition: Partition of the records.
        want: The offset that was asked for.
        start: The offset of the oldest record that is left.
    """

    code = "records-expired"

    def __init__(self, *, partition: int, want: int, start: int) -> None:
        self.partition = partition
        self.want = want
        self.start = start
        super().__init__(
            f"partition {partition} of the log starts at offset {start}, want {want}: the records "
            f"between were removed when their time was over; replay them from an archive, or fold "
            f"what is left into an empty store"
        )


class BlobDamaged(CorruptionError):
    """A stored file's bytes no longer have the digest they are stored under."""

    code = "blob-damaged"


class MigrationChanged(CorruptionError):
    """A migration that this store has applied is not the one this version ships."""

    code = "migration-changed"
