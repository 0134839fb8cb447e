"""What a provider that lies says: ID tokens that it did not sign, and nonsense about itself."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.providers import LyingProvider


def signed_by(claims: dict[str, Any], key: Any, header: dict[str, Any]) -> str:
    """Return an ID token that `key` signed."""
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any], algorithm: str = "none") -> str:
    parts = ({"alg": algorithm, "kid": "k1"}, claims)
    return ".".join(_text(json.dumps(part).encode()) for part in parts)


def _tampered(provider: LyingProvider, claims: dict[str, Any]) -> str:
    head, _, signature = provider.signed(claims).split(".")
    return f"{head}.{_text(json.dumps({**claims, 'teams': ['ops']}).encode())}.{signature}"


def _signed_with_the_public_key(provider: LyingProvider, claims: dict[str, Any]) -> str:
    """Sign as one would with a secret, and take for it what everybody knows."""
    text = _unsigned(claims, "HS256")
    key = provider.key.as_pem(private=False)
    return f"{text}.{_text(hmac.digest(key, text.encode(), 'sha256'))}"


FORGERIES: dict[str, Callable[[LyingProvider, dict[str, Any]], str]] = {
    "tampered": _tampered,
    "unsigned": lambda _, claims: f"{_unsigned(claims)}.",
    "signed-with-the-public-key": _signed_with_the_public_key,
    "signed-by-another": lambda _, claims: signed_by(
        claims, RSAKey.generate_key(2048), {"alg": "RS256", "kid": "k1"}
    ),
    "key-of-another": lambda provider, claims: signed_by(
        claims, provider.key, {"alg": "RS256", "kid": "k2"}
    ),
    "no-token": lambda _provider, _claims: "a.b",
}


def _is_nonsense(description: dict[str, Any]) -> Callable[[LyingProvider], None]:
    return lambda provider: provider.description.update(description)


def _answers(path: str, answer: Response) -> Callable[[LyingProvider], None]:
    return lambda provider: provider.answers.update({path: answer})


DESCRIPTION = "/.well-known/openid-configuration"
NONSENSE: dict[str, Callable[[LyingProvider], None]] = {
    "page": _answers(DESCRIPTION, HTMLResponse("<p>Sign in")),
    "list": _answers(DESCRIPTION, JSONResponse([])),
    "missing": _answers(DESCRIPTION, JSONResponse({}, status_code=404)),
    "endless": _answers(DESCRIPTION, JSONResponse("x" * 300_000)),
    "redirect": _answers(DESCRIPTION, Response(status_code=302, headers={"Location": "/keys"})),
    "another-issuer": _is_nonsense({"issuer": "http://127.0.0.1:9"}),
    "script": _is_nonsense({"authorization_endpoint": "javascript:alert(1)"}),
    "line-end": _is_nonsense({"authorization_endpoint": "http://a/\r\nSet-Cookie: a=b"}),
    "no-endpoint": _is_nonsense({"token_endpoint": None}),
}
