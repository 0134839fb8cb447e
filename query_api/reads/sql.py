"""Statements of analysts: who runs which, how many at once, and their results."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast
from uuid import UUID, uuid4

from query_api.core.sql_gate import WORKSPACE_PARAMETER, admit
from query_api.core.sql_syntax import check_syntax
from query_api.wire import json_value
from runtide.errors import (
    NotFound,
    RuntideError,
    SqlBusy,
    SqlCanceled,
    SqlFailed,
    StoreUnavailable,
    UsageError,
)
from runtide.store.analysis import CANCELED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtide.store.analysis import Analysis, Session
    from runtide.store.exports import FileFormat

RUNNING_MAX: Final = 12
"""Statements of all callers that one server runs at once: it has some forty threads for everything."""

_MEMORY_BYTES: Final = 1 << 20
"""Of a result as a file. What is more of it waits on the disk."""

_SHOWN_CHARS_MAX: Final = 500
_KILLS_MAX: Final = 20
_KILL_INTERVAL_S: Final = 0.1
_NOT_SET_UP: Final = (
    "no user of the ClickHouse server is set up for statements of analysts: make one as "
    "docs/how-to/use-a-clickhouse-server.md says, and set RUNTIDE_CLICKHOUSE_SQL_USER and "
    "RUNTIDE_CLICKHOUSE_SQL_PASSWORD"
)

_log = logging.getLogger(__name__)
# It warns of every statement that it does not know, which here is the gate's answer.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement, and who asks it: `workspace` is what the views take."""

    query: str
    parameters: Mapping[str, object]
    workspace: str
    caller: str
    query_id: str | None = None


@dataclass
class _Running:
    """A statement that has a slot."""

    caller: str
    is_canceled: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class Desk:
    """Runs statements, each under an id by which its caller can stop it.

    Args:
        analysis: The engine, or None where it has nobody set up for statements.
    """

    def __init__(self, analysis: Analysis | None) -> None:
        self.analysis = analysis
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return the whole result as JSON values.

        Raises:
            SqlRefused: The gate does not let the statement through.
            SqlFailed: The engine does not understand it.
            SqlLimit: It reached a limit.
            SqlBusy: The caller, or all of them, have as many running as they may.
            SqlCanceled: It was canceled.
            StoreUnavailable: The engine did not answer, or nobody is set up.
        """
        began_s = time.monotonic()
        with self._admitted(asked) as (session, query_id, sql, bound):
            found = session.run(sql, bound)
            rows = [[_cell(value) for value in row] for row in found.rows]
            return {
                "query_id": query_id,
                "columns": [{"name": name, "type": kind} for name, kind in found.columns],
                "rows": rows,
                "row_count": len(rows),
                "elapsed_ms": round((time.monotonic() - began_s) * 1_000),
                "rows_read": found.rows_read,
                "bytes_read": found.bytes_read,
            }

    def export(self, asked: Asked, form: FileFormat) -> tuple[str, BinaryIO]:
        """Return the id of the statement, and its whole result as a file, which the caller closes.

        It is whole before anything of it is sent: what goes wrong is still an error then, and no
        file that ends too early. Whoever reads it slowly keeps a file waiting and no engine.
        Raises as `answer` does.
        """
        with ExitStack() as stack:
            file = cast("BinaryIO", stack.enter_context(SpooledTemporaryFile(_MEMORY_BYTES)))
            with self._admitted(asked) as (session, query_id, sql, bound):
                session.export(sql, bound, form, file)
            file.seek(0)
            stack.pop_all()
        return query_id, file

    def cancel(self, query_id: str, caller: str) -> None:
        """Stop a statement; when this returns, it has ended, or is about to.

        Raises:
            NotFound: The caller has none of this id running.
            StoreUnavailable: The engine did not answer.
        """
        with self._lock:
            running = self._running.get(query_id)
        if running is None or running.caller != caller or self.analysis is None:
            message = f"no statement {query_id!r} of yours is running: it has ended, or never was"
            raise NotFound(message)
        running.is_canceled = True
        for _ in range(_KILLS_MAX):
            # It may be on its way to the engine, which does not know it yet.
            self.analysis.cancel(query_id)
            if running.ended.wait(_KILL_INTERVAL_S):
                return

    @contextmanager
    def _admitted(self, asked: Asked) -> Iterator[tuple[Session, str, str, dict[str, object]]]:
        if self.analysis is None:
            raise StoreUnavailable(_NOT_SET_UP)
        query_id = asked.query_id or str(uuid4())
        began_s, outcome = time.monotonic(), "failed"
        try:
            sql, bound = _bound(asked)
            with (
                self._slot(query_id, asked.caller, self.analysis) as running,
                self.analysis.session(query_id) as session,
            ):
                check_syntax(session.syntax(sql, bound), workspace=asked.workspace)
                if running.is_canceled:
                    raise SqlCanceled(CANCELED)
                yield session, query_id, sql, bound
            outcome = "done"
        except RuntideError as exc:
            outcome = exc.code
            raise
        finally:
            # Escaped and cut: a statement holds whatever somebody sends.
            shown = ascii(asked.query[:_SHOWN_CHARS_MAX])
            took_s = time.monotonic() - began_s
            _log.info(
                "sql %s of %r: %s in %.3f s: %s", query_id, asked.caller, outcome, took_s, shown
            )

    @contextmanager
    def _slot(self, query_id: str, caller: str, analysis: Analysis) -> Iterator[_Running]:
        limit = analysis.limits.concurrency
        with self._lock:
            if query_id in self._running:
                message = f"a statement {query_id!r} is running: choose another `query_id`"
                raise UsageError(message)
            own_count = sum(one.caller == caller for one in self._running.values())
            if own_count >= limit:
                message = (
                    f"{limit} statements of yours are running, the limit: wait for one, or cancel "
                    f"it; whoever runs the server can raise RUNTIDE_SQL_CONCURRENCY"
                )
                raise SqlBusy(message)
            if len(self._running) >= RUNNING_MAX:
                message = f"{RUNNING_MAX} statements are running, the limit of a server: try again"
                raise SqlBusy(message)
            running = self._running[query_id] = _Running(caller)
        try:
            yield running
        finally:
            with self._lock:
                del self._running[query_id]
            running.ended.set()


def _bound(asked: Asked) -> tuple[str, dict[str, object]]:
    """Return the statement for the engine, and the value of every parameter in it."""
    admitted = admit(asked.query)
    if missing := sorted(admitted.parameters - asked.parameters.keys()):
        message = f"parameter `{missing[0]}` has no value: send it in `parameters`"
        raise SqlFailed(message)
    if unknown := sorted(asked.parameters.keys() - admitted.parameters):
        message = f"parameter `{unknown[0]}` is not in the statement: write `{{{unknown[0]}:Type}}`"
        raise SqlFailed(message)
    bound: dict[str, object] = dict(asked.parameters)
    if f"{{{WORKSPACE_PARAMETER}:" in admitted.sql:
        bound[WORKSPACE_PARAMETER] = asked.workspace
    return admitted.sql, bound


def _cell(value: Any) -> Any:  # noqa: ANN401  # any value of the engine's
    """Return a value of the engine as JSON: times are ISO 8601 in UTC, non-finite floats names."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return json_value(value)
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case dict():
            return {str(_cell(key)): _cell(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [_cell(item) for item in value]
        case Decimal() | UUID() | IPv4Address() | IPv6Address() | timedelta():
            return str(value)
        case _:
            return json_value(value.item() if hasattr(value, "item") else str(value))
