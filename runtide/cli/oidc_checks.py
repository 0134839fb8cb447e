"""What `runtide doctor` checks of the provider at which people sign in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from runtide.cli.checks import Finding
from runtide.errors import RuntideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.oidc_settings import OidcEnvironment

_CHECK: Final = "sign-in"


def oidc_findings(environment: OidcEnvironment) -> Iterator[Finding]:
    """Ask the provider what a sign-in begins with; nothing where no setting names one."""
    try:
        settings = environment.oidc()
        if settings is None:
            return
        # Here and not above: most installations have no provider, and none of what it takes.
        from query_api.oidc.provider import Provider  # noqa: PLC0415  # see above

        asyncio.run(Provider(settings).check())
    except RuntideError as exc:
        yield Finding(_CHECK, "failed", str(exc))
    else:
        yield Finding(_CHECK, "ok", f"{settings.issuer} describes itself and its keys")
