"""Who may reach a service: there are no access tokens yet, so that is all that protects it."""

from __future__ import annotations

import logging

from runtide.errors import UsageError
from runtide.http.server import LOOPBACK_HOSTS

_log = logging.getLogger(__name__)


def check_reach(host: str, *, trusts_network: bool, setting: str, harm: str) -> None:
    """Return if a service may listen on `host`; warn if that is not this machine alone.

    Args:
        host: The address.
        trusts_network: Whether a setting says that all who reach it may use it.
        setting: The name of that setting.
        harm: What whoever reaches it can do.

    Raises:
        UsageError: Others would reach it, and nobody said that they may.
    """
    if host in LOOPBACK_HOSTS:
        return
    if not trusts_network:
        message = (
            f"host is {host!r}: whoever reaches it can {harm}, and there are no access tokens "
            f"yet; listen on 127.0.0.1, or set {setting}=true where only those reach it who may"
        )
        raise UsageError(message)
    _log.warning("listening on %s: whoever reaches it can %s", host, harm)


def host_names(text: str) -> frozenset[str]:
    """Return the names in a list with commas."""
    return frozenset(name for part in text.split(",") if (name := part.strip()))
