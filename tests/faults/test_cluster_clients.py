"""Scripts that die, and networks that break between them and the log: nothing lost or doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.bridge import Bridge, running_bridge
from tests.cluster.harness import Cluster
from tests.faults.processes import Process, ingest, script
from tests.network import Network, running_network
from tests.proxy import Proxy
from tests.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.kafka]

SCRIPT_COUNT = 3
REFUSED = 'runtide_ingest_refusals_total{code="log-unavailable"}'

each_harm = pytest.mark.parametrize("harm", [Proxy.cut, Proxy.freeze], ids=["cut", "frozen"])


@pytest.fixture(scope="module")
def shared_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def network(shared_network: Network) -> Iterator[Network]:
    """Return the network, which is whole and is made whole again."""
    yield shared_network
    shared_network.proxy.heal()


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    with running_bridge(tmp_path / "store") as running:
        yield running


@pytest.fixture
def cluster(network: Network, bridge: Bridge, tmp_path: Path) -> Iterator[Cluster]:
    """Return a cluster with one worker."""
    opened = Cluster(tmp_path, bootstrap=network.broker.bootstrap, store_url=bridge.url)
    opened.start_worker()
    yield opened
    opened.close()


class Scripts:
    """Scripts of one machine, and what they said."""

    def __init__(self, home: Path, settings: dict[str, str]) -> None:
        self._home = home
        self._settings = settings
        self._stack = ExitStack()

    def start(self, name: str, *arguments: str) -> Process:
        return self._stack.enter_context(
            script(name, *arguments, home=self._home, settings=self._settings)
        )

    def deliver_what_is_left(self) -> None:
        """Do as the owner of the machine does: run the next script with the same settings."""
        last = self.start("log_then_end", "10")
        last.wait_for("ended")
        assert last.wait_until_ended() == 0, last.errors
        assert list(self._home.rglob("*.spool")) == []

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def scripts(cluster: Cluster, network: Network, tmp_path: Path) -> Iterator[Scripts]:
    """Return scripts whose way to the broker breaks."""
    started = Scripts(tmp_path / "machine", cluster.script_settings(network.bootstrap))
    yield started
    started.close()


def wait_s(seconds: float) -> None:
    """Let the others go on until the moment that was drawn."""
    threading.Event().wait(seconds)


def wait_until_folding(cluster: Cluster) -> None:
    wait_until(cluster.folded_count, what="the worker folds")


def ended(training: Process) -> int:
    """Tell a script to end in the ordinary way, and return how many values it has logged."""
    training.go_on()
    (count,) = training.wait_for("ended")
    assert training.wait_until_ended() == 0, training.errors
    return int(count)


def test_killed_scripts_have_in_the_store_what_they_flushed(
    cluster: Cluster, scripts: Scripts, cluster_seed: int
) -> None:
    """In front of it nothing is missing, and behind it at most the last moment is."""
    drawn = random.Random(cluster_seed)
    flushed_by_run = {}
    for _ in range(2):
        started = [scripts.start("log_slowly") for _ in range(SCRIPT_COUNT)]
        for training in drawn.sample(started, SCRIPT_COUNT):
            (run,) = training.wait_for("run")
            wait_s(drawn.uniform(0.0, 1.0))
            training.kill()
            flushed_by_run[run] = max((int(n) for (n,) in training.said("flushed")), default=0)

    cluster.assert_tables_equal_log()
    values = cluster.stored_values("count")
    assert all(got == list(range(len(got))) for got in values.values())
    assert {
        run: (len(values.get(run, [])), flushed)
        for run, flushed in flushed_by_run.items()
        if len(values.get(run, [])) < flushed
    } == {}


@each_harm
def test_network_to_the_broker_that_comes_back_costs_nothing(
    cluster: Cluster,
    scripts: Scripts,
    network: Network,
    cluster_seed: int,
    harm: Callable[[Proxy], None],
) -> None:
    """Also for a script that ended meanwhile: the next one of the machine delivers what it left."""
    drawn = random.Random(cluster_seed)
    logging = {training.wait_for("run")[0]: training for training in started_scripts(scripts)}
    wait_until_folding(cluster)
    counts = {}

    wait_s(drawn.uniform(0.0, 1.0))
    harm(network.proxy)
    wait_s(drawn.uniform(0.0, 1.0))
    run, training = logging.popitem()
    counts[run] = ended(training)
    network.proxy.heal()
    for run, training in logging.items():
        wait_s(drawn.uniform(0.0, 0.5))
        counts[run] = ended(training)
    scripts.deliver_what_is_left()

    assert_stored(cluster, counts)


def started_scripts(scripts: Scripts) -> list[Process]:
    return [scripts.start("log_until_told") for _ in range(SCRIPT_COUNT)]


def metrics_of(url: str) -> str:
    return httpx.get(f"{url}/metrics").text


def assert_stored(cluster: Cluster, counts: dict[str, int]) -> None:
    """The tables have every value of every run once and in order, and whatever else was logged."""
    cluster.assert_tables_equal_log()
    values = cluster.stored_values("count")
    assert {run: len(values.get(run, [])) for run in counts} == counts
    assert [run for run, got in values.items() if got != list(range(len(got)))] == []


@pytest.fixture
def ingest_settings(cluster: Cluster, network: Network, tmp_path: Path) -> dict[str, str]:
    """Return settings of an ingest whose way to the broker breaks."""
    return {
        "ingest_log_url": f"kafka://{network.bootstrap}/{cluster.settings.topic}",
        "kafka_partitions": str(cluster.settings.partitions),
        "artifacts_url": (tmp_path / "files").as_uri(),
    }


def test_ingest_killed_under_its_scripts_costs_nothing(
    cluster: Cluster, ingest_settings: dict[str, str], tmp_path: Path, cluster_seed: int
) -> None:
    """Its last requests are answered or not, and counted once."""
    drawn = random.Random(cluster_seed)
    with ExitStack() as stack:
        serving = stack.enter_context(ExitStack())
        url, _ = serving.enter_context(ingest(tmp_path / "ingest", ingest_settings))
        scripts = Scripts(tmp_path / "machine", {"RUNTIDE_URL": url})
        stack.callback(scripts.close)
        logging = {training.wait_for("run")[0]: training for training in started_scripts(scripts)}
        wait_until_folding(cluster)

        for _ in range(2):
            wait_s(drawn.uniform(0.0, 1.5))
            serving.close()
            again = ingest(tmp_path / "ingest", ingest_settings, port=int(url.rpartition(":")[2]))
            serving.enter_context(again)
        counts = {run: ended(training) for run, training in logging.items()}
        scripts.deliver_what_is_left()

    assert_stored(cluster, counts)


@each_harm
def test_network_between_ingest_and_broker_comes_back(
    cluster: Cluster,
    network: Network,
    *,
    ingest_settings: dict[str, str],
    tmp_path: Path,
    cluster_seed: int,
    harm: Callable[[Proxy], None],
) -> None:
    """Ingest has nothing of its own to keep anything in: it refuses, and scripts keep it.

    In every second round the network is back before ingest has given up: then it appends what its
    clients have long sent again.
    """
    drawn = random.Random(cluster_seed)
    with ingest(tmp_path / "ingest", ingest_settings) as (url, _), ExitStack() as stack:
        scripts = Scripts(tmp_path / "machine", {"RUNTIDE_URL": url})
        stack.callback(scripts.close)
        logging = {training.wait_for("run")[0]: training for training in started_scripts(scripts)}
        wait_until_folding(cluster)
        counts = {}

        wait_s(drawn.uniform(0.0, 1.0))
        harm(network.proxy)
        wait_s(drawn.uniform(0.0, 2.0))
        run, training = logging.popitem()
        counts[run] = ended(training)
        if cluster_seed % 2 == 0:
            wait_until(lambda: REFUSED in metrics_of(url), what="ingest refuses")
        network.proxy.heal()
        for run, training in logging.items():
            counts[run] = ended(training)
        scripts.deliver_what_is_left()

    assert_stored(cluster, counts)


@each_harm
def test_script_killed_while_the_broker_is_away_has_kept_what_it_said_it_keeps(
    cluster: Cluster,
    scripts: Scripts,
    network: Network,
    cluster_seed: int,
    harm: Callable[[Proxy], None],
) -> None:
    """Nobody but the next script knows of it."""
    drawn = random.Random(cluster_seed)
    training = scripts.start("log_and_ask")
    (run,) = training.wait_for("run")
    training.wait_for("flushed")

    harm(network.proxy)
    kept = training.wait_for("kept")
    wait_s(drawn.uniform(0.0, 3.0))
    training.kill()
    kept = max([kept, *training.said("kept")], key=lambda words: int(words[0]))
    network.proxy.heal()
    scripts.deliver_what_is_left()

    cluster.assert_tables_equal_log()
    values = cluster.stored_values("count")[run]
    assert values == list(range(len(values)))
    assert len(values) >= int(kept[0])
