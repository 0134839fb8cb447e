"""A sign-in on its way through a provider, as the browser keeps it meanwhile. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final, NamedTuple

SECRET_BYTES: Final = 32

RETURN_CHARS_MAX: Final = 1500
"""Longest address to come back to: a cookie of 4,096 bytes holds it in whatever alphabet."""

HOME: Final = "/"

_RANDOM: Final = "[A-Za-z0-9_-]{43}"
_VISIT: Final = re.compile(rf"({_RANDOM})\.({_RANDOM})\.({_RANDOM})\.([A-Za-z0-9_-]*)", re.ASCII)
_LOCAL: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


class Visit(NamedTuple):
    """What one sign-in is known by.

    Attributes:
        state: Comes back with the browser: the answer is to a question of this browser.
        nonce: Comes back in the ID token: the token was made for this sign-in.
        verifier: Goes with the code: whoever stole the code alone gets nothing for it.
        return_to: Where on this server the browser goes in the end.
    """

    state: str
    nonce: str
    verifier: str
    return_to: str

    def __repr__(self) -> str:
        return f"Visit(…, return_to={self.return_to!r})"

    @property
    def challenge(self) -> str:
        """The SHA-256 of the verifier, which the provider is told at the beginning."""
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def cookie(self) -> str:
        """The text that `find_visit` reads."""
        place = _base64url(self.return_to.encode())
        return f"{self.state}.{self.nonce}.{self.verifier}.{place}"

    def is_of(self, state: str) -> bool:
        """Whether an answer with `state` is to this sign-in. Takes as long for a wrong one."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


def new_visit(secrets: tuple[bytes, bytes, bytes], *, return_to: str) -> Visit:
    """Return a sign-in out of random bytes."""
    assert {len(one) for one in secrets} == {SECRET_BYTES}, [len(one) for one in secrets]
    state, nonce, verifier = map(_base64url, secrets)
    return Visit(state, nonce, verifier, local_path(return_to))


def find_visit(cookie: str) -> Visit | None:
    """Return what a browser kept, or None if it is not of the form."""
    match = _VISIT.fullmatch(cookie)
    if match is None:
        return None
    try:
        place = base64.urlsafe_b64decode(match[4] + "==").decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    # A cookie can be planted by whoever has a neighbouring name: what it holds is checked again.
    return Visit(match[1], match[2], match[3], local_path(place))


def local_path(address: str) -> str:
    """Return `address` if it is a page of this server, however a browser reads it, else `/`.

    A second slash or backslash would begin the name of another server, and browsers leave out
    control characters before they look. What is below `/api/` is no page.
    """
    is_local = len(address) <= RETURN_CHARS_MAX and _LOCAL.fullmatch(address) is not None
    is_local = is_local and not address.startswith("/api/")
    return address if is_local else HOME


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
