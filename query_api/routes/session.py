"""A browser's session: the token that it signed in with, in a cookie that no script can read."""

import logging
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from query_api.context import Context, OpenParts, Parts
from query_api.oidc_door import MINTED_BY
from query_api.recorder import now_us
from query_api.session_cookie import forget_session, keep_session
from query_api.token_answers import SessionAnswer, SignIn
from query_api.wire import OrjsonResponse
from runtide.core.access import LOCAL, Caller
from runtide.core.access_events import TokenRevoked
from runtide.core.names import access_key
from runtide.errors import Unauthenticated, UnavailableError
from runtide.http.access import OPEN_TO_ALL, READS, SESSION_COOKIE
from runtide.http.problems import documented

router = APIRouter(prefix="/session", tags=["access"])

SESSION_S: Final = 30 * 24 * 3600
"""How long a browser keeps what it signed in with; the token may end before."""

_log = logging.getLogger(__name__)


@router.get("", response_model=SessionAnswer, responses=documented(503), dependencies=[READS])
def session(parts: Parts, request: Request) -> Response:
    """Say who asks."""
    return _answer(parts.caller, request)


@router.post(
    "",
    response_model=SessionAnswer,
    responses=documented(422, 503),
    dependencies=[OPEN_TO_ALL],
)
def sign_in(parts: OpenParts, wanted: SignIn, request: Request) -> Response:
    """Sign a browser in with a token: it sends it along as a cookie from then on."""
    tokens = request.app.state.tokens
    if tokens is None:
        return _answer(LOCAL, request)
    asking = parts.asked_from(request)
    try:
        caller = tokens.caller(wanted.token)
    except Unauthenticated:
        asking.audit_refusal("session.refuse")
        raise
    asking.of(caller).audit("session.begin", caller.name, workspace=caller.workspace)
    answer = _answer(caller, request)
    is_secure = request.url.scheme == "https"
    keep_session(answer, wanted.token.strip(), max_age_s=SESSION_S, is_secure=is_secure)
    return answer


@router.delete("", status_code=204, dependencies=[OPEN_TO_ALL])
def sign_out(parts: OpenParts, request: Request) -> Response:
    """Have the browser forget its token; one that a sign-in made lets in nobody any more."""
    kept = request.cookies.get(SESSION_COOKIE)
    if parts.book is not None and kept is not None:
        try:
            _end_session(parts.asked_from(request), kept)
        except UnavailableError as exc:
            # Whoever signs out must not stay signed in because a part is away.
            _log.warning("a session is forgotten, and its token lives until it expires: %s", exc)
    answer = Response(status_code=204)
    forget_session(answer)
    return answer


def _end_session(asking: Context, text: str) -> None:
    assert asking.book is not None
    try:
        token = asking.book.token(text)
    except Unauthenticated:
        return
    if not token.by.startswith(MINTED_BY):
        return
    caller = token.caller
    asking.recorder.record(access_key(token.id), [TokenRevoked(ts_us=now_us(), by=caller.name)])
    asking.forget_tokens()
    asking.of(caller).audit("session.end", caller.name, workspace=caller.workspace)


def _answer(caller: Caller, request: Request) -> Response:
    return OrjsonResponse(
        {**caller._asdict(), "demands_tokens": request.app.state.tokens is not None},
        headers={"Cache-Control": "no-store"},
    )
