"""A script that logs to Kafka, Faust workers, a ClickHouse server, query APIs: end to end."""

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtide.core.envelope import parse_envelope
from runtide.core.events import RunCreated, StateChanged
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.port import Item
from tests.api.streams import Stream
from tests.bridge import running_bridge
from tests.building import points, record
from tests.cluster.services import Services, ready_reason, running_services
from tests.scripts import run_script
from tests.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

OLD_US = 1_600_000_000_000_000


class Running:
    """A cluster that works, and what of it a test needs."""

    def __init__(self, services: Services, log: KafkaLog, folder: Path) -> None:
        self.services, self.log, self.folder = services, log, folder
        self.worker = services.start_worker()
        self.urls = [services.start_query_api() for _ in range(2)]

    def run(self, source: str) -> dict[str, Any]:
        """Run a script that prints JSON, and return it."""
        done = run_script(
            self.folder / "home",
            source,
            **self.services.settings,
            RUNTIDE_QUERY_URL=self.urls[0],
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def get(self, path: str, *, api: int = 0) -> Any:
        answer = httpx.get(f"{self.urls[api]}/api/v1{path}", timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def cluster(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("cluster")
    topic = f"events-{secrets.token_hex(6)}"
    log = KafkaLog(KafkaSettings(bootstrap=(kafka,), topic=topic, partitions=3))
    # A run of long ago whose writer died, from before any worker was there to hear of it.
    created = RunCreated(experiment="old", name="dead", created_us=OLD_US)
    running = StateChanged(status="Running", ts_us=OLD_US)
    log.append([Item("dead", record(0, created, running, run="dead", sent_us=OLD_US).value)])
    with (
        running_bridge(folder / "store") as bridge,
        running_services(folder, bootstrap=kafka, store_url=bridge.url, topic=topic) as services,
    ):
        yield Running(services, log, folder)
    log.close()


LOGS_EVERYTHING = """
    import json, math
    import runtide

    with runtide.init(experiment="cluster", config={"lr": 0.1}, tags={"team": "a"}) as run:
        for step in range(5_000):
            run.log("loss", math.exp(-step / 1000), step=step)
        run.log("odd", float("nan"))
        run.log("odd", 2**70)
        run.log_list("list", [1, None, "x"])
        run.log_row("rows", a=1)
        run.log_table("rows", {"b": [2.5, 3.5]})
        with open("note.txt", "w") as note:
            note.write("hello")
        run.upload_file("note.txt", "note.txt")
    metrics = run.get_metrics()
    run.download_file("note.txt", "back.txt")
    print(json.dumps({
        "id": run.id,
        "loss": metrics["loss"] == [math.exp(-step / 1000) for step in range(5_000)],
        "odd": [str(value) for value in metrics["odd"]],
        "list": metrics["list"],
        "rows": metrics["rows"],
        "file": open("back.txt").read(),
        "status": run.get_status(),
        "tags": run.get_tags(),
    }))
"""


def test_everything_logged_to_kafka_reads_back(cluster: Running) -> None:
    found = cluster.run(LOGS_EVERYTHING)

    assert found | {"id": ""} == {
        "id": "",
        "loss": True,
        "odd": ["nan", str(2**70)],
        "list": [1, None, "x"],
        "rows": {"a": [1, None, None], "b": [None, 2.5, 3.5]},
        "file": "hello",
        "status": "Completed",
        "tags": {"team": "a"},
    }
    assert cluster.get(f"/runs/{found['id']}", api=1)["config"] == {"lr": 0.1}


def test_stream_of_one_api_goes_on_at_another(cluster: Running) -> None:
    """Each follows the log by itself, so a place in it means the same everywhere."""
    first, second = cluster.urls
    with httpx.stream("GET", f"{first}/api/v1/live?runs=live-1,live-2", timeout=60) as response:
        stream = Stream(response)
        stream.wait_for("open")
        cluster.log.append([Item("live-1", record(0, points("loss", 1.0), run="live-1").value)])
        seen = stream.wait_for("points")
    for run in ("live-1", "live-2"):
        value = record(1, points("loss", 2.0, 3.0, first_step=1), run=run).value
        cluster.log.append([Item(run, value)])

    url = f"{second}/api/v1/live?runs=live-1,live-2"
    headers = {"Last-Event-ID": str(seen.id)}
    with httpx.stream("GET", url, headers=headers, timeout=60) as response:
        stream = Stream(response)
        found: dict[str, list[float]] = {}
        while found.keys() != {"live-1", "live-2"}:
            for piece in stream.wait_for("points").data["series"]:
                found.setdefault(piece["run"], []).extend(piece["value"])

    assert seen.data["series"][0]["value"] == [1.0]
    assert found == {"live-1": [2.0, 3.0], "live-2": [2.0, 3.0]}


def test_run_whose_writer_died_is_said_to_be_not_responding(cluster: Running) -> None:
    wait_until(
        lambda: cluster.get("/runs/dead?fresh=true")["status"] == "NotResponding",
        what="the worker says that the run does not respond",
    )

    assert cluster.get("/runs/dead", api=1)["status_by"] == "runtide"


def test_unreadable_record_costs_only_itself(cluster: Running) -> None:
    good = [record(i, points("loss", float(i), first_step=i), run="poor").value for i in (0, 1)]
    cluster.log.append([Item("poor", value) for value in (good[0], b"\xff" * 100, good[1])])

    wait_until(
        lambda: cluster.get("/runs/poor/metrics?fresh=true") == {"loss": [0.0, 1.0]},
        what="what stands around it is folded",
    )

    assert ready_reason(cluster.worker) is None


def test_dead_letter_is_sent_again_through_any_query_api(cluster: Running) -> None:
    """Its record had a wrong key; the next one is in the partition of its own run."""
    value = record(0, points("loss", 0.5), run="kept", seq=1).value
    cluster.log.append([Item("stray", value)])

    def letter() -> dict[str, Any]:
        items = cluster.get("/dead-letters?fresh=true")["items"]
        found: dict[str, Any] = next(item for item in items if item["run_id"] == "stray")
        return found

    before = letter()
    path = f"/api/v1/dead-letters/{before['partition']}/{before['offset']}"
    sent = httpx.post(f"{cluster.urls[1]}{path}/redrive?fresh=true", timeout=60)

    assert (before["state"], sent.status_code) == ("readable", 200), sent.text
    assert cluster.get("/runs/kept/metrics?fresh=true") == {"loss": 0.5}
    assert letter()["state"] == "folded"
    assert httpx.get(f"{cluster.urls[0]}{path}", timeout=60).content == value


def test_run_is_changed_through_several_query_apis_at_once(cluster: Running) -> None:
    """Each is a writer of its own; what one has answered, the other shows."""
    created = RunCreated(experiment="shared", name="edited", created_us=OLD_US)
    done = StateChanged(status="Completed", ts_us=OLD_US + 1)
    cluster.log.append([Item("edited", record(0, created, done, run="edited").value)])
    url = "/api/v1/runs/edited"

    def tag(i: int) -> int:
        address = f"{cluster.urls[i % 2]}{url}?fresh=true"
        return httpx.patch(address, json={"tags": {f"t{i}": "x"}}, timeout=60).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tag, range(8))) == {200}
    renamed = httpx.patch(f"{cluster.urls[1]}{url}", json={"name": "by hand"}, timeout=60).json()
    view = "/api/v1/experiments/shared/views/mine"
    saved = httpx.put(cluster.urls[0] + view, json={"query": "sort=name"}, timeout=60)

    found = cluster.get("/runs/edited")
    assert renamed["name"] == found["name"] == "by hand"
    assert found["tags"].keys() == {f"t{i}" for i in range(8)}
    assert saved.status_code == 200, saved.text
    assert cluster.get("/experiments/shared/views", api=1)["items"][0]["query"] == "sort=name"
    marks = [
        parse_envelope(r.value)
        for r in cluster.log.read(cluster.log.partition_of("edited"), 0, bytes_max=1 << 24)
        if r.run == "edited"
    ]
    seqs: dict[str, list[int]] = {}
    for envelope in marks:
        seqs.setdefault(envelope.writer, []).append(envelope.seq)
    assert sorted(seqs.values(), key=len) == [[1], [1, 2, 3, 4], [1, 2, 3, 4, 5]]


def test_second_worker_takes_half_of_the_partitions(cluster: Running) -> None:
    second = cluster.services.start_worker()

    def shares() -> set[str]:
        lines = (httpx.get(f"{url}/metrics").text.splitlines() for url in (cluster.worker, second))
        return {
            line for each in lines for line in each if line.startswith("runtide_worker_partitions ")
        }

    wait_until(
        lambda: shares() == {"runtide_worker_partitions 1", "runtide_worker_partitions 2"},
        what="three partitions are shared by two workers",
    )
