"""The root of our exceptions and its four branches; `runtide.errors` draws and has the whole tree."""

from __future__ import annotations

from typing import ClassVar


class RuntideError(Exception):
    """Anything Runtide raises on purpose.

    Attributes:
        code: Stable slug of the kind of error; the last segment of the problem type's URI.
    """

    __module__ = "runtide.errors"

    code: ClassVar[str] = "error"


class UsageError(RuntideError):
    """The call is wrong; the same call will fail again until the calling code changes."""

    __module__ = "runtide.errors"

    code = "usage"


class RejectedError(RuntideError):
    """The data is refused; the same bytes will be refused again."""

    __module__ = "runtide.errors"

    code = "rejected"


class UnavailableError(RuntideError):
    """A dependency did not answer; the same call may succeed later.

    Attributes:
        retry_after_s: Seconds after which another try is worth it.
    """

    __module__ = "runtide.errors"

    code = "unavailable"
    retry_after_s = 1

    def __init__(self, message: str, *, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CorruptionError(RuntideError):
    """Stored bytes are not the bytes that were written; stop and look."""

    __module__ = "runtide.errors"

    code = "corruption"
