"""OpenID providers on loopback: a real one, and one that lies on demand."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from runtide.core.person import Grant
from runtide.oidc_settings import OidcSettings
from tests.ports import free_port
from tests.serving import ServerThread
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

CLIENT_ID = "runtide"
SECRET = "s3cret: & %41"
ADA = {"sub": "u-1", "email": "ada@example.org", "email_verified": True, "teams": ["lab", "all"]}

GRANTS = (
    Grant("teams", "ops", "*", "admin"),
    Grant("teams", "lab", "lab", "writer"),
    Grant("teams", "all", "lab", "reader"),
)


def settings(issuer: str, public_url: str, secret: str | None = SECRET) -> OidcSettings:
    """Return what a file would say of a provider."""
    return OidcSettings(
        issuer=issuer,
        client_id=CLIENT_ID,
        client_secret=secret,
        public_url=public_url,
        session_s=3600,
        scopes=("openid", "email"),
        grants=GRANTS,
    )


class LyingProvider:
    """A provider whose ID tokens and answers a test changes; honest until then.

    It checks what we send: the address to come back to, the secret, the code and its verifier.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.be_honest()
        routes = [
            Route("/.well-known/openid-configuration", self._describe),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
        ]
        self._server = ServerThread(Starlette(routes=routes))
        self.url = self._server.url

    def be_honest(self) -> None:
        """Forget every change, and who came before."""
        self.claims: dict[str, Any] = dict(ADA)
        """What its ID tokens say besides what all do; None leaves a claim out."""
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        """How an ID token is made of its claims."""
        self.description: dict[str, Any] = {}
        """What it says of itself besides what is true."""
        self.answers: dict[str, Response] = {}
        """What it answers at a path instead of what is right."""
        self.refuses: dict[str, str] = {}
        """What it sends a browser back with in place of a code."""
        self.knows_secret = True
        self.asked: list[str] = []
        self._query_by_code: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """End it."""
        self._server.close()

    def signed(self, claims: dict[str, Any]) -> str:
        """Return an ID token as it should be."""
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    async def _describe(self, request: Request) -> Response:
        methods = ["client_secret_basic"] if self.knows_secret else ["none"]
        return self._answer(
            request,
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize?tenant=1",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": methods,
                **self.description,
            },
        )

    async def _keys(self, request: Request) -> Response:
        return self._answer(request, dict(KeySet([self.key]).as_dict()))

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query["tenant"] == "1"
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["scope"] == "openid email"
        code = secrets.token_hex(8)
        self._query_by_code[code] = query
        back = {"state": query["state"], **(self.refuses or {"code": code})}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = {name: one[0] for name, one in parse_qs((await request.body()).decode()).items()}
        query = self._query_by_code.pop(form["code"], None)
        if query is None or form["redirect_uri"] != query["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]
        if self.knows_secret:
            basic = "runtide:s3cret%3A+%26+%2541"
            given = request.headers["authorization"]
            assert given == f"Basic {base64.b64encode(basic.encode()).decode()}"
        else:
            assert form["client_id"] == CLIENT_ID
            assert "client_secret" not in form
        now_s = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "exp": now_s + 300,
            "iat": now_s,
            "nonce": query["nonce"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return self._answer(request, {"access_token": "a", "id_token": self.sign(kept)})

    def _answer(self, request: Request, document: dict[str, Any]) -> Response:
        path = request.url.path
        self.asked.append(path)
        return self.answers.get(path) or JSONResponse(document)


@contextlib.contextmanager
def real_provider() -> Iterator[str]:
    """Run a provider in a process of its own; yield its issuer. It knows Ada, and Bob of no team."""
    port = free_port()
    bob = {"sub": "u-2", "email": "bob@example.org", "email_verified": True}
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for person in (ADA, bob):
        command += ["--user-claims", json.dumps(person)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the provider ended"
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{issuer}/jwks").is_success
        return False

    try:
        wait_until(answers, what="the provider answers")
        yield issuer
    finally:
        process.terminate()
        process.wait(30)
