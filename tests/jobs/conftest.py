"""A server that all tests of a module submit to."""

from collections.abc import Iterator

import pytest

import runtide
from runtide.address import find_address
from runtide.client import lifecycle
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


@pytest.fixture(scope="module")
def experiment(site: Site) -> Iterator[runtide.Experiment]:
    """Return an experiment of this process, in the server's folder."""
    yield runtide.Experiment(runtide.Workspace(home=site.home), "exp")
    lifecycle._at_exit()
