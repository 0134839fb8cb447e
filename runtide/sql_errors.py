"""What can go wrong with an analyst's statement; `runtide.errors` draws and has the whole tree."""

from __future__ import annotations

from runtide.error_branches import RejectedError, UnavailableError, UsageError


class SqlRefused(UsageError):
    """The statement has something that analysts may not do; nothing of it was run."""

    __module__ = "runtide.errors"

    code = "sql-refused"


class SqlFailed(UsageError):
    """The engine does not understand the statement, or a value of it."""

    __module__ = "runtide.errors"

    code = "sql-failed"


class SqlCanceled(RejectedError):
    """The statement was canceled before it ended."""

    __module__ = "runtide.errors"

    code = "sql-canceled"


class SqlLimit(RejectedError):
    """The statement reached a limit and was stopped.

    Attributes:
        limit: Which one: `time`, `memory`, `rows-read`, `rows` or `bytes`.
        limit_value: What it is set to, in seconds, bytes or rows.
    """

    __module__ = "runtide.errors"

    code = "sql-limit"

    def __init__(self, message: str, *, limit: str, limit_value: float) -> None:
        self.limit = limit
        self.limit_value = limit_value
        super().__init__(message)


class SqlBusy(UnavailableError):
    """Somebody has as many statements running as they may; another waits for one of them."""

    __module__ = "runtide.errors"

    code = "sql-busy"
