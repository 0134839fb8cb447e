"""What the routes know of sign-in through a provider; what does it is loaded where one is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from runtide.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from query_api.core.visit import Visit
    from runtide.core.person import Grant, Person
    from runtide.oidc_settings import OidcSettings

CALLBACK_PATH: Final = "/session/oidc/callback"
"""Below the API's own prefix: where browsers come back to."""

MINTED_BY: Final = "OpenID "
"""How the maker of a token is called, at its beginning, where a sign-in made it. Others are called
`token …`, `query-api` and `runtide …`."""


class OidcDoor(Protocol):
    """Sign-in through a provider, as `query_api.oidc.sign_in` does it."""

    settings: OidcSettings

    async def begin(self, return_to: str) -> tuple[str, Visit]:
        """Return where to send a browser, and what it must keep."""
        ...

    def visit(self, kept: str, answer: Mapping[str, str]) -> Visit:
        """Return the sign-in that a browser comes back from."""
        ...

    async def person(self, visit: Visit, answer: Mapping[str, str]) -> Person:
        """Return who comes back."""
        ...

    def grant(self, person: Person) -> Grant:
        """Return what somebody may do."""
        ...


def door_of(request: Request) -> OidcDoor:
    """Return the sign-in of the application.

    Raises:
        NotFound: No provider is set up.
    """
    door: OidcDoor | None = request.app.state.oidc
    if door is None:
        message = "no provider is set up here: sign in with a token, or set RUNTIDE_OIDC_FILE"
        raise NotFound(message)
    return door
