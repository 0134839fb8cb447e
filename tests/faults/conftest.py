"""How often each fault is tried."""

from __future__ import annotations

import os

import pytest

from tests.cluster.fixtures import bridge, cluster

__all__ = ["bridge", "cluster"]


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
