from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.access_system import Asked, asked_system
from tests.system import System, running_system


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """An empty system of one test."""
    with running_system(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A system with two workspaces and tokens, of one module."""
    with asked_system(tmp_path_factory.mktemp("access")) as running:
        yield running
