"""A browser's session: the token that it signed in with, in a cookie that no script can read."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from query_api.context import OpenParts, Parts
from query_api.token_answers import SessionAnswer, SignIn
from query_api.wire import OrjsonResponse
from runtide.core.access import LOCAL, Caller
from runtide.errors import Unauthenticated
from runtide.http.access import OPEN_TO_ALL, READS, SESSION_COOKIE
from runtide.http.problems import documented

router = APIRouter(prefix="/session", tags=["access"])

SESSION_S: Final = 30 * 24 * 3600
"""How long a browser keeps what it signed in with; the token may end before."""


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
    answer.set_cookie(
        SESSION_COOKIE,
        wanted.token.strip(),
        max_age=SESSION_S,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


@router.delete("", status_code=204, dependencies=[OPEN_TO_ALL])
def sign_out() -> Response:
    """Have the browser forget its token, whoever it is of."""
    answer = Response(status_code=204)
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return answer


def _answer(caller: Caller, request: Request) -> Response:
    return OrjsonResponse(
        {**caller._asdict(), "demands_tokens": request.app.state.tokens is not None},
        headers={"Cache-Control": "no-store"},
    )
