"""Statements of analysts on the engine: with limits, one connection each, and a way to stop them.

The embedded engine has no users. What keeps a statement there from harm is the gate that it came
through, a session that is read-only, and these limits. On a server the same is true, and the user
that asks may read the views and nothing else.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from clickhouse_connect.driver.exceptions import ClickHouseError

from runtide.errors import SqlCanceled, SqlFailed, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from clickhouse_connect.driver.client import Client

    from runtide.store.exports import Export, FileFormat
    from runtide.store.sql_limits import SqlLimits

_LIMIT_BY_CODE: Final = {
    159: "time", 160: "time", 241: "memory", 158: "rows-read", 307: "rows-read", 396: "rows",
}  # fmt: skip
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
"""What TabSeparated writes for characters that would break it."""

_CANCELED_CODE: Final = 394
CANCELED: Final = "the statement was canceled: run it again if it is wanted"

_NOT_LET_IN: Final = frozenset({164, 192, 193, 194, 452, 497, 516})
_ABOUT_THE_TEXT: Final = frozenset(
    {
        8, 10, 15, 16, 20, 35, 36, 42, 43, 44, 46, 47, 50, 53, 57, 60, 62, 63, 68, 69, 80, 81, 87,
        107, 115, 131, 179, 184, 190, 207, 215, 352, 386, 403, 456, 457, 706,
    }
)  # fmt: skip
"""Complaints about the statement itself. Others may quote values, and what they say is not shown."""

_NOISE: Final = re.compile(
    r"^.*?DB::Exception: |(?:: |\. )?In (?:scope|query) .*|: While (?:processing|executing) .*"
    r"|\(version [^)]*\)|Stack trace:.*",
    re.DOTALL,
)
_VIEW: Final = re.compile(r"\b(?:\w+\.)?sql_(\w+)(?:\(workspace = [^)]*\))?")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SqlResult:
    """The whole result of a statement. `rows` are of Python's values."""

    columns: list[tuple[str, str]]
    rows: list[Any]
    rows_read: int
    bytes_read: int


class Session:
    """A connection for one statement, with its limits."""

    def __init__(self, client: Client, export: Export) -> None:
        self._client = client
        self._export = export

    def syntax(self, sql: str, parameters: Mapping[str, object]) -> list[str]:
        """Return how the engine reads a statement, as the lines of `EXPLAIN AST`; it is not run."""
        # A format would be taken for a part of what is explained; the default escapes line ends.
        text = self._client.raw_query(f"EXPLAIN AST {sql}", parameters=dict(parameters) or None)
        return [_unescaped(line) for line in text.decode().rstrip("\n").split("\n")]

    def run(self, sql: str, parameters: Mapping[str, object]) -> SqlResult:
        """Return the result of a statement."""
        found = self._client.query(sql, parameters=dict(parameters) or None)
        types = [column.name for column in found.column_types]
        return SqlResult(
            columns=list(zip(found.column_names, types, strict=True)),
            rows=list(found.result_rows),
            rows_read=int(found.summary.get("read_rows", 0)),
            bytes_read=int(found.summary.get("read_bytes", 0)),
        )

    def export(
        self, sql: str, parameters: Mapping[str, object], form: FileFormat, target: BinaryIO
    ) -> None:
        """Write the result of a statement as a file; after an error, part of it may be written."""
        self._export(self._client, sql, parameters, form, target)


class Analysis:
    """Runs statements that the gate let through.

    Args:
        connect: Opens a connection that nobody else uses, with settings of the engine.
        limits: What one statement may take.
        export: Writes a result as a file.
    """

    def __init__(
        self,
        connect: Callable[[Mapping[str, object]], Client],
        limits: SqlLimits,
        *,
        export: Export,
    ) -> None:
        self.limits = limits
        self._export = export
        self._connect = connect

    @contextmanager
    def session(self, query_id: str) -> Iterator[Session]:
        """Open a connection for the statement `query_id`, whose failures inside are translated.

        Raises:
            SqlFailed: The engine does not understand the statement.
            SqlLimit: It reached a limit.
            SqlCanceled: `cancel` was called.
            StoreUnavailable: The engine did not answer.
        """
        with self._translated():
            client = self._connect({**self.limits.engine_settings(), "log_comment": query_id})
            try:
                yield Session(client, self._export)
            finally:
                client.close()

    def cancel(self, query_id: str) -> None:
        """Stop a statement that runs; nothing happens if none does.

        Raises:
            StoreUnavailable: The engine did not answer.
        """
        with self._translated():
            client = self._connect({})
            try:
                client.command(
                    "KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC",
                    parameters={"id": query_id},
                )
            finally:
                client.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (ClickHouseError, RuntimeError, OSError) as exc:
            self._explain(exc)

    def _explain(self, exc: Exception) -> NoReturn:
        code = getattr(exc, "code", None)
        if not isinstance(code, int):
            found = re.search(r"Code: (\d+)", str(exc))
            code = int(found[1]) if found else None
        text = str(exc)
        if code == _CANCELED_CODE:
            raise SqlCanceled(CANCELED) from exc
        if code in _LIMIT_BY_CODE:
            raise self.limits.reached(_LIMIT_BY_CODE[code], text) from exc
        if code is None:
            message = f"the read model gave no answer ({type(exc).__name__}): see `runtide doctor`"
            raise StoreUnavailable(message) from exc
        if code in _NOT_LET_IN:
            _log.error("statements of analysts: %s", text)
            message = (
                "the ClickHouse server does not let the user of statements do its work: set it up "
                "as docs/how-to/use-a-clickhouse-server.md says"
            )
            raise StoreUnavailable(message) from exc
        name = (re.findall(r"\(([A-Z][A-Z_]+)\)", text) or [f"code {code}"])[-1]
        if code in _ABOUT_THE_TEXT:
            said = _VIEW.sub(r"\1", _NOISE.sub("", text)).strip(" .:")
            said = re.sub(r"\s*\([A-Z][A-Z_]+\)$", "", said)
            raise SqlFailed(f"the engine refuses the statement ({said}): correct it") from exc
        message = (
            f"the engine could not compute the statement ({name}): look at conversions and "
            f"arguments; functions that end in OrNull go on"
        )
        raise SqlFailed(message) from exc


def _unescaped(line: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), line)
