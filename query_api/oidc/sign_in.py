"""The steps of a sign-in through a provider. Nothing is kept between them but by the browser."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from query_api.core.id_token import checked_person
from query_api.core.visit import SECRET_BYTES, Visit, find_visit, new_visit
from query_api.oidc.provider import Provider, said
from runtide.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.core.person import Grant, Person
    from runtide.oidc_settings import OidcSettings


class OidcSignIn:
    """Sign-in through one provider.

    Args:
        settings: The provider, and what whoever it knows may do.
        callback_path: The path at which browsers come back from it.
    """

    def __init__(self, settings: OidcSettings, *, callback_path: str) -> None:
        self.settings = settings
        self._provider = Provider(settings)
        self._redirect_uri = settings.public_url + callback_path

    async def begin(self, return_to: str) -> tuple[str, Visit]:
        """Return where to send a browser, and what it must keep.

        Raises:
            ProviderUnavailable: The provider does not answer as it should.
        """
        one, two, three = (secrets.token_bytes(SECRET_BYTES) for _ in range(3))
        visit = new_visit((one, two, three), return_to=return_to)
        return await self._provider.sign_in_url(visit, self._redirect_uri), visit

    def visit(self, kept: str, answer: Mapping[str, str]) -> Visit:
        """Return the sign-in that a browser comes back from.

        Args:
            kept: What the browser kept of it.
            answer: The parameters that it comes with.

        Raises:
            Unauthenticated: It is not one that this browser began, or was used before.
        """
        visit = find_visit(kept)
        if visit is None or not visit.is_of(answer.get("state", "")):
            message = (
                f"this sign-in was not begun in this browser at {self.settings.public_url}, was "
                f"used before, or took too long: begin again there"
            )
            raise Unauthenticated(message)
        return visit

    async def person(self, visit: Visit, answer: Mapping[str, str]) -> Person:
        """Return who comes back.

        Raises:
            Unauthenticated: The provider did not let them in, or nothing proves that it did.
            ProviderUnavailable: It does not answer as it should.
        """
        host, issuer = self.settings.issuer_host, self.settings.issuer
        if answer.get("iss", issuer) != issuer:
            message = f"the answer is another provider's than {host}: begin again"
            raise Unauthenticated(message)
        code = answer.get("code")
        if not code:
            shown = said(answer.get("error"), answer.get("error_description"))
            message = f"{host} did not let you in ({shown}): begin again, or ask who looks after it"
            raise Unauthenticated(message)
        claims = await self._provider.claims(code, visit, self._redirect_uri)
        return checked_person(
            claims,
            issuer=issuer,
            client_id=self.settings.client_id,
            nonce=visit.nonce,
            now_s=time.time(),
        )

    def grant(self, person: Person) -> Grant:
        """Return what somebody may do.

        Raises:
            Forbidden: Nothing.
        """
        grant = person.grant(self.settings.grants)
        if grant is None:
            message = (
                f"{self.settings.issuer_host} knows you as {person.name}, and no grant of this "
                f"server is for you: ask whoever runs it to add one to the file of "
                f"RUNTIDE_OIDC_FILE"
            )
            raise Forbidden(message)
        return grant
