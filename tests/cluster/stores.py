"""Stores behind the bridge, as a worker's process and the test open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings

if TYPE_CHECKING:
    from runtide.store.engine import ClickHouseStore

TIMEOUT_S = 5
"""Short, so that a test sees what follows it."""


def open_store(url: str) -> ClickHouseStore:
    """Return the store that answers at `url`, which gives up soon."""
    return open_server(
        ClickHouseSettings(url=url, connect_timeout_s=TIMEOUT_S, timeout_s=TIMEOUT_S)
    )
