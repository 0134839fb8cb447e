"""New tokens, as the query API makes them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from query_api.recorder import now_us
from runtide.core.access import SECRET_BYTES, TOKEN_ID_BYTES, TokenText, new_token_text
from runtide.core.access_events import token_created
from runtide.core.names import access_key

if TYPE_CHECKING:
    from query_api.context import Context
    from runtide.core.access import Role


def mint_token(
    parts: Context, *, workspace: str, role: Role, name: str, expires_s: int | None, by: str
) -> TokenText:
    """Make a token and return its text once it lets in, in this process.

    Args:
        parts: Where it is recorded.
        workspace: What it is for; `*` of an admin's is all.
        role: What it lets do.
        name: What it is for, in words.
        expires_s: Seconds until it lets in nobody any more; None is never.
        by: Who makes it.

    Raises:
        LogUnavailable, FoldBehind: It may be made, and nobody has its text.
    """
    text = new_token_text(secrets.token_bytes(TOKEN_ID_BYTES), secrets.token_bytes(SECRET_BYTES))
    created = token_created(
        text,
        workspace=workspace,
        role=role,
        name=name,
        expires_s=expires_s,
        by=by,
        now_us=now_us(),
    )
    parts.recorder.record(access_key(text.id), [created])
    parts.forget_tokens()
    return text
