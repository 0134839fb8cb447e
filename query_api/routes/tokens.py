"""Tokens: who is let in, to which workspace, and to do what."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from query_api.context import FreshParts
from query_api.minting import mint_token
from query_api.recorder import now_us
from query_api.token_answers import CreatedToken, NewToken, TokenList
from query_api.wire import OrjsonResponse
from runtide.core.access import EVERY_WORKSPACE, Token, granted_workspace
from runtide.core.access_events import TokenRevoked
from runtide.core.names import access_key
from runtide.errors import NotFound
from runtide.http.access import ADMINISTERS
from runtide.http.problems import documented
from runtide.store.tokens import read_tokens

router = APIRouter(prefix="/tokens", tags=["access"])

TokenIdPath = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="A token's id.")]


@router.get(
    "", response_model=TokenList, responses=documented(422, 503), dependencies=[ADMINISTERS]
)
def tokens(parts: FreshParts) -> Response:
    """List the tokens of the caller's workspace, or all of them."""
    return OrjsonResponse({"items": [_document(token) for token in _visible(parts)]})


@router.post(
    "",
    status_code=201,
    response_model=CreatedToken,
    responses=documented(400, 422, 503),
    dependencies=[ADMINISTERS],
)
def create_token(parts: FreshParts, wanted: NewToken) -> Response:
    """Make a token and return its text, which is never shown again."""
    workspace = granted_workspace(wanted.workspace, wanted.role)
    if workspace == EVERY_WORKSPACE:
        parts.caller.check_operator()
    parts.caller.checked_workspace(workspace)
    text = mint_token(
        parts,
        workspace=workspace,
        role=wanted.role,
        name=wanted.name,
        expires_s=wanted.expires_s,
        by=parts.actor,
    )
    parts.audit("token.create", text.id, workspace=workspace)
    (token,) = (token for token in read_tokens(parts.store) if token.id == text.id)
    return OrjsonResponse({"token": str(text), **_document(token)}, status_code=201)


@router.delete(
    "/{token_id}",
    status_code=204,
    responses=documented(400, 404, 422, 503),
    dependencies=[ADMINISTERS],
)
def revoke_token(parts: FreshParts, token_id: TokenIdPath) -> Response:
    """Revoke a token: within seconds it lets in nobody any more, in every process."""
    for token in _visible(parts):
        if token.id == token_id:
            revoked = TokenRevoked(ts_us=now_us(), by=parts.actor)
            parts.recorder.record(access_key(token_id), [revoked])
            parts.forget_tokens()
            parts.audit("token.revoke", token_id, workspace=token.workspace)
            return Response(status_code=204)
    raise NotFound(f"no token has the id {token_id!r}: GET /api/v1/tokens lists what there is")


def _visible(parts: FreshParts) -> list[Token]:
    return [t for t in read_tokens(parts.store) if parts.workspace in {None, t.workspace}]


def _document(token: Token) -> dict[str, Any]:
    times = ("expires_us", "revoked_us", "used_us")
    return {
        "id": token.id,
        "name": token.name,
        "workspace": token.workspace,
        "role": token.role,
        "created_us": token.created_us,
        **{name: getattr(token, name) or None for name in times},
        "by": token.by or None,
    }
