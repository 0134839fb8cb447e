"""A server that all tests of a module submit to."""

from collections.abc import Iterator

import pytest

from runtide.address import find_address
from tests.faults.processes import server
from tests.jobs.running import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a data folder with a server of its own, which executes what is submitted."""
    home = tmp_path_factory.mktemp("home")
    with server(home) as process:
        address = find_address(home)
        assert address is not None
        yield Site(home, address.url)
        assert process.terminate() == 0, process.errors
