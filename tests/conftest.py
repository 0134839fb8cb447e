"""Hypothesis profiles, settings, and the one broker that tests share.

`pytest --hypothesis-profile=deep` searches for hours, not minutes.
"""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.broker import Broker, external_bootstrap
from tests.quiet import NO_CAPTURES

# Real files and processes make examples slow; the suite's own time limit catches what hangs.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _UNHURRIED, derandomize=True, database=None, print_blob=True)
settings.register_profile("dev", _UNHURRIED, max_examples=50)
settings.register_profile("deep", _UNHURRIED, max_examples=10_000)
settings.load_profile("ci" if "CI" in os.environ else "dev")

os.environ.update(NO_CAPTURES)


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than processors: a third of the time tests wait for other processes."""
    return min(os.cpu_count() or 1, 4) + 1


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later collection of garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a broker answers that nobody stops; a test takes a topic of its own."""
    external = external_bootstrap()
    if external is not None:
        yield external
        return
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        broker.start()
        yield broker.bootstrap
    finally:
        broker.stop()
