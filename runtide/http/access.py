"""Who asks: what every route of a service demands of the token that comes along.

A route names what it needs beside its path, as in `dependencies=[WRITES]`. One that names nothing
is a defect; `OPEN_TO_ALL` says that a route tells nothing that must not be known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, Protocol

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from runtide.core.access import LOCAL, SIGN_IN, Caller, Role
from runtide.errors import Forbidden, Unauthenticated

SESSION_COOKIE: Final = "runtide_session"
"""What a browser that has signed in sends along: the token itself, which no script can read."""

CLIENT_HEADER: Final = "runtide-client"
"""What a page of ours sends with every request, and no form or link of another site can."""

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SCHEME: Final = "bearer "


class KnowsTokens(Protocol):
    """Where tokens are looked up."""

    def caller(self, text: str) -> Caller:
        """Return who comes with a token, or raise `Unauthenticated`."""
        ...


def caller_of(request: Request) -> Caller:
    """Return who asks; where the application has no `tokens`, that is everybody.

    Raises:
        Unauthenticated: No token came along, or none that lets in.
        Forbidden: A browser's cookie came along with a change that may be another site's.
    """
    tokens: KnowsTokens | None = request.app.state.tokens
    if tokens is None:
        return LOCAL
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        known = request.state.caller = tokens.caller(_token_text(request))
    return known


def _token_text(request: Request) -> str:
    given = request.headers.get("authorization")
    if given is not None:
        if not given.lower().startswith(_SCHEME):
            message = f"the Authorization header is of another scheme than Bearer: {SIGN_IN}"
            raise Unauthenticated(message)
        return given[len(_SCHEME) :]
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None:
        raise Unauthenticated(f"no token came along: {SIGN_IN}")
    if request.method not in _SAFE_METHODS and CLIENT_HEADER not in request.headers:
        message = (
            f"a change came with a browser's cookie and without the header `Runtide-Client`: "
            f"{SIGN_IN}"
        )
        raise Forbidden(message)
    return cookie


CallerOf = Annotated[Caller, Depends(caller_of)]


def _demands(check: Callable[[Caller], None], needs: str) -> Dependency:
    def demand(caller: CallerOf) -> None:
        check(caller)

    demand.needs = needs  # type: ignore[attr-defined]  # what the tests ask a route for
    dependency: Dependency = Depends(demand)
    return dependency


def _role(role: Role) -> Dependency:
    return _demands(lambda caller: caller.check_role(role), role)


READS: Final = _role("reader")
"""The route shows what is in the caller's workspace."""

WRITES: Final = _role("writer")
"""The route changes what is in the caller's workspace."""

ADMINISTERS: Final = _role("admin")
"""The route is for who looks after the caller's workspace."""

OPERATES: Final = _demands(Caller.check_operator, "operator")
"""The route is for who looks after the whole system."""


def _let_in() -> None:
    """Ask nobody who they are."""


_let_in.needs = "nothing"  # type: ignore[attr-defined]  # as above
OPEN_TO_ALL: Final = Depends(_let_in)
"""The route tells nothing of any workspace."""
