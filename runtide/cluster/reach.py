"""Who may reach a service: whether it demands tokens, and under which names it answers."""

from __future__ import annotations

import logging

from runtide.errors import UsageError
from runtide.http.server import LOOPBACK_HOSTS

_log = logging.getLogger(__name__)


def demands_tokens(
    host: str, *, requires_tokens: bool, trusts_network: bool, setting: str, harm: str
) -> bool:
    """Return whether a service that listens on `host` lets in nobody without a token.

    Warns where others reach it and it does not.

    Args:
        host: The address.
        requires_tokens: Whether a setting says that it does, wherever it listens.
        trusts_network: Whether a setting says that all who reach it may use it.
        setting: The name of that setting.
        harm: What whoever reaches it can do.

    Raises:
        UsageError: The settings say both.
    """
    if requires_tokens and trusts_network:
        message = (
            f"{setting} is true, and tokens are required: unset it, unless a proxy asks who comes"
        )
        raise UsageError(message)
    if requires_tokens:
        return True
    if host in LOOPBACK_HOSTS:
        return False
    if trusts_network:
        _log.warning("listening on %s: whoever reaches it can %s (%s)", host, harm, setting)
    return not trusts_network


def host_names(text: str) -> frozenset[str]:
    """Return the names in a list with commas."""
    return frozenset(name for part in text.split(",") if (name := part.strip()))
