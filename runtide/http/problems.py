"""Errors as HTTP: one table from an error's branch to a status, and RFC 9457 answers.

UsageError        400, NotFound 404, Unauthenticated 401, Forbidden 403
RejectedError     422, EnvelopeTooLarge and BodyTooLarge 413, Conflict, NotMissing and SqlCanceled 409
UnavailableError  503, QuotaExceeded and SqlBusy 429; with Retry-After
CorruptionError   500
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from runtide.errors import (
    BodyTooLarge,
    Conflict,
    CorruptionError,
    EnvelopeTooLarge,
    Forbidden,
    NotFound,
    NotMissing,
    QuotaExceeded,
    RejectedError,
    RuntideError,
    SqlBusy,
    SqlCanceled,
    SqlLimit,
    Unauthenticated,
    UnavailableError,
    UsageError,
)

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"

_log = logging.getLogger(__name__)


STATUS_BY_ERROR: Final[tuple[tuple[type[RuntideError], int], ...]] = (
    (NotFound, 404),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (UsageError, 400),
    (EnvelopeTooLarge, 413),
    (BodyTooLarge, 413),
    (Conflict, 409),
    (NotMissing, 409),
    (SqlCanceled, 409),
    (RejectedError, 422),
    (QuotaExceeded, 429),
    (SqlBusy, 429),
    (UnavailableError, 503),
    (CorruptionError, 500),
)
"""The first row whose class fits decides."""


class Problem(BaseModel):
    """What went wrong and what to do, after RFC 9457."""

    type: str = Field(examples=["urn:runtide:error:not-found"])
    title: str
    status: int
    detail: str
    code: str


class ProblemResponse(Response):
    """An answer whose body is a problem."""

    media_type = PROBLEM_MEDIA_TYPE

    def render(self, content: object) -> bytes:
        """Return the bytes of the answer's body."""
        return orjson.dumps(content)


_WORDS_BY_STATUS: Final = {
    400: "The request is wrong; `detail` names the value and the remedy.",
    401: "No token came along, or none that lets in.",
    403: "The token does not let do this.",
    404: "There is no such thing in the record.",
    405: "The resource has no such method.",
    409: "It contradicts what is in the record already.",
    413: "The body is larger than is read.",
    416: "The range lies outside the file.",
    421: "The host or origin is not one this server answers to.",
    429: "More was sent than the share of the sender; `Retry-After` says when to send it again.",
    422: "A value has the wrong type, size or form.",
    500: "Stored data is damaged.",
    503: "A part did not answer in time; the same request may succeed later.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of the problems an endpoint may answer with."""
    return {
        status: {
            "description": _WORDS_BY_STATUS[status],
            "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def problem_response(
    status: int,
    *,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> ProblemResponse:
    """Return the answer for one problem. Text that is not valid Unicode is shown escaped.

    `members` stand beside those that every problem has.
    """
    return ProblemResponse(
        {
            "type": f"urn:runtide:error:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail.encode("utf-8", "backslashreplace").decode(),
            "code": code,
            **(members or {}),
        },
        status_code=status,
        headers=dict(headers or {}),
    )


def error_response(error: RuntideError) -> ProblemResponse:
    """Return the answer for one of our own errors, after the table above."""
    status = next(status for cls, status in STATUS_BY_ERROR if isinstance(error, cls))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # What does not answer now may soon; what is damaged stays so.
        level = logging.WARNING if isinstance(error, UnavailableError) else logging.ERROR
        _log.log(level, "%s: %s", error.code, error)
    headers = None
    if isinstance(error, UnavailableError):
        headers = {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Unauthenticated):
        headers = {"WWW-Authenticate": "Bearer"}
    members: dict[str, object] = {}
    if isinstance(error, SqlLimit):
        members = {"limit": error.limit, "limit_value": error.limit_value}
    return problem_response(
        status, code=error.code, detail=str(error), headers=headers, members=members
    )


def install(app: FastAPI) -> None:
    """Make `app` answer every error with a problem."""
    app.add_exception_handler(RuntideError, _answer_own)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_bug)


async def _answer_own(_request: Request, exc: Exception) -> ProblemResponse:
    assert isinstance(exc, RuntideError), exc
    return error_response(exc)


async def _answer_invalid(_request: Request, exc: Exception) -> ProblemResponse:
    assert isinstance(exc, RequestValidationError), exc
    details = [_validation_detail(error) for error in exc.errors()]
    shown = "; ".join(details[:5]) + (f"; and {len(details) - 5} more" if len(details) > 5 else "")  # noqa: PLR2004  # five fit a line or two
    return problem_response(422, code="invalid-value", detail=shown)


def _validation_detail(error: Mapping[str, Any]) -> str:
    place, *path = error["loc"]
    name = ".".join(map(str, path)) or place
    shown = repr(error.get("input"))
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."  # noqa: PLR2004  # as in the contract's own messages
    return f"`{name}` in the {place} is {shown}: {error['msg']}"


async def _answer_http(request: Request, exc: Exception) -> ProblemResponse:
    assert isinstance(exc, HTTPException), exc
    if exc.status_code == HTTPStatus.BAD_REQUEST and exc.__cause__ is not None:
        return _unreadable_body(exc.__cause__)
    phrase = HTTPStatus(exc.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    there_is = request.app.docs_url or request.app.openapi_url
    detail = exc.detail if exc.detail != phrase else f"{phrase}: see {there_is} for what there is"
    return problem_response(exc.status_code, code=code, detail=detail, headers=exc.headers)


def _unreadable_body(cause: BaseException) -> ProblemResponse:
    """Return the answer to a body that the framework could not even take for JSON."""
    match cause:
        case UnicodeDecodeError():
            byte = cause.object[cause.start]
            said = f"the body is no UTF-8 (byte 0x{byte:02x} at {cause.start}): encode it as UTF-8"
        case RecursionError():
            said = "the JSON of the body is nested too deeply to be read: send flatter values"
        case _:
            kind = type(cause).__name__
            said = f"the body could not be read ({kind}): send one JSON document in UTF-8"
    return problem_response(HTTPStatus.BAD_REQUEST, code="unreadable-body", detail=said)


async def _answer_bug(_request: Request, exc: Exception) -> ProblemResponse:
    # The server's own log has the traceback; a stranger gets none of it.
    _log.error("a request failed", exc_info=exc)
    return problem_response(
        500, code="bug", detail="this is a defect of Runtide: the server's log has the details"
    )
