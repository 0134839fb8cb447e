"""ID tokens: whether the provider signed them. The one file that knows the cryptography."""

from __future__ import annotations

from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from runtide.errors import ProviderUnavailable, Unauthenticated

ALGORITHMS: Final = tuple(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
)
"""How a provider may sign: with a private key. A secret that two have (`HS256`) proves nothing of
either, and the public key is no secret at all; `none` is no signature."""

_KEY_TYPES: Final = frozenset({"RSA", "EC"})

# A key may hold anything; what is wrong with one is found out as late as at its first use.
_BROKEN: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError)


class UnknownKey(Exception):
    """The token is signed with a key that is not among those known."""


def public_keys(document: dict[str, Any]) -> KeySet:
    """Return the keys of a provider with which signatures are checked.

    Raises:
        ProviderUnavailable: The document has none.
    """
    listed = document.get("keys")
    try:
        return KeySet.import_key_set(
            {
                "keys": [
                    key
                    for key in (listed if isinstance(listed, list) else [])
                    if isinstance(key, dict)
                    and key.get("kty") in _KEY_TYPES
                    and key.get("use", "sig") == "sig"
                ]
            }
        )
    except _BROKEN as exc:
        message = "the provider's list of keys has none that can be read: ask who looks after it"
        raise ProviderUnavailable(message) from exc


def signed_claims(id_token: str, keys: KeySet) -> dict[str, Any]:
    """Return what an ID token says, if it is signed with one of `keys`.

    Raises:
        UnknownKey: It names a key that is not among them.
        Unauthenticated: It is not signed so, or no token at all; the message does not show it.
    """
    try:
        return jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError as exc:
        raise UnknownKey from exc
    except _BROKEN as exc:
        kind = type(exc).__name__
        message = f"the ID token's signature is not the provider's ({kind}): begin again"
        raise Unauthenticated(message) from exc
