from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import System, running_system


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """An empty system of one test."""
    with running_system(tmp_path) as running:
        yield running
