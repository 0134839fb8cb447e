"""chDB under requests of ClickHouse's HTTP interface: a statement, settings, and maybe data."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import chdb  # noqa: TID251  # a server runs on the engine itself

_INSERTS_DATA: Final = re.compile(
    rb"""\s*(?P<head>INSERT\s+INTO\s+[`"\w.]+\s*(?:\((?:`[^`]*`|[^)`])*\))?)
    \s*FORMAT\s+(?P<format>\w+)[ \t]*(?:\n|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE: Final = re.compile(r"Code: (\d+)")
_ANSWERS: Final = re.compile(rb"\s*(?:SELECT|WITH|SHOW|DESC|EXISTS|EXPLAIN)\b", re.IGNORECASE)
_FORMAT: Final = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)


class Refused(Exception):
    """The engine, or the bridge in its place, refuses a request with one of ClickHouse's codes."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True)
class Statement:
    """One request, as the engine needs it."""

    sql: bytes
    data: bytes = b""
    database: str = ""
    default_format: str = "TabSeparated"
    parameters: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the engine returned; `format_name` is None where a statement returns nothing."""

    body: bytes
    format_name: str | None


class Engine:
    """chDB in one folder. Any number of threads may run statements."""

    def __init__(self, folder: Path, *, config: Path | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._address = str(folder) if config is None else f"{folder}?config-file={config}"
        # Held open: the engine ends with its last connection.
        self._kept: Any = self._connect()
        self.version = self._kept.query("SELECT version()", "TabSeparated").data().strip()

    def _connect(self) -> Any:
        return chdb.connect(self._address)  # type: ignore[no-untyped-call, unused-ignore]  # typed by one of chDB's two packages

    def run(self, statement: Statement) -> Answer:
        """Run `statement` in a session of its own.

        Raises:
            Refused: The engine did not take it.
        """
        session: Any = self._connect()
        try:
            for sql in _preparations(statement):
                session.query(sql, "TabSeparated")
            return _run(session, statement)
        except RuntimeError as exc:
            found = _CODE.search(str(exc))
            text = str(exc)[found.start() :] if found else str(exc)
            raise Refused(
                int(found[1]) if found else 1, f"{text} (version {self.version})"
            ) from exc
        finally:
            session.close()


def split_insert(body: bytes) -> tuple[bytes, bytes]:
    """Return the statement that `body` begins with, and the data after it."""
    if found := _INSERTS_DATA.match(body):
        return body[: found.end()], body[found.end() :]
    return body, b""


def _preparations(statement: Statement) -> list[str]:
    found = []
    if statement.database:
        found.append(f"USE `{statement.database}`")
    if statement.settings:
        pairs = (f"{name} = {_quoted(value)}" for name, value in statement.settings.items())
        found.append(f"SET {', '.join(pairs)}")
    return found


def _run(session: Any, statement: Statement) -> Answer:
    inserted = _INSERTS_DATA.match(statement.sql)
    if inserted is None:
        sql = statement.sql + (b"\n" + statement.data if statement.data else b"")
        body = session.query(
            sql.decode(), statement.default_format, params=statement.parameters
        ).bytes()
        named = _FORMAT.search(sql)
        answers = bool(body) or _ANSWERS.match(sql) is not None
        name = named[1].decode() if named else statement.default_format
        return Answer(body or b"", name if answers else None)
    descriptor, path = tempfile.mkstemp(prefix="runtide-bridge-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(statement.data)
        head, name = inserted["head"].decode(), inserted["format"].decode()
        session.query(f"{head} FROM INFILE {_quoted(path)} FORMAT {name}", "TabSeparated")
    finally:
        Path(path).unlink()
    return Answer(b"", None)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
