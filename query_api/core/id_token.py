"""What the claims of an ID token must be, after its signature is known to be right. Pure."""

from __future__ import annotations

import hmac
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from runtide.core.person import Person
from runtide.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

LEEWAY_S: Final = 60
"""How far a provider's clock may be from ours."""

AGE_S_MAX: Final = 600
"""How long ago a token may have been issued: it was asked for a moment ago."""

SUBJECT_CHARS_MAX: Final = 255
"""The protocol's own limit."""


def checked_person(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now_s: float
) -> Person:
    """Return whom an ID token is about, if it is for us, for this sign-in, and good now.

    Args:
        claims: What the token says; its signature is its provider's.
        issuer: The provider.
        client_id: What the provider calls us.
        nonce: What was sent along when the token was asked for.
        now_s: Seconds since 1970.

    Raises:
        Unauthenticated: The token is another's, for somebody else, of another sign-in, or not good
            now; the message names the claim, and its value where it is no secret.
    """
    _check(claims, "iss", claims.get("iss") == issuer, f"want {issuer!r}")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    _check(claims, "aud", client_id in several, f"want {client_id!r}")
    # With several audiences, only this claim says which of them the token was made for.
    azp = claims.get("azp", None if len(several) > 1 else client_id)
    _check(claims, "azp", azp == client_id, f"want {client_id!r}")
    exp, iat, nbf = claims.get("exp"), claims.get("iat"), claims.get("nbf", now_s)
    _check(claims, "exp", _is_time(exp) and now_s < exp + LEEWAY_S, f"it is {now_s:.0f}")
    is_recent = _is_time(iat) and now_s - AGE_S_MAX <= iat <= now_s + LEEWAY_S
    _check(claims, "iat", is_recent, f"it is {now_s:.0f}")
    _check(claims, "nbf", _is_time(nbf) and nbf <= now_s + LEEWAY_S, f"it is {now_s:.0f}")
    given = claims.get("nonce")
    is_ours = isinstance(given, str) and hmac.compare_digest(_bytes(given), _bytes(nonce))
    if not is_ours:
        message = "the ID token's nonce is not that of this sign-in: begin again"
        raise Unauthenticated(message)
    subject = claims.get("sub")
    is_text = isinstance(subject, str) and subject.isprintable()
    is_name = is_text and 0 < len(str(subject)) <= SUBJECT_CHARS_MAX
    _check(claims, "sub", is_name, f"want 1 to {SUBJECT_CHARS_MAX} printable characters")
    return Person(str(subject), claims)


def _check(claims: Mapping[str, Any], claim: str, holds: bool, want: str) -> None:  # noqa: FBT001  # what is asserted
    if not holds:
        shown = repr(claims.get(claim))[:200]
        message = f"the ID token's `{claim}` is {shown}, {want}: see the provider's settings for us"
        raise Unauthenticated(message)


def _bytes(text: str) -> bytes:
    # JSON can spell half a character, which UTF-8 cannot.
    return text.encode("utf-8", "replace")


def _is_time(value: object) -> TypeGuard[float]:
    # JSON of other makes has NaN, which every comparison would let pass, and integers without end.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or isfinite(value)
