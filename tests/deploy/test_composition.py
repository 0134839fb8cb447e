"""docker-compose.yml: what is promised of it, and what no one should have to find out by running it."""

import importlib.metadata
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.composition import (
    EXAMPLE,
    FILE,
    ROOT,
    VARIABLE,
    composition,
    example_values,
    find_compose,
    services,
)

SERVICES = services()
LASTING = sorted(SERVICES.keys() - {"migrate"})
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
PORTS = [(name, port) for name, service in SERVICES.items() for port in service.get("ports", [])]

WORKER_STOP_S = 20
"""How long a worker that ends gives the batch at hand."""

# What Compose knows of a service and we use; a misspelt name is otherwise found by Compose alone.
KEYS = {
    *("build", "cap_drop", "command", "depends_on", "deploy", "env_file", "environment"),
    *("healthcheck", "image", "init", "logging", "ports", "restart", "security_opt"),
    *("stop_grace_period", "ulimits", "volumes"),
}


def rendered(*arguments: str) -> str:
    """Return what Compose makes of the file; fail if it takes it no more than with a warning."""
    compose = find_compose()
    assert compose is not None
    done = subprocess.run(
        [*compose, "--file", str(FILE), *arguments],
        # Nothing of this machine's may take a variable's place.
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("env_file", [Path("/dev/null"), EXAMPLE], ids=["none", "example"])
def test_composition_is_one_that_compose_takes(env_file: Path) -> None:
    """Where Compose is not, each name at least is one that it knows."""
    if find_compose() is None:
        assert composition().keys() - {"name", "services", "volumes"} == {
            key for key in composition() if key.startswith("x-")
        }
        assert {key for service in SERVICES.values() for key in service} <= KEYS
    else:
        rendered("--env-file", str(env_file), "config", "--quiet")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_environment_read_here_is_what_compose_reads(name: str) -> None:
    """The other tests go by our own reading of merges and variables."""
    want = {key: str(value) for key, value in SERVICES[name]["environment"].items()}
    got = want
    if find_compose() is not None:
        read = json.loads(rendered("--env-file", "/dev/null", "config", "--format", "json"))
        got = read["services"][name]["environment"]

    assert got == want


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_image_is_pinned(name: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:\d+\.\d+\.\d+(\.\d+)?", SERVICES[name]["image"])


@pytest.mark.parametrize("name", OURS)
def test_own_image_is_of_this_version(name: str) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)

    assert version is not None
    assert SERVICES[name]["image"] == f"runtide:{version[1]}"


def test_broker_is_the_one_that_the_tests_start() -> None:
    pom = (ROOT / "tools" / "kafka" / "pom.xml").read_text(encoding="utf-8")

    version = SERVICES["kafka"]["image"].partition(":")[2]

    assert f"<version>{version}</version>" in pom


def test_clickhouse_is_of_the_series_that_the_tests_run_on() -> None:
    """A table or a query may need what an older server does not have."""
    tested = importlib.metadata.version("chdb-core").split(".")[:2]

    assert SERVICES["clickhouse"]["image"].partition(":")[2].split(".")[:2] == tested


@pytest.mark.parametrize(("name", "port"), PORTS)
def test_port_is_published_on_loopback_alone(name: str, port: str) -> None:
    """Whoever comes is let in, and Docker publishes past the firewall of the machine."""
    assert port.startswith("127.0.0.1:"), name


@pytest.mark.parametrize("name", LASTING)
def test_lasting_service_is_checked_restarted_and_limited(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert {"test", "interval", "timeout", "retries", "start_period"} == set(service["healthcheck"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_log_of_a_service_is_rotated(name: str) -> None:
    assert SERVICES[name]["logging"]["options"].keys() == {"max-size", "max-file"}


def test_workers_can_be_scaled() -> None:
    """A name or a port of the machine can be had once."""
    processors = SERVICES["processors"]

    assert processors.keys().isdisjoint({"container_name", "hostname", "ports"})
    assert composition({"PROCESSORS": "4"})["services"]["processors"]["deploy"]["replicas"] == 4


def test_worker_is_not_killed_while_it_finishes_a_batch() -> None:
    grace = re.fullmatch(r"(\d+)s", SERVICES["processors"]["stop_grace_period"])

    assert grace is not None
    assert int(grace[1]) > WORKER_STOP_S


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("migrate", {"clickhouse": "service_healthy"}),
        ("ingest", {"kafka": "service_healthy", "migrate": "service_completed_successfully"}),
        (
            "processors",
            {"kafka": "service_healthy", "migrate": "service_completed_successfully"},
        ),
        ("query-api", {"kafka": "service_healthy", "migrate": "service_completed_successfully"}),
    ],
)
def test_service_waits_for_what_it_needs(name: str, want: dict[str, str]) -> None:
    got = {other: needs["condition"] for other, needs in SERVICES[name]["depends_on"].items()}

    assert got == want


@pytest.mark.parametrize("name", OURS)
def test_own_service_has_no_rights_to_spare(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("kafka", SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"]),
        ("clickhouse", "/var/lib/clickhouse"),
        ("ingest", "/var/lib/runtide/artifacts"),
        ("query-api", "/var/lib/runtide/artifacts"),
    ],
)
def test_data_outlives_its_container(name: str, folder: str) -> None:
    by_target = {volume.split(":")[1]: volume.split(":")[0] for volume in SERVICES[name]["volumes"]}

    assert by_target[folder] in composition()["volumes"]


def test_files_that_are_mounted_are_there() -> None:
    """Docker makes a folder of a file that is missing, and the server then does not start."""
    sources = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }

    assert sources
    assert all((ROOT / source).is_file() for source in sources)


def test_broker_s_clients_are_led_to_where_they_can_go() -> None:
    """A client that is told a name it cannot resolve bootstraps, and then fails."""
    environment = SERVICES["kafka"]["environment"]
    advertised = dict(
        listener.split("://") for listener in environment["KAFKA_ADVERTISED_LISTENERS"].split(",")
    )

    assert advertised == {"INTERNAL": "kafka:19092", "EXTERNAL": "127.0.0.1:9092"}
    assert {
        service["environment"]["RUNTIDE_KAFKA_BOOTSTRAP"]
        for service in SERVICES.values()
        if "RUNTIDE_KAFKA_BOOTSTRAP" in service["environment"]
    } == {advertised["INTERNAL"]}


def test_example_has_every_variable_with_its_default() -> None:
    used = {found["name"]: found["default"] for found in VARIABLE.finditer(FILE.read_text())}

    assert example_values() == used


def test_no_variable_is_one_that_a_script_obeys() -> None:
    """A shell where RUNTIDE_ARTIFACTS_URL is set for a script would send the services there."""
    assert [name for name in example_values() if name.startswith("RUNTIDE_")] == []


def healthcheck_urls(service: dict[str, Any]) -> list[str]:
    return re.findall(r"http://[^\"]+", " ".join(service["healthcheck"]["test"]))


@pytest.mark.parametrize("name", sorted(set(OURS) - {"migrate"}))
def test_service_is_checked_at_its_own_port(name: str) -> None:
    ports = {"ingest": 8301, "processors": 8302, "query-api": 8300}

    (url,) = healthcheck_urls(SERVICES[name])

    assert url.startswith(f"http://127.0.0.1:{ports[name]}/")
    assert url.endswith("/ready")
