"""The errors of letting somebody in; `runtide.errors` draws and has the whole tree."""

from __future__ import annotations

from runtide.error_branches import UnavailableError, UsageError


class Unauthenticated(UsageError):
    """No token came along, or none that lets in; nothing was read or written."""

    __module__ = "runtide.errors"

    code = "unauthenticated"


class Forbidden(UsageError):
    """The token does not let do this; nothing was read or written."""

    __module__ = "runtide.errors"

    code = "forbidden"


class ProviderUnavailable(UnavailableError):
    """The OpenID provider did not answer, or not as the protocol says; nobody was let in."""

    __module__ = "runtide.errors"

    code = "provider-unavailable"
