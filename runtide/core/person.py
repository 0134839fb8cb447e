"""Who comes through an OpenID provider, and what a grant lets them do. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtide.core.access import Role

NAME_CHARS_MAX: Final = 100
"""Longest name of a person that is kept; the rest of a longer one is left out."""


class Grant(NamedTuple):
    """What those get whose `claim` is `value`, or has it among its values."""

    claim: str
    value: str
    workspace: str
    role: Role


class Person(NamedTuple):
    """Somebody whom a provider vouches for.

    Attributes:
        subject: What the provider calls them, and nobody else ever.
        claims: What it says about them.
    """

    subject: str
    claims: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call them: a verified address, else a user name, else the subject."""
        names = (_text(self.claims, "email"), _text(self.claims, "preferred_username"))
        found = next(filter(None, names), self.subject)
        return "".join(c if c.isprintable() else "?" for c in found)[:NAME_CHARS_MAX]

    def grant(self, grants: Sequence[Grant]) -> Grant | None:
        """Return the first grant that fits, or None."""
        return next((one for one in grants if one.value in _values(self.claims, one.claim)), None)


def _text(claims: Mapping[str, Any], claim: str) -> str:
    return next(iter(_values(claims, claim)), "")


def _values(claims: Mapping[str, Any], claim: str) -> Sequence[str]:
    """Return the texts of a claim; `a.b` is `b` of `a`, unless there is a claim of the whole name."""
    # At many providers people write their address themselves; one that is not verified is no proof.
    if claim == "email" and claims.get("email_verified") is not True:
        return ()
    found: Any = claims
    for part in (claim,) if claim in claims else claim.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    found = found if isinstance(found, list) else [found]
    return [value for value in found if isinstance(value, str) and value]
