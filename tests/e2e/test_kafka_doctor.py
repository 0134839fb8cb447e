"""What `runtide doctor` says of a cluster that is half there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtide.cli.checks import Finding
from runtide.cli.kafka_checks import kafka_findings
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.settings import known_names
from tests.forked import run_module
from tests.scripts import script_environment
from tests.topics import fresh_settings, make_topic


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine is configured for."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)


def found(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Finding]:
    """Return the last finding of each check, as the doctor makes them in this environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return {finding.check: finding for finding in kafka_findings()}


def test_kafka_that_is_not_configured_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch) == {}
    assert found(monkeypatch, RUNTIDE_URL="http://server:1") == {}


@pytest.mark.kafka
def test_log_that_is_as_it_should_be_is_described(
    monkeypatch: pytest.MonkeyPatch, kafka: str
) -> None:
    settings = fresh_settings(kafka, partitions=3)
    KafkaLog(settings).close()

    got = found(
        monkeypatch,
        RUNTIDE_KAFKA_BOOTSTRAP=kafka,
        RUNTIDE_KAFKA_TOPIC=settings.topic,
        RUNTIDE_KAFKA_DEAD_LETTER_TOPIC=f"{settings.topic}-dead",
    )

    assert {check for check, finding in got.items() if finding.verdict != "ok"} == {"workers"}
    assert got["kafka"].detail == f"answers at {kafka}"
    assert got["topic"].detail == (
        f"{settings.topic}: 3 partitions, 1 copies, records kept for ever"
    )
    assert "whoever uses it first makes it" in got["dead letters"].detail


@pytest.mark.kafka
def test_every_wrong_piece_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, kafka: str
) -> None:
    """A topic made by hand with the usual defaults, and no topic for the dead letters."""
    settings: KafkaSettings = fresh_settings(kafka)
    make_topic(settings, retention_ms="7200000", cleanup_policy="compact")

    got = found(
        monkeypatch,
        RUNTIDE_URL=f"kafka://{kafka}/{settings.topic}",
        RUNTIDE_KAFKA_CREATE_TOPICS="false",
        RUNTIDE_KAFKA_DEAD_LETTER_TOPIC="no-such-topic",
    )
    everything = list(kafka_findings())

    assert got["kafka"].verdict == "ok"
    assert f"{settings.topic}: 1 partitions, 1 copies, records kept for 2.0 hours" in [
        finding.detail for finding in everything
    ]
    assert got["topic"].verdict == "failed"
    assert "cleanup.policy=delete" in got["topic"].remedy
    assert got["dead letters"].verdict == "failed"
    assert "kafka-topics.sh" in got["dead letters"].remedy


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"RUNTIDE_URL": "kafka://127.0.0.1:1"}, "nothing listens at 127.0.0.1:1: start the"),
        ({"RUNTIDE_KAFKA_BOOTSTRAP": "host:x"}, "RUNTIDE_KAFKA_BOOTSTRAP is 'host:x': want"),
        (
            {"RUNTIDE_URL": "kafka://h", "RUNTIDE_KAFKA_SECURITY": "sasl_ssl"},
            "set RUNTIDE_KAFKA_USERNAME and RUNTIDE_KAFKA_PASSWORD too",
        ),
    ],
)
def test_kafka_that_cannot_be_reached_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], told: str
) -> None:
    (finding,) = found(monkeypatch, **environment).values()

    assert finding.verdict == "failed"
    assert told in finding.detail


def test_doctor_fails_where_nothing_answers_and_names_each_piece(tmp_path: Path) -> None:
    """Its exit code is what a script goes by."""
    examined = run_module(
        "runtide.cli",
        "doctor",
        "--json",
        environment=script_environment(
            tmp_path,
            RUNTIDE_KAFKA_BOOTSTRAP="127.0.0.1:1",
            RUNTIDE_CLICKHOUSE_URL="http://127.0.0.1:1",
            RUNTIDE_QUERY_URL="http://127.0.0.1:1",
        ),
    )

    checks = {check["check"]: check for check in json.loads(examined.stdout)["checks"]}
    assert examined.returncode == 1
    assert examined.stderr == ""
    for check in ("kafka", "clickhouse", "query API"):
        assert "127.0.0.1:1" in checks[check]["detail"]
        assert checks[check]["verdict"] == "failed"
    assert checks["folder"]["verdict"] == "ok"
