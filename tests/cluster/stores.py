"""Stores behind the bridge, as a worker's process and the test open them."""

from __future__ import annotations

from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

from runtide.errors import StoreUnavailable
from runtide.store.engine import ClickHouseStore


def open_store(url: str) -> ClickHouseStore:
    """Return the store that answers at `url`."""
    place = urlsplit(url)
    try:
        client = clickhouse_connect.get_client(
            host=place.hostname or "",
            port=place.port or 0,
            autogenerate_session_id=False,
            send_receive_timeout=5,
            connect_timeout=5,
        )
    except ClickHouseError as exc:
        raise StoreUnavailable(str(exc)) from exc
    return ClickHouseStore(client)
