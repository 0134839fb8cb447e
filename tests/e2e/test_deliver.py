"""`runtide deliver`: what ended scripts left goes where it was to go, once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtide.artifacts.local import LocalArtifacts
from runtide.cli.checks import findings
from runtide.client.frames import Parcel
from runtide.client.options import Destination
from runtide.client.spool import create_file, folders
from runtide.core.events import FileUploaded
from runtide.log.kafka import KafkaLog
from tests.building import points, record
from tests.faults.processes import ingest, script
from tests.forked import run_module
from tests.network import Network, running_network
from tests.recorded import Recorded, recorded, recorded_in
from tests.scripts import run_script, script_environment
from tests.topics import fresh_settings
from tests.waiting import wait_until

LOGS = """
    import runtide

    with runtide.init() as run:
        for i in range(3000):
            run.log("x", i)
        if {uploads}:
            run.upload_file("model.bin", __file__)
"""


@pytest.fixture(scope="module")
def shared_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def network(shared_network: Network) -> Iterator[Network]:
    """Return the network, which is cut."""
    shared_network.proxy.cut()
    yield shared_network
    shared_network.proxy.heal()


class Machine:
    """A data folder, scripts that leave something in it, and the command."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"

    def leave(self, settings: dict[str, str], *, uploads: bool = False) -> None:
        """Run a script that cannot deliver anything."""
        done = run_script(self.home, LOGS.format(uploads=uploads), **settings)
        assert done.returncode == 0, done.stderr
        assert "keeps what is logged on disk for later" in done.stderr

    def deliver(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = script_environment(self.home, **settings)
        return run_module("runtide.cli", "deliver", *arguments, environment=environment)

    def spools(self) -> list[Path]:
        return list(self.home.rglob("*.spool"))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine with a temporary folder of its own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return Machine(tmp_path)


class Topic:
    """A topic behind the network, and what it holds."""

    def __init__(self, network: Network) -> None:
        self._settings = fresh_settings(network.broker.bootstrap)
        self.url = f"kafka://{network.bootstrap}/{self._settings.topic}"
        self.settings = {"RUNTIDE_URL": self.url, "RUNTIDE_KAFKA_PARTITIONS": "1"}

    def recorded(self) -> Recorded:
        log = KafkaLog(self._settings)
        try:
            return recorded_in(log)
        finally:
            log.close()


@pytest.fixture
def topic(network: Network) -> Topic:
    return Topic(network)


def found(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    destinations: list[dict[str, Any]] = json.loads(done.stdout)["destinations"]
    return destinations


@pytest.mark.kafka
def test_what_was_for_kafka_a_server_and_the_folder_is_delivered_in_one_go(
    machine: Machine, network: Network, topic: Topic, tmp_path: Path
) -> None:
    """No setting says where it goes: that is kept beside it."""
    server = {"ingest_log_url": (tmp_path / "served").as_uri()}
    with ingest(tmp_path, server) as (url, _):
        port = int(url.rpartition(":")[2])
    machine.leave(topic.settings)
    machine.leave({"RUNTIDE_URL": url}, uploads=True)
    (machine.home / "events.db").write_bytes(b"no database at all" * 1000)
    machine.leave({})
    (machine.home / "events.db").unlink()
    network.proxy.heal()

    with ingest(tmp_path, server, port=port):
        done = machine.deliver("--json", RUNTIDE_KAFKA_PARTITIONS="1")

    by_place = {place["destination"]: place for place in found(done)}
    kept = {
        topic.url: topic.recorded(),
        url: recorded(tmp_path / "served"),
        str(machine.home): recorded(machine.home),
    }
    assert (done.returncode, done.stderr) == (0, "")
    assert by_place.keys() == kept.keys()
    for place, got in kept.items():
        (run,) = by_place[place]["runs"]
        assert run["run_id"] == got.run_ids[0]
        assert run["envelopes"] == len(got.envelopes)
        assert got.values("x") == list(range(3000))
        assert got.statuses() == ["Running", "Completed"]
    assert [run["files"] for place in by_place.values() for run in place["runs"]].count(1) == 1
    (file,) = kept[url].of_type(FileUploaded)
    assert b"import runtide" in b"".join(LocalArtifacts(tmp_path / "served").read(file.sha256))
    assert machine.spools() == []


@pytest.mark.kafka
def test_what_was_delivered_is_told_and_is_not_there_a_second_time(
    machine: Machine, network: Network, topic: Topic
) -> None:
    machine.leave(topic.settings)
    network.proxy.heal()

    first = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1")
    second = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1")

    assert (first.returncode, first.stderr) == (0, "")
    got = topic.recorded()
    count = len(got.envelopes)
    assert f"{got.run_ids[0]}: {count} envelopes to {topic.url}\n" == first.stdout
    assert second.stdout == "Nothing is left to deliver.\n"


@pytest.mark.kafka
def test_what_a_log_that_is_away_does_not_take_stays(machine: Machine, topic: Topic) -> None:
    machine.leave(topic.settings)
    spool = {finding.check: finding for finding in findings(machine.home)}["spool"]
    before = [path.read_bytes() for path in machine.spools()]

    done = machine.deliver()

    assert (spool.verdict, spool.detail[:7]) == ("warning", "1 files")
    assert "run `runtide deliver`" in spool.remedy
    assert done.returncode == 3
    assert "error: the rest stays in the spool: could not" in done.stderr
    assert [path.read_bytes() for path in machine.spools()] == before


@pytest.mark.kafka
def test_file_without_a_place_for_it_is_told_with_the_setting(
    machine: Machine, network: Network, topic: Topic, tmp_path: Path
) -> None:
    """The script had the setting."""
    place = (tmp_path / "files").as_uri()
    (tmp_path / "files").write_text("in the way")
    machine.leave(topic.settings | {"RUNTIDE_ARTIFACTS_URL": place}, uploads=True)
    (tmp_path / "files").unlink()
    network.proxy.heal()

    without = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1")
    with_it = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1", RUNTIDE_ARTIFACTS_URL=place)

    assert without.returncode == 2
    assert "set RUNTIDE_ARTIFACTS_URL" in without.stderr
    assert with_it.returncode == 0, with_it.stderr
    assert " and 1 file to " in with_it.stdout
    assert topic.recorded().values("x") == list(range(3000))


@pytest.mark.kafka
def test_what_a_running_script_keeps_is_left_to_it(
    machine: Machine, network: Network, topic: Topic
) -> None:
    with script("log_until_told", home=machine.home, settings=topic.settings) as running:
        running.wait_for("run")
        wait_until(lambda: "cannot deliver" in running.errors, what="it notices")
        done = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1")
        network.proxy.heal()
        running.go_on()
        (count,) = running.wait_for("ended")
        assert running.wait_until_ended() == 0
    rest = machine.deliver(RUNTIDE_KAFKA_PARTITIONS="1")

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"1 spool file for {topic.url} is of a running script, which delivers it itself\n"
    )
    assert rest.returncode == 0, rest.stderr
    assert topic.recorded().values("count") == list(range(int(count)))
    assert machine.spools() == []


def test_what_is_refused_for_good_is_told_and_holds_up_nothing(
    machine: Machine, tmp_path: Path
) -> None:
    """The same bytes would be refused for ever."""
    with ingest(tmp_path, {"ingest_log_url": (tmp_path / "served").as_uri()}) as (url, _):
        spool = create_file(folders(Destination(home=machine.home, url=url))[0], url=url)
        good = record(0, points("x", 1.0), run="run")
        spool.append(
            [Parcel("envelope", "run", b"no envelope"), Parcel("envelope", "run", good.value)]
        )
        spool.close()
        done = machine.deliver()

    assert done.returncode == 1
    assert done.stdout == f"run: 1 envelope to {url}\n"
    assert done.stderr == f"error: {url} refused 1 envelope of run run for good\n"
    assert recorded(tmp_path / "served").values("x") == [1.0]
    assert machine.spools() == []
