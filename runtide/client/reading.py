"""Reading back, through the query API over HTTP.

A data folder is read through the server that has it. Where none answers, one is started in the
background; it ends by itself when nobody needs it.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn
from urllib.parse import quote, urlencode, urlsplit

import orjson

from runtide.address import find_address, is_answering
from runtide.client.environments import server_environment
from runtide.client.http_exchange import DENIALS, authorization, denial
from runtide.client.options import Destination
from runtide.errors import (
    Conflict,
    NotFound,
    NotMissing,
    ServerUnavailable,
    SqlBusy,
    SqlCanceled,
    SqlFailed,
    SqlLimit,
    SqlRefused,
    StillUnreadable,
    UsageError,
)
from runtide.folder_token import token_for

_COLUMNS_MEDIA_TYPE: Final = "application/vnd.runtide.columns+json"
"""The lossless form of metrics."""

_JSON_MEDIA_TYPE: Final = "application/json"

_REQUEST_TIMEOUT_S: Final = 60.0
_READ_TIMEOUT_S: Final = 180.0
"""Longest that one question is asked again while the server is behind the log."""

_START_TIMEOUT_S: Final = 90.0
_IDLE_EXIT_S: Final = 600
_FAILURES_MAX: Final = 3
_PAGE_LIMIT: Final = 200
_CHUNK_BYTES: Final = 1 << 20
_RETRY_S: Final = 0.2
_OUTPUT_CHARS: Final = 2_000

_ERROR_BY_CODE: Final = {
    error.code: error for error in (NotMissing, StillUnreadable, SqlRefused, SqlFailed, SqlCanceled)
}
"""Refusals that a caller tells apart by more than their status."""

_start_lock = threading.Lock()


class Reader:
    """Questions to the query API of one destination. Any thread may ask.

    Args:
        place: The destination.
        starts_server: Whether a data folder without a server gets one; otherwise it is one that
            does not answer.
    """

    def __init__(self, place: Destination, *, starts_server: bool = True) -> None:
        self._place = place
        self._starts_server = starts_server
        self._url: str | None = None

    def url(self) -> str:
        """Return where the server answers, after starting one if need be.

        Raises:
            ServerUnavailable: None answers and none can be started.
            UsageError: What is logged goes to Kafka, and nothing says where to read.
        """
        if (given := self._given_url()) is not None:
            return given
        url = self.find_url()
        if url is None and not self._starts_server:
            message = f"no server of {self._place.home} answers: start `runtide up`"
            raise ServerUnavailable(message)
        if url is None:
            with _start_lock:
                url = self.find_url() or _started(self._place.home)
        self._url = url
        return url

    def find_url(self) -> str | None:
        """Return where a server answers, or None; nothing is started."""
        if (given := self._given_url()) is not None:
            return given
        address = find_address(self._place.home)
        return address.url if address is not None and is_answering(address) else None

    def authorization(self, url: str) -> dict[str, str]:
        """Return the header that lets in to the server at `url`: the folder's own, if it is its.

        A token that a setting names is sent to every server.
        """
        return authorization(self._place.token or token_for(self._place.home, url))

    def page_url(self, run_id: str) -> str:
        """Return the address of a run's page.

        Raises:
            ServerUnavailable: None answers and none can be started.
        """
        return f"{self.url()}/runs/{quote(run_id, safe='')}"

    def get(
        self,
        path: str,
        question: Mapping[str, Any] | None = None,
        *,
        accept: str = "application/json",
    ) -> dict[str, Any]:
        """Return the answer to `GET /api/v1{path}`, of everything logged before the call.

        Raises:
            NotFound: The record has no such thing.
            UsageError: The question is wrong.
            ServerUnavailable: No answer, or the server is too far behind the log.
        """
        return orjson.loads(self.content(path, question, accept=accept))  # type: ignore[no-any-return]  # an object

    def columns(self, path: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the lossless form of metrics.

        Raises:
            NotFound: As `get`.
            UsageError: As `get`.
            ServerUnavailable: As `get`.
        """
        return self.get(path, question, accept=_COLUMNS_MEDIA_TYPE)

    def content(
        self, path: str, question: Mapping[str, Any] | None = None, *, accept: str = "*/*"
    ) -> bytes:
        """Return the bytes of `GET /api/v1{path}`.

        Raises:
            NotFound: As `get`.
            UsageError: As `get`.
            ServerUnavailable: As `get`.
        """
        target = BytesIO()
        self.download(path, target, question, accept=accept)
        return target.getvalue()

    def download(
        self,
        path: str,
        target: BinaryIO,
        question: Mapping[str, Any] | None = None,
        *,
        accept: str = "*/*",
        method: str = "GET",
        body: bytes | None = None,
    ) -> None:
        """Write the bytes that answer a request of `/api/v1{path}` to `target`.

        Raises:
            NotFound: As `get`.
            UsageError: As `get`.
            ServerUnavailable: As `get`; part may have been written.
        """
        connection, response = self._answer(method, path, question or {}, accept, body)
        try:
            while chunk := _next_chunk(response, f"{connection.host}:{connection.port}"):
                target.write(chunk)
        finally:
            connection.close()

    def post(
        self,
        path: str,
        question: Mapping[str, Any] | None = None,
        *,
        document: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to `POST /api/v1{path}` of a document, or of no body.

        It is posted again where no answer came, so it must be harmless twice.

        Raises:
            RejectedError: It was refused for what the record holds.
            NotFound: As `get`.
            UsageError: As `get`.
            ServerUnavailable: As `get`; it may have been done.
        """
        target = BytesIO()
        body = None if document is None else orjson.dumps(document)
        self.download(path, target, question, accept="application/json", method="POST", body=body)
        return orjson.loads(target.getvalue())  # type: ignore[no-any-return]  # an object

    def delete(self, path: str, question: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer to `DELETE /api/v1{path}`; of one without a body, nothing.

        Raises:
            NotFound: As `get`; it may have been done by an earlier try.
            RejectedError, UsageError, ServerUnavailable: As `post`.
        """
        target = BytesIO()
        self.download(path, target, question, accept="application/json", method="DELETE")
        return orjson.loads(target.getvalue() or b"{}")  # type: ignore[no-any-return]  # an object

    def items(
        self, path: str, question: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, page by page.

        Raises:
            NotFound: As `get`.
            UsageError: As `get`.
            ServerUnavailable: As `get`.
        """
        cursor: str | None = None
        while True:
            page = dict(question or {}, limit=_PAGE_LIMIT)
            answer = self.get(path, page if cursor is None else page | {"cursor": cursor})
            yield from answer["items"]
            cursor = answer.get("next_cursor")
            if cursor is None:
                return

    def _given_url(self) -> str | None:
        """Return where the settings say that a server answers."""
        url = self._place.query_url or self._place.url
        if self._place.kafka is not None and url == self._place.url:
            message = (
                f"{url} can be logged to and not be read from: set RUNTIDE_QUERY_URL to the query "
                f"API of its cluster, `http(s)://host:port`"
            )
            raise UsageError(message)
        return url

    def _answer(
        self,
        method: str,
        path: str,
        question: Mapping[str, Any],
        accept: str,
        body: bytes | None,
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Ask until there is a good answer, and return it with its connection."""
        wanted = {key: value for key, value in question.items() if value is not None}
        target = f"/api/v1{path}?{urlencode(wanted | {'fresh': 'true'}, doseq=True)}"
        headers = {"Accept": accept} | ({} if body is None else {"Content-Type": _JSON_MEDIA_TYPE})
        deadline_s = time.monotonic() + _READ_TIMEOUT_S
        failures_left = _FAILURES_MAX
        while True:
            url = self._url or self.url()
            connection = _connection(url)
            try:
                authorized = headers | self.authorization(url)
                connection.request(method, urlsplit(url).path + target, body, authorized)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as exc:
                connection.close()
                # A server of ours may have ended since, because it was idle: find another one.
                self._url = None
                failures_left -= 1
                if not failures_left or isinstance(exc, TimeoutError):
                    message = f"{url} did not answer ({exc}): start `runtide up` and ask again"
                    raise ServerUnavailable(message) from exc
            else:
                if response.status < http.HTTPStatus.MULTIPLE_CHOICES:
                    return connection, response
                is_behind = response.status == http.HTTPStatus.SERVICE_UNAVAILABLE
                if not is_behind or time.monotonic() > deadline_s:
                    try:
                        _raise_problem(response, url)
                    finally:
                        connection.close()
                connection.close()
            time.sleep(_RETRY_S)


def _raise_problem(response: http.client.HTTPResponse, url: str) -> NoReturn:
    """Raise what a problem document says."""
    body = response.read()
    code = None
    problem: dict[str, Any] = {}
    try:
        problem = orjson.loads(body)
        code = problem.get("code")
        detail = str(problem.get("detail") or problem.get("title"))
    except (orjson.JSONDecodeError, AttributeError):
        detail = body.decode(errors="replace")[:_OUTPUT_CHARS]
    message = f"{url} answered {response.status}: {detail}"
    if code in _ERROR_BY_CODE:
        raise _ERROR_BY_CODE[code](detail)
    if response.status in DENIALS:
        raise denial(response.status, message)
    if code == SqlLimit.code:
        raise SqlLimit(detail, limit=problem["limit"], limit_value=problem["limit_value"])
    if code == SqlBusy.code:
        raise SqlBusy(detail, retry_after_s=int(response.headers.get("Retry-After", "1")))
    if response.status == http.HTTPStatus.NOT_FOUND:
        raise NotFound(detail)
    if response.status == http.HTTPStatus.CONFLICT:
        raise Conflict(detail)
    if response.status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UsageError(message)
    raise ServerUnavailable(message)


def _next_chunk(response: http.client.HTTPResponse, server: str) -> bytes:
    """Return the next bytes of an answer, or none at its end."""
    try:
        chunk = response.read(_CHUNK_BYTES)
    except (OSError, http.client.HTTPException) as exc:
        message = f"{server} broke off its answer ({exc}): ask again"
        raise ServerUnavailable(message) from exc
    # The library tells of an answer that is cut only where it came in chunks.
    if not chunk and response.length:
        message = (
            f"{server} broke off its answer {response.length:,} bytes before its end: ask again"
        )
        raise ServerUnavailable(message)
    return chunk


def _connection(url: str) -> http.client.HTTPConnection:
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    return kind(place.hostname or "", place.port, timeout=_REQUEST_TIMEOUT_S)


def _started(home: Path) -> str:
    """Start a server of `home` in the background, and return where it answers."""
    sys.stderr.write(
        f"runtide: starting a server of {home} in the background to read from; "
        f"it ends by itself when idle\n"
    )
    command = [sys.executable, "-m", "runtide.cli", "up", "--home", str(home)]
    command += ["--port", "0", "--idle-exit-s", str(_IDLE_EXIT_S), "--background"]
    try:
        home.mkdir(parents=True, exist_ok=True)
        # The caller's folder may hold a package with the name of one of ours, and its environment
        # says which run this process is: the server has no part in either.
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            command,
            capture_output=True,
            check=False,
            text=True,
            timeout=_START_TIMEOUT_S,
            cwd=home,
            env=server_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        message = f"a server of {home} did not start ({exc}): see {home / 'server.log'}"
        raise ServerUnavailable(message) from exc
    address = find_address(home)
    if address is None or not is_answering(address):
        said = (done.stderr or done.stdout).strip()[-_OUTPUT_CHARS:]
        message = (
            f"reading needs a server of {home}, and it did not start: "
            f"install `runtide[server]` and try `runtide up`; it said {said!r}"
        )
        raise ServerUnavailable(message)
    return address.url
