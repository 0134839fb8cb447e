"""What is asked of an OpenID provider: where it is, its keys, and an ID token for a code."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
import orjson

from query_api.oidc.signature import UnknownKey, public_keys, signed_claims
from runtide.errors import ProviderUnavailable, Unauthenticated

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from query_api.core.visit import Visit
    from runtide.oidc_settings import OidcSettings

ANSWER_TIMEOUT_S: Final = 10.0
"""How long an answer may take, whole."""

ANSWER_BYTES_MAX: Final = 256 * 1024

FRESH_S: Final = 3600.0
"""For how long the provider's description and its keys are taken as they are."""

AWAY_S: Final = 5.0
"""For how long a provider that failed is not asked again: strangers can have us ask."""

KEYS_FRESH_S: Final = 60.0
"""For how long they are where a token names a key that is not among them: it may be new."""

EXCHANGES_MAX: Final = 32
"""Codes that are exchanged at once; whoever comes besides is told to try again."""

_DISCOVERY: Final = "/.well-known/openid-configuration"
_PLAIN_URL: Final = re.compile(r"https?://[!-\"$-~]+", re.ASCII)
_OK: Final = 200
_ERROR_CHARS_MAX: Final = 200


class _Endpoints(NamedTuple):
    authorization: str
    token: str
    jwks: str
    takes_basic: bool


class Provider:
    """One provider. All of it is used in one event loop."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._exchanges = asyncio.Semaphore(EXCHANGES_MAX)
        self._endpoints: tuple[float, _Endpoints] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed: tuple[float, str] | None = None

    async def check(self) -> None:
        """Return if the provider describes itself and its keys as it should.

        Raises:
            ProviderUnavailable: It does not.
        """
        await self._known_keys(FRESH_S)

    async def sign_in_url(self, visit: Visit, redirect_uri: str) -> str:
        """Return where a browser is sent to sign in.

        Raises:
            ProviderUnavailable: The provider does not answer as it should.
        """
        endpoint = (await self._found_endpoints()).authorization
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._settings.client_id,
                "redirect_uri": redirect_uri,
                "scope": " ".join(self._settings.scopes),
                "state": visit.state,
                "nonce": visit.nonce,
                "code_challenge": visit.challenge,
                "code_challenge_method": "S256",
            }
        )
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"

    async def claims(self, code: str, visit: Visit, redirect_uri: str) -> dict[str, Any]:
        """Return what the ID token says that the provider gives for `code`; it signed it.

        Raises:
            Unauthenticated: It gives none, or one that it did not sign.
            ProviderUnavailable: It does not answer as it should.
        """
        if self._exchanges.locked():
            message = f"{EXCHANGES_MAX} people are signing in at this moment: try again"
            raise ProviderUnavailable(message)
        async with self._exchanges:
            id_token = await self._id_token(code, visit, redirect_uri)
        try:
            return signed_claims(id_token, await self._known_keys(FRESH_S))
        except UnknownKey:
            pass
        try:
            return signed_claims(id_token, await self._known_keys(KEYS_FRESH_S))
        except UnknownKey as exc:
            message = "the ID token names a key that is not the provider's: begin again"
            raise Unauthenticated(message) from exc

    async def _id_token(self, code: str, visit: Visit, redirect_uri: str) -> str:
        endpoints = await self._found_endpoints()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": visit.verifier,
        }
        client_id, secret = self._settings.client_id, self._settings.client_secret
        proof = None
        if secret is not None and endpoints.takes_basic:
            proof = httpx.BasicAuth(quote_plus(client_id), quote_plus(secret))
        else:
            fields |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        status, answer = await self._ask("POST", endpoints.token, data=fields, auth=proof)
        if status != _OK:
            shown = said(answer.get("error"), answer.get("error_description"))
            message = f"{self._host} did not take the code of this sign-in ({shown}): begin again"
            raise Unauthenticated(message)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise self._nonsense("its answer has no ID token")
        return id_token

    async def _found_endpoints(self) -> _Endpoints:
        async with self._turn:
            if self._endpoints is None or _age_s(self._endpoints) > FRESH_S:
                self._endpoints = (time.monotonic(), await self._discover())
            return self._endpoints[1]

    async def _discover(self) -> _Endpoints:
        issuer = self._settings.issuer
        document = await self._ask_kept(issuer.removesuffix("/") + _DISCOVERY)
        if document.get("issuer") != issuer:
            shown = repr(document.get("issuer"))[:_ERROR_CHARS_MAX]
            raise self._nonsense(f"it calls itself {shown}, want {issuer!r}")
        methods = document.get("token_endpoint_auth_methods_supported")
        return _Endpoints(
            self._endpoint(document, "authorization_endpoint"),
            self._endpoint(document, "token_endpoint"),
            self._endpoint(document, "jwks_uri"),
            # The protocol's default where nothing is said.
            not isinstance(methods, list) or "client_secret_basic" in methods,
        )

    def _endpoint(self, document: dict[str, Any], name: str) -> str:
        url = document.get(name)
        # Whoever is asked by HTTPS must not send a browser, or us with a secret, into the open.
        schemes = {"https", urlsplit(self._settings.issuer).scheme}
        if isinstance(url, str) and _PLAIN_URL.fullmatch(url) and urlsplit(url).scheme in schemes:
            return url
        raise self._nonsense(f"its `{name}` is {repr(url)[:_ERROR_CHARS_MAX]}")

    async def _known_keys(self, fresh_s: float) -> KeySet:
        endpoints = await self._found_endpoints()
        async with self._turn:
            if self._keys is None or _age_s(self._keys) > fresh_s:
                keys = public_keys(await self._ask_kept(endpoints.jwks))
                self._keys = (time.monotonic(), keys)
            return self._keys[1]

    async def _ask_kept(self, url: str) -> dict[str, Any]:
        """Return the document at `url`, unless the provider failed a moment ago."""
        if self._failed is not None and _age_s(self._failed) < AWAY_S:
            raise ProviderUnavailable(self._failed[1])
        try:
            status, document = await self._ask("GET", url)
            if status != _OK:
                raise self._nonsense(f"{urlsplit(url).path!r} is answered with {status}")
        except ProviderUnavailable as exc:
            self._failed = (time.monotonic(), str(exc))
            raise
        return document

    async def _ask(self, method: str, url: str, **options: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401  # passed on to httpx
        """Return the status and the JSON object of an answer."""
        # What is not compressed cannot grow while it is read.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        body = bytearray()
        try:
            async with (
                asyncio.timeout(ANSWER_TIMEOUT_S),
                httpx.AsyncClient(verify=_trusted(), timeout=ANSWER_TIMEOUT_S) as client,
                client.stream(method, url, headers=headers, **options) as answer,
            ):
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > ANSWER_BYTES_MAX:
                        raise self._nonsense(f"its answer exceeds {ANSWER_BYTES_MAX:,} bytes")
                status = answer.status_code
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as exc:
            kind = type(exc).__name__
            message = f"{self._host} does not answer ({kind}): try again in a moment"
            raise ProviderUnavailable(message) from exc
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise self._nonsense(f"its answer is {status} and no JSON") from exc
        if not isinstance(document, dict):
            raise self._nonsense("its answer is no JSON object")
        return status, document

    @property
    def _host(self) -> str:
        return self._settings.issuer_host

    def _nonsense(self, what: str) -> ProviderUnavailable:
        message = (
            f"{self._host} does not answer as an OpenID provider ({what}): see `issuer` in the "
            f"file of RUNTIDE_OIDC_FILE"
        )
        return ProviderUnavailable(message)


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom this machine trusts."""
    return ssl.create_default_context()


def said(*parts: object) -> str:
    """Return what a provider says of an error, without whatever a message should not hold."""
    texts = [part for part in parts if isinstance(part, str) and part]
    text = ": ".join(texts) or "it says no reason"
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:_ERROR_CHARS_MAX]


def _age_s(kept: tuple[float, object]) -> float:
    return time.monotonic() - kept[0]
