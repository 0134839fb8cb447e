"""The digest by which a sender announces a file: `Repr-Digest` of RFC 9530."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from typing import Final

from runtide.core.shown import shown
from runtide.errors import UsageError

_SHA256: Final = re.compile(r"(?:^|,)[ \t]*sha-256[ \t]*=[ \t]*:([A-Za-z0-9+/=]*):[ \t]*(?=[,;]|$)")
_DIGEST_BYTES: Final = 32


def parse_repr_digest(header: str) -> str | None:
    """Return the SHA-256 that a header announces, in hexadecimal; None if it names none.

    Digests by other algorithms are left alone, as the RFC asks.

    Raises:
        UsageError: Its SHA-256 is not one.
    """
    found = _SHA256.search(header)
    if found is None and "sha-256=" not in header.replace(" ", ""):
        return None
    try:
        digest = b64decode(found.group(1), validate=True) if found else b""
    except Error:
        digest = b""
    if len(digest) != _DIGEST_BYTES:
        message = f"repr-digest is {shown(header)}: want `sha-256=:<base64 of 32 bytes>:`"
        raise UsageError(message)
    return digest.hex()
