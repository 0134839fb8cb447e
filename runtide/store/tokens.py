"""The tokens as the store has them, kept in memory for a moment."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from runtide.core.access import (
    EVERY_WORKSPACE,
    Caller,
    Token,
    TokenText,
    check_token,
    parse_token,
)
from runtide.core.names import ACCESS_KEY_PREFIX
from runtide.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.store.port import MetricStore

FRESH_S: Final = 2.0
"""For how long what was read of the tokens is taken as it is: a token that is revoked lets in as
long as this, in every process."""

UNKNOWN_FRESH_S: Final = 0.2
"""For how long it is where a token is not among them: it may be new."""

KEPT_S: Final = 300.0
"""For how long it is used while the store does not answer."""

_TOKENS: Final = """
SELECT run_id, max(name) AS name_, max(secret_sha256) AS secret_sha256_,
       max(workspace) AS workspace_, max(role) AS role_, max(by) AS by_,
       max(created_us) AS created_us_, max(expires_us) AS expires_us_,
       max(revoked_us) AS revoked_us_, max(used_us) AS used_us_
FROM tokens GROUP BY run_id HAVING created_us_ > 0 ORDER BY created_us_, run_id
"""


def read_tokens(store: MetricStore) -> list[Token]:
    """Return every token, the oldest first, revoked ones too.

    Raises:
        StoreUnavailable: The store does not answer.
    """
    return [_token(row) for row in store.query(_TOKENS).to_pylist()]


class TokenBook:
    """Who comes with which token. Any thread may use it.

    Args:
        store: Where the tokens are.
        own: An operator's token that the store does not have.
        on_used: Told of each other token that lets somebody in, by its id; must not wait.
    """

    def __init__(
        self,
        store: MetricStore,
        *,
        own: TokenText | None = None,
        on_used: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._on_used = on_used
        self._lock = threading.Lock()
        self._own = (
            None
            if own is None
            else Token(own.id, "", own.secret_sha256, EVERY_WORKSPACE, "admin", 1, 0, 0, 0, "")
        )
        self._token_by_id: dict[str, Token] = {}
        self._read_at_s = float("-inf")

    def caller(self, text: str) -> Caller:
        """Return who comes with the token `text`.

        Raises:
            Unauthenticated: It lets in nobody.
            StoreUnavailable: The store has not answered for too long to know.
        """
        token = self.token(text)
        if token is not self._own:
            self._on_used(token.id)
        return token.caller

    def token(self, text: str) -> Token:
        """Return the token `text`, which lets in now; nobody is told that it was used.

        Raises:
            Unauthenticated: It lets in nobody.
            StoreUnavailable: The store has not answered for too long to know.
        """
        wanted = parse_token(text)
        now_us = time.time_ns() // 1_000
        if self._own is not None and wanted.id == self._own.id:
            return check_token(wanted, self._own, now_us=now_us)
        token = self._known(FRESH_S).get(wanted.id) or self._known(UNKNOWN_FRESH_S).get(wanted.id)
        return check_token(wanted, token, now_us=now_us)

    def forget(self) -> None:
        """Read the tokens again before the next one is looked at."""
        with self._lock:
            self._read_at_s = float("-inf")

    def _known(self, fresh_s: float) -> dict[str, Token]:
        with self._lock:
            age_s = time.monotonic() - self._read_at_s
            if age_s > fresh_s:
                try:
                    self._token_by_id = {token.id: token for token in read_tokens(self._store)}
                    self._read_at_s = time.monotonic()
                except StoreUnavailable:
                    if age_s > KEPT_S:
                        raise
            return self._token_by_id


def _token(row: dict[str, Any]) -> Token:
    fields = {name.removesuffix("_"): value for name, value in row.items() if name != "run_id"}
    return Token(id=row["run_id"].removeprefix(ACCESS_KEY_PREFIX), **fields)
