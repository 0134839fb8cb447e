"""Ports for what a test starts a moment later, or never."""

from __future__ import annotations

import secrets
import socket
from typing import Final

_OWN: Final = range(15_000, 30_000)
"""Below those that systems lend to clients: a connection that somebody opens meanwhile, of which a
suite opens thousands, can take none of these away."""


def free_port() -> int:
    """Return a port of this machine's loopback address that nobody listens on."""
    while True:
        # Not `random`, which tests seed: several processes would try the same ports in turn.
        port = secrets.choice(_OWN)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
