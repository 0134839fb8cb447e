"""A cluster of real processes, each of which a test may kill: broker, workers, store."""

from __future__ import annotations

import json
import secrets
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from processors.archive import TABLE, Archive
from processors.drivers.local import LocalFold
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.kafka_topic import open_topic
from runtide.store.migrate import migrate
from runtide.store.progress import StoredProgress
from tests.cluster.stores import open_store
from tests.cluster.worker_process import WorkerOptions
from tests.dumps import contents
from tests.engine import drop_store, empty_store
from tests.forked import Forked
from tests.ports import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.log.port import Record
    from runtide.store.engine import ClickHouseStore


class Worker:
    """One worker's process, and the file with what it said."""

    def __init__(self, options: WorkerOptions, output: Path) -> None:
        self._output = output
        with output.open("a") as said:
            self.process = Forked(
                "tests.cluster.worker_process",
                json.dumps(options._asdict()),
                stdout=said,
                stderr=said,
                has_own_session=True,
            )

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def said(self) -> str:
        """Return what it wrote so far."""
        return self._output.read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an operator would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def wait_until_dead(self) -> int:
        """Return the exit code of a worker that ends by itself."""
        wait_until(
            lambda: not self.is_alive, what=f"the worker ended; it said {self.said()[-2000:]}"
        )
        return self.process.wait()


class Cluster:
    """Workers over one topic and one store.

    Args:
        folder: For what the workers say.
        bootstrap: Where the test and, unless told otherwise, the workers reach the broker.
        store_url: The same of the store.
    """

    def __init__(
        self, folder: Path, *, bootstrap: str, store_url: str, partitions: int = 4
    ) -> None:
        self._folder = folder
        name = secrets.token_hex(6)
        self.settings = KafkaSettings(
            bootstrap=(bootstrap,),
            topic=f"events-{name}",
            dead_letter_topic=f"dead-{name}",
            partitions=partitions,
        )
        self._store_url = store_url
        self.log = KafkaLog(self.settings)
        open_topic(replace(self.settings, topic=self.settings.dead_letter_topic), timeout_s=30)
        self.store: ClickHouseStore = open_store(store_url)
        migrate(self.store)
        self.workers: list[Worker] = []

    def start_worker(self, **changes: Any) -> Worker:
        """Start a worker; `changes` are fields of `WorkerOptions`."""
        options = WorkerOptions(
            bootstrap=self.settings.bootstrap[0],
            topic=self.settings.topic,
            dead_letter_topic=self.settings.dead_letter_topic,
            group=f"fold-{self.settings.topic}",
            store_url=self._store_url,
            port=free_port(),
        )
        output = self._folder / f"worker-{len(self.workers)}.log"
        worker = Worker(options._replace(**changes), output)
        self.workers.append(worker)
        return worker

    def folded_count(self) -> int:
        """Return how many records the checkpoints say are folded."""
        sql = "SELECT toInt64(sum(next_offset)) AS n FROM ingest_progress FINAL"
        count: int = self.store.query(sql).to_pylist()[0]["n"]
        return count

    def script_settings(self, bootstrap: str | None = None) -> dict[str, str]:
        """Return what a script must have in its environment to log to the topic."""
        return {
            "RUNTIDE_URL": f"kafka://{bootstrap or self.settings.bootstrap[0]}/{self.settings.topic}",
            "RUNTIDE_KAFKA_PARTITIONS": str(self.settings.partitions),
        }

    def stored_values(self, name: str) -> dict[str, list[int]]:
        """Return, by run, the integers of the metric `name` in the order of logging."""
        rows = self.store.query(
            f"SELECT run_id, int_value FROM scalars FINAL WHERE name = '{name}' AND kind = 'int' "
            "ORDER BY pos, idx"
        )
        values: dict[str, list[int]] = {}
        for row in rows.to_pylist():
            values.setdefault(row["run_id"], []).append(row["int_value"])
        return values

    def is_folded(self) -> bool:
        """Whether the checkpoints are at the end of the log."""
        progress = StoredProgress(self.store)
        partitions = range(self.log.partition_count)
        return all(progress.next_offset(p) >= self.log.end(p) for p in partitions)

    def wait_until_folded(self) -> None:
        """Wait until some worker has brought the checkpoints to the end of the log."""
        try:
            wait_until(self.is_folded, what="the log is folded", deadline_s=120)
        except AssertionError as exc:
            for worker in self.workers:
                exc.add_note(f"a worker said: {worker.said()[-2_000:]}")
            raise

    def assert_tables_equal_log(self) -> None:
        """Fold the log once more, into empty tables, and compare every row of every table.

        The archive, which a fold does not write, is compared with the log itself.
        """
        self.wait_until_folded()
        archive = Archive(self.store)
        for p in range(self.log.partition_count):
            assert _records(archive, p, self.log.end(p)) == _records(self.log, p, self.log.end(p))
        again = empty_store()
        fold = LocalFold(self.log, again)
        fold.start()
        try:
            for p in range(self.log.partition_count):
                assert fold.wait_until(p, self.log.end(p), timeout_s=120), fold.failure
        finally:
            fold.stop()
        want, got = contents(again), contents(self.store)
        drop_store(again)
        assert [table for table in want.keys() - {TABLE} if got[table] != want[table]] == []

    def close(self) -> None:
        """End every process that is left."""
        for worker in self.workers:
            if worker.is_alive:
                worker.kill()
        self.log.close()
        self.store.close()


def _records(source: KafkaLog | Archive, partition: int, end: int) -> list[Record]:
    found: list[Record] = []
    while (offset := found[-1].offset + 1 if found else 0) < end:
        page = source.read(partition, offset, bytes_max=1 << 24)
        assert page, f"nothing at {offset} of {end}"
        found += page
    return found
