"""`runtide serve ingest` as a process, and scripts that log through it."""

import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from runtide.artifacts.local import LocalArtifacts
from runtide.artifacts.opening import open_artifacts
from runtide.core.events import FileUploaded
from runtide.http.descriptors import DESCRIPTORS
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.memory import MemoryLog
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog
from tests.faults.processes import INGEST, ingest
from tests.forked import run_module
from tests.recorded import Recorded, recorded, recorded_in
from tests.s3 import CREDENTIALS, running_s3
from tests.scripts import run_script, script_environment
from tests.topics import fresh_settings


def refused(home: Path, settings: dict[str, str]) -> str:
    """Return what the command says when it refuses to start."""
    named = {f"RUNTIDE_{name.upper()}": value for name, value in settings.items()}
    done = run_module(*INGEST, environment=script_environment(home, **named))
    assert done.returncode == 2, done.stderr
    return done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the data folder that the service writes to."""
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set RUNTIDE_KAFKA_BOOTSTRAP"),
        ({"ingest_log_url": "http://host:1"}, "RUNTIDE_INGEST_LOG_URL is 'http://host:1': want"),
        ({"ingest_log_url": "kafka://:1"}, "RUNTIDE_INGEST_LOG_URL"),
        ({"ingest_log_url": "kafka://broker:9092"}, "RUNTIDE_ARTIFACTS_URL is not set"),
        ({"kafka_bootstrap": "broker:9092", "artifacts_url": "http://h"}, "artifacts URL is"),
        ({"ingest_log_url": "file:///x", "ingest_host": "0.0.0.0"}, "RUNTIDE_CLICKHOUSE_URL"),
        ({"ingest_log_url": "file:///x", "ingest_runs_max": "1"}, "`RUNTIDE_INGEST_RUNS_MAX`"),
        ({"ingest_body_bytes_max": str(2**30)}, "RUNTIDE_INGEST_IN_FLIGHT_BYTES_MAX"),
    ],
)
def test_setting_that_cannot_be_is_refused_with_the_remedy(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    assert words in refused(tmp_path, settings)


def test_trusted_network_is_listened_on_with_a_warning(folder: Path) -> None:
    settings = {
        "ingest_log_url": folder.as_uri(),
        "ingest_host": "0.0.0.0",
        "ingest_trust_network": "true",
    }
    with ingest(folder, settings) as (url, process):
        port = url.rpartition(":")[2]

        assert httpx.get(f"http://127.0.0.1:{port}/ready").json()["status"] == "ready"
        assert "whoever reaches it can write to every run" in process.errors
        assert process.terminate() == 0


def test_service_may_open_more_files_than_its_shell_allows(folder: Path) -> None:
    """Clients must not take from the log what it opens its files with."""
    environment = script_environment(folder, RUNTIDE_INGEST_LOG_URL=folder.as_uri())
    command = [sys.executable, "-m", *INGEST, "--port", "0"]
    with subprocess.Popen(
        ["bash", "-ec", 'ulimit -Sn 256; exec "$@"', "bash", *command],
        env=environment,
        stdout=subprocess.PIPE,
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith(b"ready")

        soft, hard = resource.prlimit(service.pid, resource.RLIMIT_NOFILE)

        service.terminate()
    assert soft == min(hard, DESCRIPTORS)


THROTTLED = """
    import runtide

    run = runtide.init(experiment="e")
    for phase in range(6):
        first = 5_000 * phase
        run.log_batch("x", [float(i) for i in range(first, first + 5_000)])
        if phase < 3:
            run.flush()
    run.upload_file("model.bin", "model.bin")
    run.complete()
"""


@pytest.mark.slow
def test_rationed_run_loses_nothing_keeps_its_order_and_doubles_nothing(
    tmp_path: Path, folder: Path
) -> None:
    """It is told to come back, comes back when told, and does not end before it has."""
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / "model.bin").write_bytes(b"model")
    settings = {
        "ingest_log_url": folder.as_uri(),
        "ingest_run_bytes_burst": "20000",
        "ingest_run_bytes_per_s": "200000",
    }
    with ingest(folder, settings) as (url, _):
        done = run_script(tmp_path / "home", THROTTLED, RUNTIDE_URL=url)
        metrics = httpx.get(f"{url}/metrics").text

    assert done.returncode == 0, done.stderr
    assert "asked to send less at once" in done.stderr
    assert 'runtide_ingest_refusals_total{code="quota-exceeded"}' in metrics
    got = recorded(folder)
    assert got.values("x") == [float(i) for i in range(30_000)]
    assert got.gaps() == []
    assert got.statuses()[-1] == "Completed"
    assert record_count(folder) == len(got.envelopes)
    (file,) = got.of_type(FileUploaded)
    assert b"".join(LocalArtifacts(folder).read(file.sha256)) == b"model"
    assert list((tmp_path / "home").rglob("*.spool")) == []


def record_count(folder: Path) -> int:
    log = SqliteLog(folder)
    try:
        return log.end(0)
    finally:
        log.close()


INTERRUPTED = """
    import sys
    import runtide

    run = runtide.init(experiment="e")
    run.log_batch("x", [float(i) for i in range(1_000)])
    run.flush()
    print("first", flush=True)
    sys.stdin.readline()
    run.log_batch("x", [float(i) for i in range(1_000, 2_000)])
    print("second", flush=True)
    sys.stdin.readline()
    run.log_batch("x", [float(i) for i in range(2_000, 3_000)])
    run.flush()
    run.complete()
"""


def test_run_outlives_the_death_of_its_ingest(tmp_path: Path, folder: Path) -> None:
    """What is logged meanwhile waits on disk, and follows in its order."""
    settings = {"ingest_log_url": folder.as_uri()}
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(INTERRUPTED))
    with ingest(folder, settings) as (url, first):
        port = int(url.rpartition(":")[2])
        with subprocess.Popen(
            [sys.executable, str(script)],
            env=script_environment(tmp_path / "home", RUNTIDE_URL=url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stdin is not None
            assert run.stdout is not None
            assert run.stdout.readline() == "first\n"
            first.kill()
            run.stdin.write("\n")
            run.stdin.flush()
            assert run.stdout.readline() == "second\n"
            with ingest(folder, settings, port=port):
                run.stdin.write("\n")
                run.stdin.flush()
                assert run.wait(60) == 0

    got = recorded(folder)
    assert got.values("x") == [float(i) for i in range(3_000)]
    assert got.gaps() == []
    assert got.statuses()[-1] == "Completed"


CLUSTER = """
    import runtide

    run = runtide.init(experiment="e")
    run.log_batch("x", [float(i) for i in range(1_000)])
    for name in ("a.bin", "b.bin"):
        run.upload_file(name, "model.bin")
    run.complete()
"""


def test_script_that_cannot_reach_the_cluster_logs_through_it(tmp_path: Path, kafka: str) -> None:
    """Points into Kafka, files into S3, and the same file only once over the wire."""
    settings = fresh_settings(kafka, partitions=2)
    content = bytes(range(256)) * 8_000
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / "model.bin").write_bytes(content)
    with running_s3() as s3, pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        place = s3.make_bucket("models")
        named = {
            "ingest_log_url": f"kafka://{kafka}/{settings.topic}",
            "kafka_partitions": "2",
            "artifacts_url": place,
        }
        with ingest(tmp_path, named) as (url, _):
            done = run_script(tmp_path / "home", CLUSTER, RUNTIDE_URL=url)
            metrics = httpx.get(f"{url}/metrics").text
        assert done.returncode == 0, done.stderr
        assert "runtide_ingest_files_total 1" in metrics
        assert "runtide_ingest_files_known_total 1" in metrics
        got = all_recorded(settings)
        assert got.values("x") == [float(i) for i in range(1_000)]
        files = got.of_type(FileUploaded)
        assert [file.path for file in files] == ["a.bin", "b.bin"]
        assert b"".join(open_artifacts(place).read(files[1].sha256)) == content


def all_recorded(settings: KafkaSettings) -> Recorded:
    """Return what a topic holds; there is one run, so one partition has it all."""
    log = KafkaLog(settings)
    try:
        kept = MemoryLog()
        for partition in range(log.partition_count):
            for record in log.read(partition, 0, bytes_max=1 << 30):
                kept.append([Item(record.run, record.value)])
        return recorded_in(kept)
    finally:
        log.close()
