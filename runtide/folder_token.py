"""The token by which the server of a data folder knows whoever may read that folder.

`server.token` is an operator's, and readable by the folder's owner alone: who can read it can read
the log and the tables too. The folder's own tools come with it, so that they work where the server
demands tokens; it is sent to that server and to no other.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from runtide.address import find_address
from runtide.core.access import SECRET_BYTES, TOKEN_ID_BYTES, TokenText, new_token_text, parse_token
from runtide.errors import LogUnavailable, Unauthenticated

if TYPE_CHECKING:
    from pathlib import Path

TOKEN_NAME: Final = "server.token"  # noqa: S105  # a file

_OWNER_ALONE: Final = 0o600


def own_token(home: Path) -> TokenText:
    """Return the token of the folder `home`, which its server accepts; made if there is none.

    Raises:
        LogUnavailable: The folder cannot be written.
    """
    path = home / TOKEN_NAME
    try:
        return parse_token(path.read_text(encoding="ascii"))
    except (OSError, ValueError, Unauthenticated):
        text = new_token_text(
            secrets.token_bytes(TOKEN_ID_BYTES), secrets.token_bytes(SECRET_BYTES)
        )
    part = path.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(str(text))
        part.replace(path)
    except OSError as exc:
        message = f"could not write {path} ({exc}): choose a folder you may write with `--home`"
        raise LogUnavailable(message) from exc
    return text


def token_for(home: Path, url: str) -> str | None:
    """Return the token of the folder `home` if `url` is where its own server answers."""
    address = find_address(home)
    if address is None or address.url != url:
        return None
    try:
        return (home / TOKEN_NAME).read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None
