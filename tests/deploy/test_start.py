"""The services start with what docker-compose.yml tells them, and pass its own checks."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.bridge import running_bridge
from tests.broker import Broker
from tests.deploy.composition import composition, services
from tests.faults.processes import Process
from tests.forked import run_module
from tests.ports import free_port
from tests.scripts import run_script, script_environment
from tests.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SERVICES = services()
CLICKHOUSE = SERVICES["clickhouse"]["environment"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return, by what the composition says, where Kafka, ClickHouse and files are here."""
    folder = tmp_path_factory.mktemp("composition")
    broker = Broker(folder / "kafka")
    broker.start()
    try:
        with running_bridge(
            folder / "clickhouse",
            user=CLICKHOUSE["CLICKHOUSE_USER"],
            password=CLICKHOUSE["CLICKHOUSE_PASSWORD"],
        ) as bridge:
            yield {
                "kafka:19092": broker.bootstrap,
                "http://clickhouse:8123": bridge.url,
                "file:///var/lib/runtide/artifacts": f"file://{folder}/artifacts",
            }
    finally:
        broker.stop()


def environment(name: str, places: dict[str, str], **given: str) -> dict[str, str]:
    told = composition(given)["services"][name]["environment"]
    return {key: places.get(str(value), str(value)) for key, value in told.items()}


def is_healthy(name: str, port: int) -> bool:
    """Return whether the composition's own check of the service passes, at another port."""
    _, _, *command = SERVICES[name]["healthcheck"]["test"]
    check = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", command[-1])
    done = subprocess.run([sys.executable, *command[:-1], check], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("name", ["ingest", "processors", "query-api"])
def test_service_starts_with_its_settings_and_is_healthy(
    name: str, places: dict[str, str], tmp_path: Path
) -> None:
    """No engine is here to run the composition, so a wrong name or value would be found by users."""
    port = free_port()
    command = ["runtide.cli", *SERVICES[name]["command"]]

    process = Process(
        [*command, "--port", str(port)], home=tmp_path, settings=environment(name, places)
    )

    try:
        wait_until(lambda: is_healthy(name, port), what=f"{name} is healthy")
    finally:
        process.kill()


@pytest.fixture
def demanding(places: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run the services with TRUST_NETWORK=false; return where ingest and the query API answer."""
    with ExitStack() as stack:
        urls = {}
        for name in ("processors", "ingest", "query-api"):
            port = free_port()
            process = Process(
                ["runtide.cli", *SERVICES[name]["command"], "--port", str(port)],
                home=tmp_path / name,
                settings=environment(name, places, TRUST_NETWORK="false"),
            )
            stack.callback(process.kill)
            urls[name] = f"http://127.0.0.1:{port}"
        for name, url in urls.items():
            wait_until(lambda: is_healthy(name, int(url.rpartition(":")[2])), what=f"{name} is up")  # noqa: B023  # waited for here
        yield urls


LOGGED = """
    import runtide

    with runtide.init(experiment="asked", workspace="lab") as run:
        run.log("loss", 0.25)
"""


def test_cluster_that_asks_who_comes_lets_in_its_first_token(
    demanding: dict[str, str], places: dict[str, str], tmp_path: Path
) -> None:
    """It is made in a container, where nothing but the service's own settings is set."""
    runs = f"{demanding['query-api']}/api/v1/runs"
    assert httpx.get(runs).status_code == 401
    made = run_module(
        *("runtide.cli", "token", "create", "--workspace", "*", "--role", "admin"),
        environment={
            **script_environment(tmp_path / "home"),
            **environment("query-api", places, TRUST_NETWORK="false"),
        },
    )
    assert made.returncode == 0, made.stderr
    bearer = {"Authorization": f"Bearer {made.stdout.strip()}"}
    wait_until(
        lambda: httpx.get(runs, headers=bearer).status_code == 200, what="the token is known"
    )

    logged = run_script(
        tmp_path / "home",
        LOGGED,
        RUNTIDE_URL=demanding["ingest"],
        RUNTIDE_TOKEN=made.stdout.strip(),
    )

    assert logged.returncode == 0, logged.stderr
    wait_until(lambda: httpx.get(runs, headers=bearer).json()["items"], what="the run is there")
    assert httpx.post(f"{demanding['ingest']}/ingest/v1/envelopes").status_code == 401


def test_migration_ends_well_with_its_settings(places: dict[str, str], tmp_path: Path) -> None:
    """The others wait for it to end with 0."""
    done = run_module(
        "runtide.cli",
        *SERVICES["migrate"]["command"],
        environment={
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            **environment("migrate", places),
        },
    )

    assert done.returncode == 0, done.stderr
