"""How often each fault is tried."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cluster.fixtures import bridge, cluster

__all__ = ["bridge", "cluster"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try every fault once before any is tried again: a session cut short has tried them all."""
    items.sort(key=_round)


def _round(item: pytest.Item) -> int:
    if not item.path.is_relative_to(Path(__file__).parent) or not hasattr(item, "callspec"):
        return 0
    drawn = item.callspec.params
    number: int = drawn.get("seed", drawn.get("cluster_seed", 0))
    return number


@pytest.fixture(params=range(int(os.environ.get("RUNTIDE_FAULT_ROUNDS", "1"))))
def seed(request: pytest.FixtureRequest) -> int:
    """Return the number of the round, from which its kills are drawn."""
    number: int = request.param
    return number


@pytest.fixture(params=range(int(os.environ.get("RUNTIDE_FAULT_CLUSTER_ROUNDS", "1"))))
def cluster_seed(request: pytest.FixtureRequest) -> int:
    """Return the same for a cluster, whose processes take seconds to start."""
    number: int = request.param
    return number
