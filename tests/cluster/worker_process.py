"""A worker as a process that may die at a certain insert: `python -m tests.cluster.worker_process`.

Its only argument is JSON with the fields of `WorkerOptions`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from processors.drivers.faust_app import run_worker
from processors.life.expiry import Expiry, Rules
from processors.life.purge import Purger
from runtide.cluster.patience import patiently
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from tests.cluster.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from runtide.store.port import MetricStore


class WorkerOptions(NamedTuple):
    """What a worker is started with.

    Attributes:
        dies_at: The name of a table and a number: at so many inserts into it the process is
            killed, before the insert or, with `dies_after`, when it has been made.
    """

    bootstrap: str
    topic: str
    dead_letter_topic: str
    group: str
    store_url: str
    port: int
    dies_at: tuple[str, int] | None = None
    dies_after: bool = False


class DyingStore:
    """A store whose process is killed at a certain insert."""

    def __init__(self, store: MetricStore, options: WorkerOptions) -> None:
        self._store = store
        self._table, self._left = options.dies_at or ("", 0)
        self._dies_after = options.dies_after

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        if table == self._table:
            self._left -= 1
        is_last = table == self._table and self._left <= 0
        if is_last and not self._dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        self._store.insert(table, rows, token=token)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self._store.query(sql, parameters)

    def command(self, sql: str) -> None:
        self._store.command(sql)

    def close(self) -> None:
        self._store.close()


def main() -> None:
    """Run the worker until it is told to stop, or dies as it was told."""
    options = WorkerOptions(**json.loads(sys.argv[1]))
    logging.basicConfig(level=logging.WARNING)
    settings = KafkaSettings(
        bootstrap=(options.bootstrap,),
        topic=options.topic,
        dead_letter_topic=options.dead_letter_topic,
    )
    store = patiently(lambda: open_store(options.store_url))
    log = patiently(lambda: KafkaLog(settings))
    run_worker(
        settings=settings,
        group=options.group,
        log=log,
        store=DyingStore(store, options) if options.dies_at else store,
        host="127.0.0.1",
        port=options.port,
        purger=Purger(store, None),
        expiry=Expiry(log, store, Rules(None, {})),
        archives=True,
    )


if __name__ == "__main__":
    main()
