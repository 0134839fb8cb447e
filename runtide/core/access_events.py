"""The events of access: tokens, and who did what; see `runtide.core.events`.

They stand in envelopes of access, `@access/…`, which ingest takes from nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from runtide.core.annotations import Name, RoleName, Sha256, TimeUs

if TYPE_CHECKING:
    from runtide.core.access import Role, TokenText

_US_PER_S: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCreated:
    """A token lets in from now on: the one whose id the envelope's key names.

    `secret_sha256` is the SHA-256 of its secret, which is written nowhere. `workspace` is `*` for
    all of them. An expiry of null is never.
    """

    type: ClassVar[str] = "token_created"
    version: ClassVar[int] = 1

    secret_sha256: Sha256
    workspace: Name
    role: RoleName
    ts_us: TimeUs
    name: str | None = None
    expires_us: TimeUs | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked:
    """The token whose id the envelope's key names lets in nobody any more."""

    type: ClassVar[str] = "token_revoked"
    version: ClassVar[int] = 1

    ts_us: TimeUs
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsed:
    """The token whose id the envelope's key names let somebody in; said at most once a minute."""

    type: ClassVar[str] = "token_used"
    version: ClassVar[int] = 1

    ts_us: TimeUs


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Somebody changed something, or was not let in.

    `actor` did `action` to `subject`, such as a run's id; `origin` is the address that it came
    from. `workspace` is that of the subject, null where it has none.
    """

    type: ClassVar[str] = "audit"
    version: ClassVar[int] = 1

    actor: str
    action: Name
    subject: str
    ts_us: TimeUs
    workspace: str | None = None
    origin: str | None = None


def token_created(
    text: TokenText,
    *,
    workspace: str,
    role: Role,
    name: str,
    expires_s: int | None,
    by: str,
    now_us: int,
) -> TokenCreated:
    """Return the event of a new token.

    Args:
        text: Its text, of which the secret's hash is kept.
        workspace: What it is for; `*` of an admin's is all.
        role: What it lets do.
        name: What it is for, in words; may be empty.
        expires_s: Seconds from `now_us` until it lets in nobody any more; None is never.
        by: Who makes it.
        now_us: The time, in microseconds since 1970.
    """
    return TokenCreated(
        secret_sha256=text.secret_sha256,
        workspace=workspace,
        role=role,
        ts_us=now_us,
        name=name or None,
        expires_us=None if expires_s is None else now_us + expires_s * _US_PER_S,
        by=by,
    )
