"""Sign-in through an OpenID provider: a browser is sent there, and comes back with a code."""

import asyncio
import logging
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from query_api.context import Context, OpenParts
from query_api.core.visit import HOME, RETURN_CHARS_MAX, local_path
from query_api.minting import mint_token
from query_api.oidc_door import MINTED_BY, OidcDoor, door_of
from query_api.session_cookie import (
    REFUSAL_COOKIE,
    VISIT_COOKIE,
    forget_refusal,
    forget_visit,
    keep_refusal,
    keep_session,
    keep_visit,
    read_refusal,
)
from query_api.token_answers import SignInWays
from query_api.wire import OrjsonResponse
from runtide.core.access import TokenText
from runtide.core.person import Person
from runtide.errors import Forbidden, ProviderUnavailable, RuntideError, Unauthenticated
from runtide.http.access import OPEN_TO_ALL
from runtide.http.problems import documented
from runtide.store.tokens import UNKNOWN_FRESH_S

router = APIRouter(prefix="/session", tags=["access"])

_NO_STORE: Final = {"Cache-Control": "no-store"}

_log = logging.getLogger(__name__)

_Text = Annotated[str | None, Query(max_length=8192)]


@router.get("/ways", response_model=SignInWays, dependencies=[OPEN_TO_ALL])
def ways(request: Request) -> Response:
    """Say how a browser can sign in, and once why it was refused a moment ago."""
    door: OidcDoor | None = request.app.state.oidc
    kept = request.cookies.get(REFUSAL_COOKIE)
    answer = OrjsonResponse(
        {
            "demands_tokens": request.app.state.tokens is not None,
            "oidc_host": None if door is None else door.settings.issuer_host,
            "refusal": read_refusal(kept),
        },
        headers=_NO_STORE,
    )
    if kept is not None:
        forget_refusal(answer, path=_ways_path(request))
    return answer


@router.get(
    "/oidc",
    status_code=303,
    response_class=RedirectResponse,
    responses=documented(404, 422),
    dependencies=[OPEN_TO_ALL],
)
async def begin(
    request: Request,
    return_to: Annotated[
        str,
        Query(
            description="The page of this server that the browser goes to in the end. Anything "
            f"else, or more than {RETURN_CHARS_MAX:,} characters, means `/`.",
        ),
    ] = HOME,
) -> Response:
    """Send a browser to the provider to sign in there."""
    door = door_of(request)
    try:
        url, visit = await door.begin(return_to)
    except ProviderUnavailable as exc:
        return _refused(request, door, exc, local_path(return_to))
    answer = RedirectResponse(url, status_code=303, headers=_NO_STORE)
    keep_visit(answer, visit.cookie, path=_oidc_path(request), is_secure=door.settings.is_secure)
    return answer


@router.get(
    "/oidc/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=documented(404, 422),
    dependencies=[OPEN_TO_ALL],
)
async def callback(
    parts: OpenParts,
    request: Request,
    *,
    state: _Text = None,
    code: _Text = None,
    iss: _Text = None,
    error: _Text = None,
    error_description: _Text = None,
) -> Response:
    """Let in a browser that comes back from the provider, or send it on with why not."""
    door = door_of(request)
    given = {
        "state": state,
        "code": code,
        "iss": iss,
        "error": error,
        "error_description": error_description,
    }
    came = {name: text for name, text in given.items() if text is not None}
    return_to = HOME
    try:
        visit = door.visit(request.cookies.get(VISIT_COOKIE, ""), came)
        return_to = visit.return_to
        person = await door.person(visit, came)
        token = await run_in_threadpool(_let_in, parts.asked_from(request), door, person)
        # The page may ask another process, which takes what it read of the tokens as it is so long.
        await asyncio.sleep(UNKNOWN_FRESH_S)
    except RuntideError as exc:
        if isinstance(exc, Unauthenticated):
            await run_in_threadpool(parts.asked_from(request).audit_refusal, "session.refuse")
        answer = _refused(request, door, exc, return_to)
    else:
        answer = RedirectResponse(return_to, status_code=303, headers=_NO_STORE)
        settings = door.settings
        keep_session(answer, str(token), max_age_s=settings.session_s, is_secure=settings.is_secure)
    forget_visit(answer, path=_oidc_path(request))
    return answer


def _let_in(asking: Context, door: OidcDoor, person: Person) -> TokenText:
    """Return a token for somebody; it lets in already."""
    settings = door.settings
    try:
        grant = door.grant(person)
    except Forbidden:
        asking.audit_refusal("session.refuse", f"{person.name} via {settings.issuer_host}")
        raise
    token = mint_token(
        asking,
        workspace=grant.workspace,
        role=grant.role,
        name=f"{person.name} via {settings.issuer_host}",
        expires_s=settings.session_s,
        by=f"{MINTED_BY}{person.subject} of {settings.issuer}",
    )
    assert asking.book is not None, "a provider without tokens"
    caller = asking.book.caller(str(token))
    asking.of(caller).audit("session.begin", caller.name, workspace=caller.workspace)
    return token


def _refused(request: Request, door: OidcDoor, error: RuntideError, return_to: str) -> Response:
    # A browser follows a link here: it is sent to the page, which says what a problem would.
    if isinstance(error, ProviderUnavailable):
        _log.warning("%s: %s", error.code, error)
    answer = RedirectResponse(return_to, status_code=303, headers=_NO_STORE)
    is_secure = door.settings.is_secure
    keep_refusal(answer, str(error), path=_ways_path(request), is_secure=is_secure)
    return answer


def _oidc_path(request: Request) -> str:
    return request.url_for("begin").path


def _ways_path(request: Request) -> str:
    return request.url_for("ways").path
