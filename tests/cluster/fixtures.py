"""What tests of a whole cluster begin with, for the folders that have such tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge import Bridge, running_bridge
from tests.cluster.harness import Cluster


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    """Return a store behind ClickHouse's HTTP interface."""
    with running_bridge(tmp_path / "store") as running:
        yield running


@pytest.fixture
def cluster(kafka: str, bridge: Bridge, tmp_path: Path) -> Iterator[Cluster]:
    """Return a topic and that store, and no worker yet."""
    opened = Cluster(tmp_path, bootstrap=kafka, store_url=bridge.url)
    yield opened
    opened.close()
