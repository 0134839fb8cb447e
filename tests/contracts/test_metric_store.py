"""What `runtide.store.port.MetricStore` promises, of every engine that can be had."""

import subprocess
import sys
import threading
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from runtide.errors import StoreUnavailable
from runtide.store.port import MetricStore
from tests.bridge import Bridge, running_bridge
from tests.contracts.store_process import rows
from tests.engine import (
    NAMED_SERVER,
    ONE_SHARD,
    drop_store,
    empty_store,
    server_store,
    sharded_store,
)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server that the tests of this file share; every store has its own database."""
    access = {"user": "me", "password": "open sesame"}
    with running_bridge(tmp_path_factory.mktemp("bridge"), config=ONE_SHARD, **access) as one:
        yield one


@pytest.fixture(params=["chdb", "bridge", "sharded", *(["server"] if NAMED_SERVER else [])])
def store(request: pytest.FixtureRequest) -> Iterator[MetricStore]:
    """Return a store with empty tables in each engine in turn."""
    match request.param:
        case "chdb":
            opened = empty_store()
        case "bridge":
            url = request.getfixturevalue("bridge").url
            opened = server_store(url=url, user="me", password="open sesame")
        case "sharded":
            url = request.getfixturevalue("bridge").url
            opened = sharded_store(url=url, user="me", password="open sesame")
        case "server":
            opened = server_store(**NAMED_SERVER)
        case other:
            pytest.fail(f"no engine called {other!r}")
    yield opened
    drop_store(opened)


def progress(partition: int, next_offset: int) -> pa.Table:
    return pa.table(
        {
            "partition": pa.array([partition], pa.uint32()),
            "next_offset": pa.array([next_offset], pa.uint64()),
        }
    )


def row_count(store: MetricStore, table: str) -> int:
    (row,) = store.query(f"SELECT count() AS n FROM {table}").to_pylist()
    return int(row["n"])


def test_inserted_rows_are_seen_by_the_next_query(store: MetricStore) -> None:
    """Promise 1: the fold says that a record can be queried, and then it can."""
    store.insert("ingest_progress", progress(7, 42), token="one")

    found = store.query("SELECT partition, next_offset FROM ingest_progress")

    assert found.to_pylist() == [{"partition": 7, "next_offset": 42}]


def test_insert_with_a_token_happens_once(store: MetricStore) -> None:
    """Promise 2: a retry whose first attempt did succeed must not double anything."""
    for _ in range(3):
        store.insert("parked", rows(1), token="same")
    store.insert("parked", rows(1), token="other")

    assert row_count(store, "parked") == 6


def test_one_token_may_be_used_for_every_table(store: MetricStore) -> None:
    """The fold names a batch by its offsets, for all of the tables that it fills."""
    store.insert("parked", rows(1), token="0:0-5")
    store.insert("ingest_progress", progress(0, 5), token="0:0-5")

    assert (row_count(store, "parked"), row_count(store, "ingest_progress")) == (3, 1)


@pytest.mark.parametrize(
    "text",
    ["plain", "it's", '"', "\\", "a\nb\tc", "größe 🎈", "'; DROP TABLE runs; --", "{x:Int8}", ""],
)
def test_parameters_are_bound_exactly(store: MetricStore, text: str) -> None:
    """Promise 3: what users named their things never becomes part of a statement."""
    (alone,) = store.query("SELECT {t:String} AS t", {"t": text}).to_pylist()
    (inside,) = store.query("SELECT {t:Array(String)} AS t", {"t": [text, "x"]}).to_pylist()

    assert alone["t"] == text
    assert inside["t"] == [text, "x"]


def test_threads_may_insert_and_query_at_once(store: MetricStore) -> None:
    """Promise 4: the fold writes while every request of the query API reads."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for i in range(5):
                store.insert("parked", rows(number * 10 + i), token=f"{number} {i}")
                assert row_count(store, "parked") >= 3 * (i + 1)
        except BaseException as exc:  # noqa: BLE001  # a thread's failure is the test's
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert row_count(store, "parked") == 4 * 5 * 3


@pytest.mark.parametrize("sql", ["SELEKT 1", "SELECT * FROM nowhere", "SELECT {x:UInt8}"])
def test_statement_that_the_engine_refuses_is_unavailable(store: MetricStore, sql: str) -> None:
    """The engine's own exceptions stay behind its door."""
    with pytest.raises(StoreUnavailable, match="the read model could not"):
        store.query(sql)
    with pytest.raises(StoreUnavailable, match="the read model could not"):
        store.command(sql)


def test_insert_into_a_table_that_is_not_there_is_unavailable(store: MetricStore) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        store.insert("nowhere", progress(0, 0), token="x")


def test_bare_names_mean_this_stores_database() -> None:
    """Two stores of one engine do not see each other's tables."""
    one, other = empty_store(), empty_store()
    other.insert("ingest_progress", progress(0, 9), token="x")

    assert row_count(one, "ingest_progress") == 0
    assert row_count(other, "ingest_progress") == 1
    drop_store(one)
    drop_store(other)


def test_closed_store_may_be_closed_again() -> None:
    store = empty_store()
    store.close()
    store.close()


def test_chdb_keeps_what_it_acknowledged_through_sigkill(tmp_path: Path) -> None:
    """Promises 1 and 2 across a crash: nothing acknowledged is lost, no retry doubles it."""
    script = [sys.executable, "-m", "tests.contracts.store_process", str(tmp_path)]
    with subprocess.Popen([*script, "insert", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acked = 0
        while acked < 12:
            acked = int(process.stdout.readline().split()[1])
        process.kill()

    done = subprocess.run(
        [*script, "read", str(acked)], check=True, capture_output=True, text=True, timeout=60
    )

    found = literal_eval(done.stdout)
    assert found[:acked] == [{"seq": number, "n": 3} for number in range(acked)]
    # One more may have been stored whose acknowledgement did not come through.
    assert all(row["n"] == 3 for row in found[acked:])
