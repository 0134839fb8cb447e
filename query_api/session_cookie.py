"""The cookies of signing in: the session itself, and what is kept on the way to it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from runtide.http.access import SESSION_COOKIE

if TYPE_CHECKING:
    from starlette.responses import Response

VISIT_COOKIE: Final = "runtide_oidc"
"""A sign-in on its way through a provider. The browser comes back to it from another site, so that
`Strict` would hold it back."""

VISIT_S: Final = 600
"""How long somebody may take to sign in at the provider."""

REFUSAL_COOKIE: Final = "runtide_refusal"
"""Why a sign-in was refused, for the page that is shown then."""

_REFUSAL_S: Final = 60
_REFUSAL_CHARS_MAX: Final = 1000


def keep_session(answer: Response, token: str, *, max_age_s: int, is_secure: bool) -> None:
    """Have the browser send `token` along from now on; no script can read it."""
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=max_age_s,
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )


def forget_session(answer: Response) -> None:
    """Have the browser forget its token."""
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")


def keep_visit(answer: Response, visit: str, *, path: str, is_secure: bool) -> None:
    """Have the browser keep a sign-in that it begins, for what is below `path` alone."""
    answer.set_cookie(
        VISIT_COOKIE,
        visit,
        max_age=VISIT_S,
        path=path,
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def forget_visit(answer: Response, *, path: str) -> None:
    """Have the browser forget the sign-in: it is used once."""
    answer.delete_cookie(VISIT_COOKIE, path=path, httponly=True, samesite="lax")


def keep_refusal(answer: Response, message: str, *, path: str, is_secure: bool) -> None:
    """Have the browser keep why it was refused, until the page asks for it at `path`."""
    shown = message[:_REFUSAL_CHARS_MAX].encode("utf-8", "replace")
    answer.set_cookie(
        REFUSAL_COOKIE,
        base64.urlsafe_b64encode(shown).decode(),
        max_age=_REFUSAL_S,
        path=path,
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )


def forget_refusal(answer: Response, *, path: str) -> None:
    """Have the browser forget why it was refused: it is shown once."""
    answer.delete_cookie(REFUSAL_COOKIE, path=path, httponly=True, samesite="strict")


def read_refusal(kept: str | None) -> str | None:
    """Return why the browser was refused, or None if nothing is kept that can be read."""
    try:
        return base64.urlsafe_b64decode(kept or "").decode()[:_REFUSAL_CHARS_MAX] or None
    except (binascii.Error, ValueError):
        return None
