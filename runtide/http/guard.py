"""What every request passes before any route: hosts, origins, encodings and body sizes.

Pure ASGI, so that streams pass through untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from runtide.errors import BodyTooLarge, UsageError
from runtide.http.problems import error_response, problem_response

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX: Final = 8 * 1024 * 1024
"""Largest body of a question. Routes that take more have limits of their own."""

ANY_HOST: Final = "*"
"""Among the allowed hosts: requests under any name are answered."""

URL_BYTES_MAX: Final = 400_000
"""Longest path and query: a thousand run ids fit."""

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class RequestGuard:
    """Refuses what no route should see, and adds safe headers to every answer.

    Args:
        app: What answers the requests that are let through.
        allowed_hosts: Names under which the server may be reached, and from whose pages; `*` lets
            in every name, and no page but those of the other names.
        request_count_by_status: Counts every answer.
        policy_by_prefix: What a page of the server may do, by the head of its path; the first
            that fits counts, and one must.
        unlimited_prefix: Paths whose routes limit their bodies themselves.
        body_bytes_max: Largest body of all other paths.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: frozenset[str],
        request_count_by_status: Counter[int],
        policy_by_prefix: Mapping[str, str],
        unlimited_prefix: str,
        body_bytes_max: int = BODY_BYTES_MAX,
    ) -> None:
        self._app = app
        self._allowed_hosts = allowed_hosts
        self._request_count_by_status = request_count_by_status
        self._policy_by_prefix = policy_by_prefix
        self._unlimited_prefix = unlimited_prefix
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sender = self._guarded_send(scope["path"], send)
        headers = dict(scope["headers"])
        refusal = self._refused_host(headers) or _refused_url(scope)
        if refusal is not None:
            await refusal(scope, receive, sender)
            return
        if not scope["path"].startswith(self._unlimited_prefix):
            declared = headers.get(b"content-length", b"0")
            if not declared.isdigit() or int(declared) > self._body_bytes_max:
                error = BodyTooLarge(limit_bytes=self._body_bytes_max)
                await error_response(error)(scope, receive, sender)
                return
            limited = _LimitedBody(scope, receive, sender, self._body_bytes_max)
            receive, sender = limited.receive, limited.send
        await self._app(scope, receive, sender)

    def _refused_host(self, headers: dict[bytes, bytes]) -> ASGIApp | None:
        # A page of another site may only reach us under its own name (DNS rebinding) or with its
        # own origin (cross-site requests); both names come with the request.
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin")
        # With `*` the host may be any, but still no page of another site may write.
        is_any = ANY_HOST in self._allowed_hosts
        if not is_any and _host_name(f"//{host}") not in self._allowed_hosts:
            shown = f"host is {host[:80]!r}: want one of {sorted(self._allowed_hosts)}"
            return problem_response(421, code="unknown-host", detail=shown)
        if origin is not None:
            text = origin.decode("latin-1")
            if _host_name(text) not in self._allowed_hosts:
                shown = f"origin is {text[:80]!r}: open the page from this server itself"
                return problem_response(421, code="unknown-origin", detail=shown)
        return None

    def _guarded_send(self, path: str, send: Send) -> Send:
        policy = next(
            text for prefix, text in self._policy_by_prefix.items() if path.startswith(prefix)
        ).encode()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._request_count_by_status[message["status"]] += 1
                present = {name for name, _ in message["headers"]}
                added = (*_HEADERS, (b"content-security-policy", policy))
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in added if name not in present),
                ]
            await send(message)

        return guarded


def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _refused_url(scope: Scope) -> ASGIApp | None:
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    if len(raw) + len(query) > URL_BYTES_MAX:
        message = (
            f"url has {len(raw) + len(query):,} bytes, limit is {URL_BYTES_MAX:,}: ask in parts"
        )
        return error_response(UsageError(message))
    for what, part in (("path", raw), ("query", query)):
        try:
            unquote_to_bytes(part).decode("utf-8")
        except UnicodeDecodeError as exc:
            bad = exc.object[exc.start]
            message = (
                f"url's {what} holds byte {bad:#04x}, which is not UTF-8: percent-encode UTF-8"
            )
            return error_response(UsageError(message))
    return None


class _LimitedBody:
    """A request whose body ends with an error when it grows too large.

    FastAPI takes any error while it reads a body for a malformed one and says so; the answer that
    counts is put in its place.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, bytes_max: int) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._bytes_left = bytes_max
        self._error = BodyTooLarge(limit_bytes=bytes_max)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes_left -= len(message.get("body", b""))
            if self._bytes_left < 0:
                raise self._error
        return message

    async def send(self, message: Message) -> None:
        if self._bytes_left >= 0:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await error_response(self._error)(self._scope, self._receive, self._send)
