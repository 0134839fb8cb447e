"""What ClickHouse, or the way to it, said instead of an answer: in our words, with the remedy.

The same cause is fatal when a service starts and a matter of patience afterwards: settings that
the server refuses stop a start, and hold up what already runs until somebody mends the server.
"""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from clickhouse_connect.driver.exceptions import ClickHouseError

from runtide.errors import StoreRefused, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.store.server_settings import ClickHouseSettings

_CAUSE_CHARS_MAX: Final = 600
_LOOK: Final = "see `runtide doctor`"

_ENVELOPE: Final = re.compile(r"^.*?server response: |\s*\(for url [^)]*\)$", re.DOTALL)
_STATUS: Final = re.compile(r"HTTP driver received HTTP status (\d+)")
_GATEWAY_STATUSES: Final = frozenset({408, 429, 502, 503, 504})
"""What a proxy answers with while the server behind it is away."""


class _Diagnosis(NamedTuple):
    """What went wrong; `is_lasting` where asking again will not help until somebody acts."""

    cause: str
    remedy: str
    is_lasting: bool


@contextmanager
def refusals_translated(verb: str, settings: ClickHouseSettings | None) -> Iterator[None]:
    """Turn whatever the engine raises inside the block into `StoreUnavailable`."""
    # chDB's own failures reach us as RuntimeError; the client's as ClickHouseError.
    try:
        yield
    except (ClickHouseError, RuntimeError, OSError) as exc:
        found = _diagnosis(exc, settings)
        message = f"the read model could not {verb} ({found.cause}): {found.remedy}"
        raise StoreUnavailable(message) from exc


@contextmanager
def opening_translated(settings: ClickHouseSettings) -> Iterator[None]:
    """Do the same where a server is met first: what its settings cause is `StoreRefused`."""
    try:
        yield
    except (ClickHouseError, RuntimeError, OSError) as exc:
        found = _diagnosis(exc, settings)
        message = f"the ClickHouse server at {settings.url} {found.cause}: {found.remedy}"
        raise (StoreRefused if found.is_lasting else StoreUnavailable)(message) from exc


def _diagnosis(exc: Exception, settings: ClickHouseSettings | None) -> _Diagnosis:
    if settings is None:
        return _Diagnosis(str(exc), _LOOK, is_lasting=False)
    code = getattr(exc, "code", None)
    if isinstance(code, int):
        return _of_code(code, str(exc), settings)
    return _of_transport(exc, settings)


def _of_code(code: int, text: str, settings: ClickHouseSettings) -> _Diagnosis:
    said = f"said {_short(_ENVELOPE.sub('', text))!r}"
    who = f"user `{settings.user}`"
    guide = "docs/how-to/use-a-clickhouse-server.md"
    match code:
        case 192 | 193 | 194 | 516:
            remedy = "set RUNTIDE_CLICKHOUSE_USER and RUNTIDE_CLICKHOUSE_PASSWORD to what it knows"
            return _Diagnosis(f"does not let {who} in", remedy, is_lasting=True)
        case 497:
            remedy = f"grant {who} what {guide} lists"
            return _Diagnosis(said, remedy, is_lasting=True)
        case 164 | 452:
            remedy = f"let {who} change settings, as {guide} says"
            return _Diagnosis(said, remedy, is_lasting=True)
        case 60 | 81:
            remedy = f"make the tables of database `{settings.database}` with `runtide migrate`"
            return _Diagnosis(said, remedy, is_lasting=True)
        case 170 | 701:
            remedy = "set RUNTIDE_CLICKHOUSE_CLUSTER to a cluster of its `system.clusters`"
            return _Diagnosis(said, remedy, is_lasting=True)
        case 139 | 225 | 392:
            remedy = f"layout `{settings.layout}` needs ClickHouse Keeper; {guide} says how"
            return _Diagnosis(said, remedy, is_lasting=True)
        case 242 | 999:
            return _Diagnosis(said, "see that its ClickHouse Keeper answers", is_lasting=False)
        case 241 | 252:
            return _Diagnosis(said, "it is overloaded; give it more, or wait", is_lasting=False)
        case 243:
            return _Diagnosis(said, "make room on its disk", is_lasting=False)
        case _:
            return _Diagnosis(said, _LOOK, is_lasting=False)


def _of_transport(exc: Exception, settings: ClickHouseSettings) -> _Diagnosis:
    causes = list(_causes(exc))
    names = {type(cause).__name__ for cause in causes}
    text = " ".join(map(str, causes))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_certificate(cause, settings)
        if isinstance(cause, ssl.SSLError):
            remedy = "write `http://` in RUNTIDE_CLICKHOUSE_URL, or name the port of its HTTPS"
            return _Diagnosis("does not speak HTTPS", remedy, is_lasting=True)
    if "clickhouse-client" in text or "BadStatusLine" in names:
        remedy = "name the port of its HTTP interface in RUNTIDE_CLICKHOUSE_URL; it is usually 8123"
        return _Diagnosis("does not speak HTTP at this port", remedy, is_lasting=True)
    if names & {"ConnectTimeoutError", "ReadTimeoutError", "TimeoutError"}:
        is_connecting = "ConnectTimeoutError" in names
        limit = settings.connect_timeout_s if is_connecting else settings.timeout_s
        remedy = "see that it runs and can be reached; what was asked may have been done"
        return _Diagnosis(f"did not answer within {limit} s", remedy, is_lasting=False)
    if "NameResolutionError" in names:
        remedy = "correct RUNTIDE_CLICKHOUSE_URL, or this machine's name server"
        return _Diagnosis(f"has a name that is not known ({settings.host})", remedy, False)  # noqa: FBT003  # the one flag of three
    if "NewConnectionError" in names:
        remedy = "start it, or correct RUNTIDE_CLICKHOUSE_URL"
        return _Diagnosis(f"cannot be reached ({_innermost(causes)})", remedy, is_lasting=False)
    if names & {"RemoteDisconnected", "ConnectionResetError", "_IncompleteResponseError"}:
        remedy = "if it does so every time, write `https://` in RUNTIDE_CLICKHOUSE_URL"
        if settings.scheme == "https":
            remedy = "see that it runs"
        return _Diagnosis("closed the connection without an answer", remedy, is_lasting=False)
    return _of_other(text, settings)


def _of_certificate(
    cause: ssl.SSLCertVerificationError, settings: ClickHouseSettings
) -> _Diagnosis:
    why = cause.verify_message or str(cause)
    if "mismatch" in why.lower():
        remedy = f"its certificate is not for `{settings.host}`; use a name that it is for"
    else:
        remedy = "name the file of who signed it in RUNTIDE_CLICKHOUSE_CA_FILE"
    return _Diagnosis(f"has a certificate that is not trusted ({why})", remedy, is_lasting=True)


def _of_other(text: str, settings: ClickHouseSettings) -> _Diagnosis:
    status = _STATUS.search(text)
    if status and int(status[1]) not in _GATEWAY_STATUSES and int(status[1]) < 500:  # noqa: PLR2004  # where HTTP's errors of servers begin
        is_other = True
    else:
        is_other = "Unexpected response to server" in text
    if is_other:
        remedy = f"see what answers at {settings.url}, and correct RUNTIDE_CLICKHOUSE_URL"
        cause = f"is something else than ClickHouse ({_short(_ENVELOPE.sub('', text))})"
        return _Diagnosis(cause, remedy, is_lasting=True)
    return _Diagnosis(f"gave no answer ({_short(text)})", _LOOK, is_lasting=False)


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what led to it; urllib3 keeps the cause of some in `reason`."""
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        yield exc
        reason = getattr(exc, "reason", None)
        if isinstance(reason, BaseException):
            exc = reason
        elif exc.args and isinstance(exc.args[-1], BaseException):
            exc = exc.args[-1]
        else:
            exc = exc.__cause__ or exc.__context__


def _innermost(causes: list[BaseException]) -> str:
    found = [cause for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return str(found[-1].strerror) if found else _short(str(causes[-1]))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CAUSE_CHARS_MAX else f"{line[: _CAUSE_CHARS_MAX - 3]}..."
