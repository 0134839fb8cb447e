"""What `runtide doctor` says of the services of a cluster: each piece that is missing or wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtide.cli.checks import Finding
from runtide.cli.fold_checks import fold_findings
from runtide.cli.kafka_checks import kafka_findings
from runtide.cli.service_checks import service_findings
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.settings import known_names
from runtide.store.migrate import migrate
from tests.bridge import Bridge, running_bridge
from tests.cluster.services import Services, running_services
from tests.cluster.stores import open_store
from tests.cluster.workload import Workload
from tests.faults.processes import ingest, server, wait_until_ready
from tests.s3 import CREDENTIALS, running_s3
from tests.waiting import wait_until

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine is configured for."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Finding]]:
    """Return what finds how the services are that are named, and only those."""

    def find(**environment: str) -> dict[str, Finding]:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(f"RUNTIDE_{name}", value)
            return {finding.check: finding for finding in service_findings()}

    return find


def test_services_that_no_setting_names_are_not_looked_for(
    found: Callable[..., dict[str, Finding]],
) -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("setting", "check", "remedy"),
    [
        ("URL", "ingest", "`runtide serve ingest`, or correct RUNTIDE_URL"),
        ("ARTIFACTS_URL", "ingest", "`runtide serve ingest`, or correct RUNTIDE_ARTIFACTS_URL"),
        ("QUERY_URL", "query API", "`runtide serve query-api`, or correct RUNTIDE_QUERY_URL"),
    ],
)
def test_service_that_does_not_answer_is_named_with_what_starts_it(
    found: Callable[..., dict[str, Finding]], setting: str, check: str, remedy: str
) -> None:
    finding = found(**{setting: NOBODY})[check]

    assert finding.verdict == "failed"
    assert NOBODY in finding.detail
    assert remedy in finding.remedy


def test_ingest_is_well_or_says_what_it_waits_for(
    found: Callable[..., dict[str, Finding]], tmp_path: Path
) -> None:
    files = tmp_path / "files" / "artifacts"
    settings = {
        "ingest_log_url": (tmp_path / "log").as_uri(),
        "artifacts_url": (tmp_path / "files").as_uri(),
    }
    with ingest(tmp_path, settings) as (url, _):
        well = found(URL=url)
        files.rmdir()
        files.write_text("in the way")
        unwell = found(URL=url)
        asked = found(QUERY_URL=url)

    assert (well["ingest"].verdict, well["query API"].verdict) == ("ok", "warning")
    assert "set RUNTIDE_QUERY_URL" in well["query API"].remedy
    assert unwell["ingest"].verdict == "failed"
    assert "is not ready: the artifact store" in unwell["ingest"].detail
    assert "is no query API" in asked["query API"].detail


def test_name_that_a_service_does_not_go_by_is_told_with_its_setting(
    found: Callable[..., dict[str, Finding]], tmp_path: Path
) -> None:
    settings = {
        "ingest_log_url": (tmp_path / "log").as_uri(),
        "ingest_allowed_hosts": "ingest.example",
    }
    with ingest(tmp_path, settings) as (url, _):
        finding = found(URL=url)["ingest"]

    assert finding.verdict == "failed"
    assert "does not go by that name" in finding.detail
    assert "RUNTIDE_INGEST_ALLOWED_HOSTS" in finding.remedy


def test_server_of_a_folder_is_all_services_at_once(
    found: Callable[..., dict[str, Finding]], tmp_path: Path
) -> None:
    with server(tmp_path) as process:
        got = found(URL=wait_until_ready(tmp_path, process))

    assert {check: finding.verdict for check, finding in got.items()} == {"ingest": "ok"}


def test_place_for_files_is_tried(
    found: Callable[..., dict[str, Finding]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("in the way")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with running_s3() as s3:
        bucket = s3.make_bucket("models")
        got = {
            url: found(ARTIFACTS_URL=url)["artifacts"]
            for url in (
                bucket,
                bucket.replace("models", "no-such-bucket"),
                (tmp_path / "files").as_uri(),
                blocked.as_uri(),
            )
        }

    assert [finding.verdict for finding in got.values()] == ["ok", "failed", "ok", "failed"]
    assert "check the bucket" in got[bucket.replace("models", "no-such-bucket")].detail
    assert "check that the folder is writable" in got[blocked.as_uri()].detail


def test_script_for_kafka_is_told_what_kafka_does_not_do(
    found: Callable[..., dict[str, Finding]],
) -> None:
    got = found(URL="kafka://127.0.0.1:1")

    assert {check: finding.verdict for check, finding in got.items()} == {
        "artifacts": "warning",
        "query API": "warning",
    }


class HalfStarted:
    """A log with records, and tables; of the services, those that a test starts."""

    def __init__(self, services: Services, bridge: Bridge, settings: dict[str, str]) -> None:
        self.services = services
        self.bridge = bridge
        self.settings = settings


@pytest.fixture
def cluster(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HalfStarted]:
    topic = f"events-{secrets.token_hex(6)}"
    log = KafkaLog(KafkaSettings(bootstrap=(kafka,), topic=topic, partitions=3))
    log.append(Workload(1).items(30))
    log.close()
    with (
        running_bridge(tmp_path / "store") as bridge,
        running_services(tmp_path, bootstrap=kafka, store_url=bridge.url, topic=topic) as services,
    ):
        store = open_store(bridge.url)
        migrate(store)
        store.close()
        for name, value in services._settings.items():
            monkeypatch.setenv(name, value)
        yield HalfStarted(services, bridge, services._settings)


def fold_finding() -> Finding:
    (finding,) = fold_findings()
    return finding


@pytest.mark.kafka
def test_cluster_without_workers_is_told_to_start_one(
    cluster: HalfStarted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtide.cli.fold_checks.LOOK_S", 0.3)
    workers = {finding.check: finding for finding in kafka_findings()}["workers"]
    fold = fold_finding()

    assert workers.verdict == "failed"
    assert "start `runtide serve processors`" in workers.remedy
    assert fold.verdict == "failed"
    assert "30 records of the log wait, and none was folded" in fold.detail


@pytest.mark.kafka
def test_cluster_that_works_is_well(
    cluster: HalfStarted, found: Callable[..., dict[str, Finding]]
) -> None:
    cluster.services.start_worker()
    url = cluster.services.start_query_api()

    wait_until(
        lambda: fold_finding().detail == "every record of the log can be queried", what="folded"
    )
    workers = {finding.check: finding for finding in kafka_findings()}["workers"]
    assert (workers.verdict, workers.detail.partition(" ")[0]) == ("ok", "1")
    assert found(QUERY_URL=url)["query API"].verdict == "ok"
    cluster.bridge.kill()
    unwell = found(QUERY_URL=url)["query API"]
    assert unwell.verdict == "failed"
    assert "is not ready" in unwell.detail
    assert "is no ingest" in found(URL=url)["ingest"].detail
