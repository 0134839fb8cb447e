"""Who may do what: roles, tokens and callers. Pure; the bytes of secrets come from outside."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from runtide.errors import Forbidden, Unauthenticated, UsageError

Role: TypeAlias = Literal["reader", "writer", "admin"]
"""What a token lets do; each may what the one before it may."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)

EVERY_WORKSPACE: Final = "*"
"""The workspace of a token that is for all of them; only an admin's may be."""

SECRET_BYTES: Final = 32
"""Random bytes of a secret: too many to try, so that a plain hash of them tells nothing."""

TOKEN_ID_BYTES: Final = 6

_TOKEN: Final = re.compile(r"rt_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_WORKSPACE: Final = re.compile(r"[a-zA-Z0-9][\w.\-]{0,254}", re.ASCII)

SIGN_IN: Final = (
    "send `Authorization: Bearer rt_…`, which RUNTIDE_TOKEN makes Runtide's own clients do; "
    "`runtide token create` makes one"
)


class Caller(NamedTuple):
    """Somebody who asks or writes.

    Attributes:
        name: Who it is in the record of changes; a token's id and name.
        workspace: The one workspace that there is for it; None is all.
        role: What it may do there.
    """

    name: str
    workspace: str | None
    role: Role

    @property
    def is_operator(self) -> bool:
        """Whether it looks after the whole system."""
        return self.workspace is None and self.role == "admin"

    def check_role(self, wanted: Role) -> None:
        """Return if the caller may do what needs the role `wanted`.

        Raises:
            Forbidden: It may not.
        """
        if ROLES.index(self.role) < ROLES.index(wanted):
            message = (
                f"{self.name} has the role {self.role}, and this needs {wanted}: "
                f"use a token of that role"
            )
            raise Forbidden(message)

    def check_operator(self) -> None:
        """Return if the caller looks after the whole system.

        Raises:
            Forbidden: It does not.
        """
        self.check_role("admin")
        if not self.is_operator:
            message = (
                f"{self.name} is for the workspace {self.workspace!r}, and this concerns all: "
                f"use an admin's token of `--workspace '*'`"
            )
            raise Forbidden(message)

    def checked_workspace(self, workspace: str) -> str:
        """Return `workspace` if the caller may change things there.

        Raises:
            Forbidden: It is another one than the caller's.
        """
        if self.workspace not in {None, workspace}:
            message = (
                f"{self.name} is for the workspace {self.workspace!r}: "
                f"log to that one, or use a token of the other"
            )
            raise Forbidden(message)
        return workspace


LOCAL: Final = Caller("local", None, "admin")
"""Everybody, where no tokens are demanded."""


class Token(NamedTuple):
    """What is kept of a token: everything but its secret. Zero times mean never."""

    id: str
    name: str
    secret_sha256: str
    workspace: str
    role: Role
    created_us: int
    expires_us: int
    revoked_us: int
    used_us: int
    by: str

    @property
    def caller(self) -> Caller:
        """Who comes with it."""
        name = f"token {self.id} ({self.name})" if self.name else f"token {self.id}"
        workspace = None if self.workspace == EVERY_WORKSPACE else self.workspace
        return Caller(name, workspace, self.role)


class TokenText(NamedTuple):
    """The two parts of a token's text."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"TokenText({self.id!r}, …)"

    def __str__(self) -> str:
        """Return what is shown once, and sent with every request."""
        return f"rt_{self.id}_{self.secret}"

    @property
    def secret_sha256(self) -> str:
        """What is kept of the secret."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def new_token_text(id_bytes: bytes, secret: bytes) -> TokenText:
    """Return the text of a new token out of random bytes."""
    assert len(id_bytes) == TOKEN_ID_BYTES, len(id_bytes)
    assert len(secret) == SECRET_BYTES, len(secret)
    return TokenText(id_bytes.hex(), secret.hex())


def parse_token(text: str) -> TokenText:
    """Return the parts of a token's text.

    Raises:
        Unauthenticated: It is not of the form; the message does not show it.
    """
    match = _TOKEN.fullmatch(text.strip())
    if match is None:
        message = f"the token is not of the form `rt_<id>_<secret>`: {SIGN_IN}"
        raise Unauthenticated(message)
    return TokenText(match[1], match[2])


def check_token(text: TokenText, token: Token | None, *, now_us: int) -> Token:
    """Return the token that `text` is of, if it is good now.

    Takes as long for a wrong secret as for a right one.

    Raises:
        Unauthenticated: There is none, its secret is another, or its time is over.
    """
    kept = token.secret_sha256 if token is not None else "0" * 64
    if not hmac.compare_digest(text.secret_sha256, kept) or token is None:
        message = f"the token is not known: {SIGN_IN}"
        raise Unauthenticated(message)
    for moment_us, what in ((token.revoked_us, "was revoked"), (token.expires_us, "has expired")):
        if 0 < moment_us <= now_us:
            message = f"the token {token.id} {what}: ask an admin for another"
            raise Unauthenticated(message)
    return token


def workspace_name(name: object) -> str:
    """Return `name` if a token can be for such a workspace.

    Raises:
        UsageError: It breaks the rule that the message states.
    """
    if not isinstance(name, str) or not _WORKSPACE.fullmatch(name):
        message = (
            f"workspace is {name!r}: want 1 to 255 letters, digits, hyphens, underscores and "
            f"dots, the first a letter or digit"
        )
        raise UsageError(message)
    return name


def granted_workspace(workspace: str, role: Role) -> str:
    """Return the workspace of a token with `role`: one, or for an admin `*`.

    Raises:
        UsageError: Such a token there is not.
    """
    if workspace != EVERY_WORKSPACE:
        return workspace_name(workspace)
    if role != "admin":
        message = f"workspace is '*', role is {role}: name one workspace, or make an admin's token"
        raise UsageError(message)
    return workspace
