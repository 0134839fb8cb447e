"""The services of a cluster, as an operator starts them: by the command line."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.faults.processes import Process
from tests.ports import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Services:
    """A worker and any number of query APIs over one topic and one store.

    Attributes:
        settings: What a script must have in its environment to log here and read back.
    """

    def __init__(
        self, folder: Path, *, bootstrap: str, store_url: str, topic: str, partitions: int = 3
    ) -> None:
        self._folder = folder
        self._stack = ExitStack()
        files = f"file://{folder}/files"
        self._settings = {
            "RUNTIDE_KAFKA_BOOTSTRAP": bootstrap,
            "RUNTIDE_KAFKA_TOPIC": topic,
            "RUNTIDE_KAFKA_DEAD_LETTER_TOPIC": f"{topic}-dead",
            "RUNTIDE_KAFKA_PARTITIONS": str(partitions),
            "RUNTIDE_PROCESSORS_GROUP": f"{topic}-group",
            "RUNTIDE_CLICKHOUSE_URL": store_url,
        }
        self._files = {"RUNTIDE_ARTIFACTS_URL": files}
        self.settings = {
            "RUNTIDE_URL": f"kafka://{bootstrap}/{topic}",
            "RUNTIDE_KAFKA_PARTITIONS": str(partitions),
            **self._files,
        }

    def start_worker(self) -> str:
        """Start a worker, and return where its pages are once it folds."""
        port = free_port()
        self._start("processors", port, self._settings)
        url = f"http://127.0.0.1:{port}"
        wait_until(
            lambda: "runtide_worker_lag_records{" in _text(f"{url}/metrics"),
            what="the worker has partitions",
        )
        return url

    def start_query_api(self) -> str:
        """Start a query API, and return where it answers once it does."""
        port = free_port()
        self._start("query-api", port, self._settings | self._files)
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _text(f"{url}/api/v1/ready"), what="the query API is ready")
        return url

    def close(self) -> None:
        """End every service."""
        self._stack.close()

    def _start(self, service: str, port: int, settings: dict[str, str]) -> None:
        command = ["runtide.cli", "serve", service, "--port", str(port)]
        process = Process(command, home=self._folder / "home", settings=settings)
        self._stack.callback(process.kill)


def ready_reason(url: str) -> str | None:
    """Return why a service is not ready, or None when it is."""
    try:
        _text(f"{url}/ready", raises=True)
    except urllib.error.HTTPError as exc:
        with exc:
            reason: str = json.loads(exc.read())["reason"]
        return reason
    return None


def _text(url: str, *, raises: bool = False) -> str:
    handled = () if raises else (OSError,)
    with contextlib.suppress(*handled), urllib.request.urlopen(url, timeout=5) as answer:
        text: str = answer.read().decode()
        return text
    return ""


@contextlib.contextmanager
def running_services(
    folder: Path, *, bootstrap: str, store_url: str, topic: str
) -> Iterator[Services]:
    """Yield services of which none is started yet, and end with the block those that were."""
    services = Services(folder, bootstrap=bootstrap, store_url=store_url, topic=topic)
    (folder / "files").mkdir()
    (folder / "home").mkdir()
    try:
        yield services
    finally:
        services.close()
