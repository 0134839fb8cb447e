"""Histories with every kind of event and of mishap, and folds and replays of them."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from processors.core.replay import process_name
from processors.drivers.local import LocalFold
from processors.replay.history import History
from processors.replay.replay import Replay
from processors.replay.tables import Names
from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import Event, ViewSaved
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import access_key, experiment_key, model_key
from runtide.log.port import EventLog, Item
from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import PLAIN
from runtide.store.migrate import migrate
from tests.cluster.workload import Workload
from tests.dumps import contents
from tests.engine import beside, drop_store, empty_store

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

VERSION = "1.2.3"
VIEWS_KEY = experiment_key("faults")
MODEL_KEY = model_key("faults")
ACCESS_KEY = access_key("0123456789ab")


class Script:
    """What scripts append to a log over time, the same for the same seed.

    Beside every kind of event: envelopes that come again or never come, unreadable records,
    events of a type that is not known yet, saved views of the experiment, versions of a
    model, and a token.
    """

    def __init__(self, log: EventLog, seed: int = 7) -> None:
        self._log = log
        self._workload = Workload(seed, run_count=9)
        self._random = random.Random(seed)
        self._sent: list[Item] = []
        self._seq = 0

    def append(self, count: int) -> None:
        """Append about `count` records."""
        for item in self._workload.items(count):
            chance = self._random.random()
            if chance < 0.05:
                continue
            if chance < 0.1 and self._sent:
                self._log.append([self._random.choice(self._sent)])
            if chance > 0.97:
                self._log.append([Item(item.run, b"\xff garbage")])
            if chance > 0.7:
                item = Item(item.run, _with_unknown_event(item.value))  # noqa: PLW2901  # as sent
            self._log.append([item])
            self._sent.append(item)
        self._seq += 1
        self._save_views()
        self._register_versions()
        self._give_access()

    def _save_views(self) -> None:
        """Append what makes one view, replaces another and deletes a third."""
        named = [ViewSaved(name=f"view {self._seq}", query="sort=name", ts_us=1)]
        named.append(ViewSaved(name="best", query=f"q={self._seq}", ts_us=2))
        named.append(ViewSaved(name=f"view {self._seq - 1}", query=None, ts_us=3))
        self._append_of(VIEWS_KEY, *named)

    def _register_versions(self) -> None:
        """Append what makes one version of a model, and stages and deletes those before."""
        files = [{"path": "m", "sha256": "s", "size_bytes": self._seq}]
        self._append_of(
            MODEL_KEY,
            ModelRegistered(registration=f"{self._seq}", files=files, ts_us=1, tags={"a": None}),
            ModelEdited(registration=f"{self._seq - 1}", ts_us=2, stage="tried", set={"b": "c"}),
            ModelEdited(registration=f"{self._seq - 2}", ts_us=3, deleted=True, remove=["b"]),
        )

    def _give_access(self) -> None:
        """Append what makes a token, uses it and takes it back, and who did it."""
        self._append_of(
            ACCESS_KEY,
            TokenCreated(secret_sha256="0" * 64, workspace="lab", role="reader", ts_us=1),
            TokenUsed(ts_us=self._seq),
            TokenRevoked(ts_us=self._seq + 1),
            Audited(actor="ada", action="token.revoke", subject=f"{self._seq}", ts_us=2),
        )

    def _append_of(self, key: str, *events: Event) -> None:
        value = encode_envelope(
            run=key,
            writer="query-api-1",
            seq=self._seq,
            sent_us=4,
            events=[event_document(event) for event in events],
        )
        self._log.append([Item(key, value)])

    def end_runs(self) -> None:
        """Append what completes every run."""
        self._log.append(self._workload.ends())


def _with_unknown_event(value: bytes) -> bytes:
    envelope = orjson.loads(value)
    envelope["events"].append({"type": "dream", "of": "sheep"})
    return orjson.dumps(envelope)


@contextmanager
def folding(log: EventLog, store: MetricStore) -> Iterator[LocalFold]:
    """Fold `log` into `store` until the end of the block."""
    fold = LocalFold(log, store)
    fold.start()
    try:
        yield fold
    finally:
        fold.stop()


def wait_until_folded(log: EventLog, fold: LocalFold) -> None:
    """Wait until the fold has reached what the log holds now."""
    for partition in range(log.partition_count):
        assert fold.wait_until(partition, log.end(partition), timeout_s=60), fold.failure


def fold_all(log: EventLog, store: MetricStore) -> None:
    """Fold all that the log holds now."""
    with folding(log, store) as fold:
        wait_until_folded(log, fold)


def replay_of(
    log: EventLog, live: ClickHouseStore, *, name: str = "v2", pid: int = 0, **options: Any
) -> Replay:
    """Return a replay of `log` beside `live`, in the engine of the tests."""

    def open_beside(database: str) -> ClickHouseStore:
        store = beside(live, database)
        migrate(store)
        return store

    names = Names(
        name=name,
        database=live._database,
        process=process_name("tests", pid or os.getpid()),
        layout=PLAIN,
    )
    history = log if isinstance(log, History) else History(log, options.pop("archive", None))
    return Replay(history, live, open_beside=open_beside, names=names, **options)


def expected_contents(log: EventLog) -> dict[str, bytes]:
    """Return what a first fold of the log gives, table by table."""
    again = empty_store()
    try:
        fold_all(log, again)
        return contents(again)
    finally:
        drop_store(again)


def differing_tables(log: EventLog, store: MetricStore) -> list[str]:
    """Return the tables of `store` that are not what a first fold of the log gives."""
    want, got = expected_contents(log), contents(store)
    return [table for table in want if got[table] != want[table]]
