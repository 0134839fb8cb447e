"""`runtide up` as a process: one server a folder, found by its file, gone when told."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runtide.address import find_address, is_answering
from runtide.http.connection import Patience
from tests.faults.processes import DEADLINE_S, Process, server
from tests.waiting import wait_until

CONNECTIONS_MAX = Patience().connections_max
SPARE_SOCKETS = 20
"""What a server has for itself, such as the one that it listens on."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data folder that nobody uses yet."""
    return tmp_path / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Process]:
    """Run a server of `home`."""
    home.mkdir()
    with server(home) as process:
        yield process


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "runtide.cli", *arguments]


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in an environment without settings of ours."""
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    return subprocess.run(
        command(*arguments), env=bare, capture_output=True, text=True, timeout=120, check=False
    )


def url_of(home: Path) -> str:
    address = find_address(home)
    assert address is not None
    return address.url


def open_stream(url: str) -> http.client.HTTPConnection:
    """Return a connection on which live events come in."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=DEADLINE_S)
    connection.request("GET", "/api/v1/live")
    assert connection.getresponse().readline()
    return connection


def socket_count(process: Process) -> int:
    """Return how many sockets the process has open."""
    count = 0
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            count += str(descriptor.readlink()).startswith("socket:")
    return count


def test_second_server_of_a_folder_names_the_first(home: Path, running: Process) -> None:
    """Two would both fold the log; whoever is refused wants to know where to look instead."""
    refused = ran("up", "--home", str(home), "--port", "0")

    assert refused.returncode == 3
    assert url_of(home) in refused.stderr
    assert is_answering(find_address(home) or pytest.fail("the first server is gone"))


def test_servers_that_start_at_once_leave_one(home: Path) -> None:
    """Several processes that read for the first time each start one; all find the winner."""
    arguments = ("up", "--home", str(home), "--port", "0", "--background")
    starting = [
        subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    said = {process.communicate(timeout=DEADLINE_S)[0].strip() for process in starting}

    address = find_address(home)
    assert address is not None
    os.kill(address.pid, signal.SIGTERM)
    assert said == {address.url}
    assert [process.returncode for process in starting] == [0, 0, 0]


def test_second_server_in_the_background_gives_the_first_one_s_address(
    home: Path, running: Process
) -> None:
    """Whoever wants some server of the folder has one."""
    found = ran("up", "--home", str(home), "--port", "0", "--background")

    assert (found.returncode, found.stdout.strip()) == (0, url_of(home))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_server_with_an_open_stream_stops_within_seconds(
    home: Path, running: Process, number: signal.Signals
) -> None:
    """A page that is left open must not keep a server that was told to end."""
    stream = open_stream(url_of(home))
    started_s = time.monotonic()

    os.kill(running.pid, number)
    code = running.wait_until_ended()

    took_s = time.monotonic() - started_s
    stream.close()
    assert code == 0, running.errors
    assert took_s < 5
    assert "Traceback" not in running.errors


def test_stopped_server_takes_its_address_with_it(home: Path, running: Process) -> None:
    """Otherwise the next reader waits for nobody."""
    running.terminate()

    assert find_address(home) is None


def test_folder_of_a_killed_server_is_free(home: Path) -> None:
    """The lock belongs to the process and not to the file."""
    home.mkdir()
    with server(home) as killed:
        killed.kill()

    with server(home) as second:
        assert url_of(home)
        assert second.terminate() == 0


def test_clients_that_never_finish_asking_keep_nobody_else_out(
    home: Path, running: Process
) -> None:
    """More of them than a server has room for; the first ones make room for whoever asks."""
    place = urlsplit(url_of(home))
    address = place.hostname or "", place.port or 0

    with ExitStack() as slow:
        for _ in range(CONNECTIONS_MAX + 100):
            client = slow.enter_context(socket.create_connection(address, DEADLINE_S))
            client.sendall(b"POST /api/v1/sql HTTP/1.1\r\nHost: ")
        honest = slow.enter_context(
            contextlib.closing(http.client.HTTPConnection(*address, timeout=DEADLINE_S))
        )
        honest.request("GET", "/api/v1/runs")
        assert honest.getresponse().status == 200
        assert socket_count(running) <= CONNECTIONS_MAX + SPARE_SOCKETS

    wait_until(
        lambda: socket_count(running) <= SPARE_SOCKETS, what="the server let go of every connection"
    )


def test_idle_server_ends_by_itself(home: Path) -> None:
    """What a script started in the background must not stay for ever."""
    started = ran("up", "--home", str(home), "--port", "0", "--idle-exit-s", "1", "--background")
    assert started.returncode == 0, started.stderr
    deadline_s = time.monotonic() + DEADLINE_S

    while find_address(home) is not None and time.monotonic() < deadline_s:
        threading.Event().wait(0.1)

    assert find_address(home) is None


def test_server_is_not_idle_while_a_page_is_open(home: Path) -> None:
    """A page that shows a finished run asks for nothing, and is looked at."""
    arguments = ("up", "--home", str(home), "--port", "0", "--idle-exit-s", "1", "--background")
    assert ran(*arguments).returncode == 0
    url = url_of(home)
    address = find_address(home)
    assert address is not None

    stream = open_stream(url)
    threading.Event().wait(3.0)

    assert is_answering(address)
    stream.close()
    os.kill(address.pid, signal.SIGTERM)


def test_port_in_use_is_said_with_the_remedy(home: Path, running: Process) -> None:
    port = urlsplit(url_of(home)).port

    refused = ran("up", "--home", str(home / "other"), "--port", str(port))

    assert refused.returncode == 2
    assert "--port 0" in refused.stderr


def test_misspelt_setting_stops_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIDE_HOEM", str(home))

    refused = subprocess.run(
        command("up", "--port", "0"), capture_output=True, text=True, timeout=60, check=False
    )

    assert refused.returncode == 2
    assert "RUNTIDE_HOEM" in refused.stderr


def test_doctor_finds_a_running_server_well(home: Path, running: Process) -> None:
    examined = ran("doctor", "--home", str(home), "--json")

    checks = json.loads(examined.stdout)["checks"]
    assert examined.returncode == 0, examined.stdout
    assert {check["verdict"] for check in checks} == {"ok"}


def test_doctor_finds_a_folder_without_a_server_well(home: Path, running: Process) -> None:
    """It opens the engine itself then, and lets go of it again."""
    running.terminate()

    examined = ran("doctor", "--home", str(home), "--json")

    checks = {check["check"]: check for check in json.loads(examined.stdout)["checks"]}
    assert checks["read model"]["verdict"] == "ok"
    assert checks["read model"]["detail"].startswith("opens")


def test_doctor_says_what_is_wrong_with_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")

    examined = ran("doctor", "--home", str(tmp_path / "home"), "--json")

    checks = {check["check"]: check for check in json.loads(examined.stdout)["checks"]}
    assert examined.returncode == 1
    assert checks["folder"]["verdict"] == "failed"


def test_doctor_notices_a_server_that_died(home: Path) -> None:
    """`server.json` outlives a killed server."""
    home.mkdir()
    with server(home) as killed:
        killed.kill()

    examined = ran("doctor", "--home", str(home), "--json")

    checks = {check["check"]: check for check in json.loads(examined.stdout)["checks"]}
    assert checks["server"]["verdict"] == "warning"
    assert "does not answer" in checks["server"]["detail"]
