"""A broker of the tests, and a way to it that can be broken."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.broker import Broker
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Network:
    """A broker that some reach directly, and others through `proxy`."""

    def __init__(self, folder: Path) -> None:
        self.proxy = Proxy()
        self.broker = Broker(folder, proxy_port=self.proxy.port)
        self.proxy.target_port = self.broker.remote_port

    @property
    def bootstrap(self) -> str:
        """Where the broker answers those whose way to it breaks."""
        return f"127.0.0.1:{self.proxy.port}"


@contextmanager
def running_network(folder: Path) -> Iterator[Network]:
    """Start a broker behind a proxy, and end both with the block."""
    network = Network(folder)
    try:
        network.broker.start()
        yield network
    finally:
        network.broker.kill()
        network.proxy.close()
