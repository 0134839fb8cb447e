"""Submitted runs of a real server, from outside: what is in the record, and what runs."""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil

from runtide.client.options import Destination
from runtide.client.snapshots import TransportBlobs
from runtide.client.transport import LocalTransport
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import (
    TERMINAL,
    Event,
    JobSubmitted,
    RunCreated,
    SnapshotTaken,
    StateChanged,
)
from runtide.jobs.process_tree import RUN_VARIABLE
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog
from runtide.submit.config import ScriptRunConfig
from runtide.submit.snapshot import take_snapshot
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable

_numbers = itertools.count(1)


class Site:
    """A data folder that a server serves; runs are submitted to it and looked at.

    Args:
        home: The data folder.
        url: Where the server answers.
    """

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url

    def submit(self, *command: str, run_id: str | None = None, **job: Any) -> str:
        """Submit a run, as `Experiment.submit` does, and return its id."""
        run_id = run_id or f"exp_{next(_numbers)}_{secrets.token_hex(4)}"
        now_us = time.time_ns() // 1_000
        self.append(
            run_id,
            RunCreated(experiment="exp", name=run_id, created_us=now_us, run_type="script"),
            JobSubmitted(command=list(command), ts_us=now_us, **job),
            StateChanged(status="Queued", ts_us=now_us, by="ada"),
        )
        return run_id

    def python(self, source: str, **job: Any) -> str:
        """Submit a script given as text."""
        return self.submit("python", "-c", source, **job)

    def submit_folder(self, folder: Path, *command: str, **job: Any) -> str:
        """Submit a run with the code in a folder."""
        run_id = f"exp_{next(_numbers)}_{secrets.token_hex(4)}"
        blobs = TransportBlobs(LocalTransport(Destination(home=self.home)), run_id)
        taken = take_snapshot(folder, blobs, home=self.home, label="here")
        self.append(run_id, SnapshotTaken(**taken._asdict(), ts_us=time.time_ns() // 1_000))
        return self.submit(*command, run_id=run_id, snapshot_id=taken.snapshot_id, **job)

    def append(self, run_id: str, *events: Event) -> None:
        """Append one envelope of a writer of its own."""
        value = encode_envelope(
            run=run_id,
            writer=secrets.token_hex(8),
            seq=1,
            sent_us=time.time_ns() // 1_000,
            events=[event_document(event) for event in events],
        )
        log = SqliteLog(self.home)
        log.append([Item(run_id, value)])
        log.close()

    def claim(self, run_id: str, *, by: str) -> None:
        """Take a run from its queue, as a queue does."""
        now_us = time.time_ns() // 1_000
        self.append(run_id, StateChanged(status="Preparing", ts_us=now_us, by=by))

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", f"{path}{'&' if '?' in path else '?'}fresh=true")

    def cancel(self, run_id: str) -> None:
        self._ask("POST", f"/runs/{run_id}/cancel?by=ada")

    def run(self, run_id: str) -> dict[str, Any]:
        return self.get(f"/runs/{run_id}")

    def status(self, run_id: str) -> str:
        return str(self.run(run_id)["status"])

    def ended(self, run_id: str) -> dict[str, Any]:
        """Return a run once it has ended."""
        wait_until(lambda: self.status(run_id) in TERMINAL, what=f"{run_id} has ended")
        return self.run(run_id)

    def states(self, run_id: str) -> list[str]:
        """Return the states that counted, in order."""
        items = self.get(f"/runs/{run_id}/states")["items"]
        return [state["status"] for state in items if state["accepted"]]

    def text(self, run_id: str, file: str = "user_logs/std_log.txt") -> str:
        """Return the text of a log file, or nothing before there is any."""
        try:
            return str(self.get(f"/runs/{run_id}/logs/{file}?limit=4000000")["text"])
        except LookupError:
            return ""

    def files(self, run_id: str) -> list[str]:
        return [item["path"] for item in self.get(f"/runs/{run_id}/files")["items"]]

    def wait_for_text(self, run_id: str, text: str, file: str = "user_logs/std_log.txt") -> str:
        wait_until(lambda: text in self.text(run_id, file), what=f"{run_id} has printed {text!r}")
        return self.text(run_id, file)

    def launcher_pid(self, run_id: str) -> int:
        path = self.home / "jobs" / run_id / "launcher.json"
        wait_until(path.exists, what=f"{run_id} has a launcher")
        return int(json.loads(path.read_text())["pid"])

    def _ask(self, method: str, path: str) -> dict[str, Any]:
        return dict(json.loads(self._answer(method, path)))

    def _answer(self, method: str, path: str) -> bytes:
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.request(method, f"/api/v1{path}")
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status == http.HTTPStatus.NOT_FOUND:
            raise LookupError(path)
        assert response.status == http.HTTPStatus.OK, (path, response.status, body)
        return body


def script(folder: Path, text: str, *arguments: object) -> ScriptRunConfig:
    """Return what runs a script given as text, in a folder of its own below `folder`."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "train.py").write_text(text)
    return ScriptRunConfig(source, "train.py", list(arguments))


def processes_of(run_id: str) -> list[psutil.Process]:
    """Return every process that says it is of the run, zombies left out."""
    found = []
    for process in psutil.process_iter():
        try:
            is_of_run = process.environ().get(RUN_VARIABLE) == run_id
            if is_of_run and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def are_gone(pids: Iterable[int]) -> bool:
    return not any(_is_there(pid) for pid in pids)


def _is_there(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
