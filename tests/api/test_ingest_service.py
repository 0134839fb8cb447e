"""Ingest as a service: what it refuses, for how long, and what it says of itself."""

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pyarrow as pa
import pytest

from ingest.core.quota import Share
from ingest.gate import Quotas
from runtide.artifacts.local import LocalArtifacts
from tests.building import points, record
from tests.ingesting import HeldLog, running_ingest, sample
from tests.waiting import wait_until

URL = "/ingest/v1/envelopes"
FILE = "/ingest/v1/runs/r/files/model.bin"
LOOPBACK = frozenset({"127.0.0.1"})


@pytest.fixture
def log() -> Iterator[HeldLog]:
    log = HeldLog()
    yield log
    log.free.set()


@pytest.fixture
def artifacts(tmp_path: Path) -> LocalArtifacts:
    return LocalArtifacts(tmp_path)


@pytest.fixture
def client(log: HeldLog, artifacts: LocalArtifacts) -> Iterator[httpx.Client]:
    with running_ingest(log, artifacts) as client:
        yield client


def envelope(run: str = "r", seq: int = 1, size: int = 0) -> bytes:
    """Return an envelope of about `size` bytes."""
    return record(
        0, points("m" + "x" * min(size, 200), *[1.0] * (size // 30 + 1)), run=run, seq=seq
    ).value


# ── who is let in ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("allowed", "headers", "status"),
    [
        (LOOPBACK, {}, 200),
        (LOOPBACK, {"host": "evil.example"}, 421),
        (LOOPBACK, {"origin": "https://evil.example"}, 421),
        (frozenset({"*"}), {"host": "any.example"}, 200),
        (frozenset({"*"}), {"origin": "https://evil.example"}, 421),
    ],
)
def test_only_known_hosts_and_no_foreign_pages_write(
    log: HeldLog,
    artifacts: LocalArtifacts,
    allowed: frozenset[str],
    headers: dict[str, str],
    status: int,
) -> None:
    """With `*`, probes and scripts come under any name, and pages of other sites still do not."""
    with running_ingest(log, artifacts, allowed_hosts=allowed) as client:
        assert client.post(URL, content=envelope(), headers=headers).status_code == status


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_compressed_envelopes_are_in_the_log_as_they_were(
    client: httpx.Client, log: HeldLog, encoding: str
) -> None:
    value = envelope(size=5_000)
    body = (
        gzip.compress(value)
        if encoding == "gzip"
        else pa.Codec("zstd").compress(value, asbytes=True)
    )

    answer = client.post(URL, content=body, headers={"content-encoding": encoding})

    assert answer.status_code == 200
    assert [item.value for item in log.read(0, 0, bytes_max=1 << 20)] == [value]


BOMB = pa.Codec("zstd").compress(bytes(200 << 20), asbytes=True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (BOMB, 413),
        (pa.Codec("zstd").compress(b"{}", asbytes=True)[:-3], 422),
        (b"no zstd", 422),
    ],
    ids=["bomb", "cut", "other"],
)
def test_broken_zstd_is_refused(client: httpx.Client, body: bytes, status: int) -> None:
    answer = client.post(URL, content=body, headers={"content-encoding": "zstd"})

    assert answer.status_code == status


# ── quotas ───────────────────────────────────────────────────────────────────────────────


def share(bytes_per_s: int = 1 << 30, envelopes_per_s: int = 1 << 20) -> Share:
    return Share(
        bytes_per_s=bytes_per_s,
        bytes_burst=1_000,
        envelopes_per_s=envelopes_per_s,
        envelopes_burst=3,
    )


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        (Quotas(run=share(bytes_per_s=100)), ("run greedy", "RUNTIDE_INGEST_RUN_BYTES_PER_S")),
        (Quotas(run=share(envelopes_per_s=1)), ("run greedy", "RUN_ENVELOPES_PER_S")),
        (Quotas(client=share(bytes_per_s=100)), ("client 127.0.0.1", "CLIENT_BYTES_PER_S")),
    ],
    ids=["bytes of a run", "envelopes of a run", "bytes of a client"],
)
def test_who_sends_too_much_is_told_when_to_send_it_again(
    log: HeldLog, artifacts: LocalArtifacts, quotas: Quotas, words: tuple[str, str]
) -> None:
    many = b"\n".join(envelope("greedy", seq, 1_000) for seq in range(1, 9))
    lines = {"content-type": "application/x-ndjson"}
    with running_ingest(log, artifacts, quotas=quotas) as client:
        first = client.post(URL, content=many, headers=lines)
        end = log.end(0)

        second = client.post(URL, content=envelope("greedy", 9), headers=lines)

        assert (first.status_code, second.status_code) == (200, 429)
        assert int(second.headers["retry-after"]) >= 1
        assert second.json()["code"] == "quota-exceeded"
        assert all(word in second.json()["detail"] for word in words)
        assert log.end(0) == end
        assert sample(client, 'runtide_ingest_refusals_total{code="quota-exceeded"}') == 1


def test_run_within_its_share_is_let_in_beside_a_greedy_one(
    log: HeldLog, artifacts: LocalArtifacts
) -> None:
    with running_ingest(log, artifacts, quotas=Quotas(run=share(bytes_per_s=1))) as client:
        client.post(URL, content=envelope("greedy", size=5_000))

        assert client.post(URL, content=envelope("greedy", 2)).status_code == 429
        assert client.post(URL, content=envelope("modest")).status_code == 200


def test_append_that_failed_is_not_charged(log: HeldLog, artifacts: LocalArtifacts) -> None:
    """While the log is away, clients must hear of that, and not of a share they did not use."""
    with running_ingest(log, artifacts, quotas=Quotas(run=share(bytes_per_s=1))) as client:
        log.is_away = True
        away = [client.post(URL, content=envelope(size=5_000)) for _ in range(3)]
        log.is_away = False

        assert [answer.status_code for answer in away] == [503] * 3
        assert client.post(URL, content=envelope(size=5_000)).status_code == 200


# ── back-pressure ────────────────────────────────────────────────────────────────────────


def test_log_that_is_away_is_503_with_a_time(client: httpx.Client, log: HeldLog) -> None:
    log.is_away = True

    answer = client.post(URL, content=envelope())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "log-unavailable"


@pytest.mark.parametrize(
    ("quotas", "setting"),
    [
        (Quotas(appends_max=1), "RUNTIDE_INGEST_APPENDS_MAX"),
        (
            Quotas(in_flight_bytes_max=len(envelope(size=1_000)) * 3 // 2),
            "RUNTIDE_INGEST_IN_FLIGHT_BYTES_MAX",
        ),
    ],
    ids=["requests", "bytes"],
)
def test_more_than_may_wait_is_refused_and_what_waits_is_not(
    log: HeldLog, artifacts: LocalArtifacts, quotas: Quotas, setting: str
) -> None:
    """A log that hangs must not fill this server's memory."""
    answers: list[httpx.Response] = []
    with running_ingest(log, artifacts, quotas=quotas) as client:
        log.free.clear()
        waiting = threading.Thread(
            target=lambda: answers.append(client.post(URL, content=envelope(size=1_000)))
        )
        waiting.start()
        wait_until(lambda: sample(client, "runtide_ingest_waiting_requests"), what="one waits")

        refused = client.post(URL, content=envelope(seq=2, size=1_000))
        log.free.set()
        waiting.join()

        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        assert setting in refused.json()["detail"]
        assert [answer.status_code for answer in answers] == [200]
        assert sample(client, "runtide_ingest_in_flight_bytes") == 0
        assert client.post(URL, content=envelope(seq=2, size=1_000)).status_code == 200


# ── what it says of itself ───────────────────────────────────────────────────────────────


def test_ready_names_what_is_away(
    client: httpx.Client, log: HeldLog, artifacts: LocalArtifacts, tmp_path: Path
) -> None:
    ready = client.get("/ready")
    log.is_away = True
    (tmp_path / "artifacts").rmdir()
    (tmp_path / "artifacts").touch()

    unready = client.get("/ready")

    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "reason": None})
    assert unready.status_code == 503
    assert "the event log: no broker answers" in unready.json()["reason"]
    assert "the artifact store: " in unready.json()["reason"]
    assert client.get("/health").json()["status"] == "ok"


def test_ready_does_not_wait_for_a_log_that_hangs(
    client: httpx.Client, log: HeldLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.health.READY_TIMEOUT_S", 0.05)
    log.free.clear()

    answers = [client.get("/ready") for _ in range(6)]

    assert {answer.status_code for answer in answers} == {503}
    assert "the event log has not answered" in answers[-1].json()["reason"]
    log.free.set()


def test_metrics_count_what_was_taken(client: httpx.Client) -> None:
    value = envelope()
    client.post(URL, content=value)
    client.post(URL, content=b"nonsense")
    client.put(FILE, content=b"12345")

    assert sample(client, "runtide_ingest_envelopes_total") == 1
    assert sample(client, "runtide_ingest_bytes_total") == len(value)
    assert sample(client, "runtide_ingest_files_total") == 1
    assert sample(client, "runtide_ingest_file_bytes_total") == 5
    assert sample(client, 'runtide_ingest_refusals_total{code="malformed-envelope"}') == 1
    assert sample(client, "runtide_ingest_append_seconds_count") == 1
    assert sample(client, 'runtide_ingest_append_seconds_bucket{le="+Inf"}') == 1
    assert sample(client, 'runtide_http_requests_total{status="422"}') == 1


def test_document_describes_every_route(client: httpx.Client) -> None:
    paths = orjson.loads(client.get("/openapi.json").content)["paths"]

    assert set(paths) == {
        "/health",
        "/ready",
        "/metrics",
        "/ingest/v1/envelopes",
        "/ingest/v1/blobs/{sha256}",
        "/ingest/v1/runs/{run_id}/files/{path}",
        "/ingest/v1/models/{name}/files/{path}",
    }
