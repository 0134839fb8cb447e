"""The whole fold and the query API over tables that are divided among the shards of a cluster.

One shard, because the tests' engine is one; what is divided, joined and repeated goes the way that
it goes with many.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from processors.sink import read_next_offset, read_run_states
from query_api.core.sql_tables import TABLES
from runtide.core.columns import encode_column
from runtide.core.events import Scalars
from runtide.errors import StoreRefused
from runtide.store.engine import ClickHouseStore
from runtide.store.layouts import Layout
from runtide.store.migrate import find_layout, migrate
from runtide.store.retention import RETAINED_TABLES, apply_retention
from tests.bridge import Bridge, running_bridge
from tests.engine import ONE_SHARD, OneMachine, drop_store, sharded_store
from tests.system import System, running_system


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server with a cluster, which the tests of this file share."""
    folder = tmp_path_factory.mktemp("bridge")
    with running_bridge(folder, config=ONE_SHARD, others={"analyst": "sesame"}) as one:
        yield one


@pytest.fixture
def store(bridge: Bridge) -> Iterator[ClickHouseStore]:
    """Return a store with empty, divided tables."""
    opened = sharded_store(url=bridge.url)
    yield opened
    drop_store(opened)


@pytest.fixture
def system(bridge: Bridge, tmp_path: Path) -> Iterator[System]:
    """Return a system over such a store, with three runs in it."""
    analyst = {"sql_user": "analyst", "sql_password": "sesame"}
    with running_system(tmp_path, sharded_store(url=bridge.url, **analyst)) as running:
        for number, run in enumerate(("a", "b", "c")):
            values = [float(number * 10 + step) for step in range(3)]
            points = Scalars(
                name="loss",
                n=3,
                value=encode_column(values),
                step={"range": [0, 1]},
                ts_us={"range": [100, 10]},
            )
            running.start_run(run, points, parent="a" if run == "c" else None)
        yield running


def test_layout_is_remembered_by_the_engines(store: ClickHouseStore) -> None:
    assert find_layout(store) == ("sharded", "one")


def test_another_cluster_is_refused(store: ClickHouseStore) -> None:
    with pytest.raises(StoreRefused, match="spread over cluster `one`, want `two`"):
        migrate(store, Layout("sharded", "two", store._database))


def test_migrating_again_changes_nothing(store: ClickHouseStore) -> None:
    assert migrate(OneMachine(store), Layout("sharded", "one", store._database)) == []


def test_runs_are_found_by_their_metrics(system: System) -> None:
    """A lookup in one divided table from another is denied, unless it is made where it is."""
    found = system.get("/runs", params={"filter": "metrics.loss.last < 15", "sort": "name"})

    assert [run["run_id"] for run in found["items"]] == ["a", "b"]


def test_runs_are_sorted_by_their_metrics(system: System) -> None:
    found = system.get("/runs", params={"sort": "-metrics.loss.last"})

    assert [run["run_id"] for run in found["items"]] == ["b", "a"]


def test_series_of_several_runs_come_whole(system: System) -> None:
    answer = system.post("/series", {"runs": ["a", "b", "c"], "metrics": ["loss"]})

    assert {one["run"]: one["value"] for one in answer["series"]} == {
        "a": [0.0, 1.0, 2.0],
        "b": [10.0, 11.0, 12.0],
        "c": [20.0, 21.0, 22.0],
    }


def test_metrics_read_back_as_they_were_logged(system: System) -> None:
    assert system.get("/runs/b/metrics") == {"loss": [10.0, 11.0, 12.0]}


def test_long_list_of_runs_is_looked_up(system: System) -> None:
    """Longer than ClickHouse takes as one parameter, so that it comes in pieces."""
    system.fold_all()
    asked = ["a", "b", "c", *(f"{number:040}" for number in range(5_000))]

    assert sorted(read_run_states(system.store, asked)) == ["a", "b", "c"]


def test_children_are_found(system: System) -> None:
    found = system.get("/runs/a/children")

    assert [run["run_id"] for run in found["items"]] == ["c"]


def test_worker_resumes_where_it_was(system: System) -> None:
    system.fold_all()

    assert read_next_offset(system.store, 0) == system.log.end(0)
    assert read_run_states(system.store, ["b"])["b"].run.status == "Running"


def test_repeated_rows_collapse_across_the_cluster(system: System) -> None:
    """Two workers that overlap insert the same rows under different tokens."""
    system.fold_all()
    rows = system.store.query("SELECT * FROM metrics")
    points = system.store.query(
        "SELECT * REPLACE (CAST(kind, 'Int8') AS kind) FROM scalars WHERE run_id = 'b'"
    )
    system.store.insert("scalars", points, token="again")
    assert rows.num_rows == 3

    found = system.store.query("SELECT count() AS n FROM scalars FINAL WHERE run_id = 'b'")

    assert found.to_pylist() == [{"n": 3}]


def test_retention_is_that_of_the_parts(store: ClickHouseStore) -> None:
    layout = Layout("sharded", "one", store._database)

    assert apply_retention(OneMachine(store), 30, layout) == dict.fromkeys(RETAINED_TABLES, 30)
    assert apply_retention(OneMachine(store), 30, layout) == {}


def test_analysts_ask_divided_tables_as_a_user_of_their_own(system: System) -> None:
    query = """
        SELECT run_id, max(value), any(experiment) FROM scalars
        WHERE run_id IN (SELECT run_id FROM runs WHERE parent_id = 'a') GROUP BY run_id
    """

    answer = system.post("/sql", {"query": query})
    metrics = system.post("/sql", {"query": "SELECT run_id, count, last FROM metrics ORDER BY 1"})

    assert answer["rows"] == [["c", 22.0, "exp"]]
    assert metrics["rows"] == [["a", 3, 2.0], ["b", 3, 12.0], ["c", 3, 22.0]]


def test_every_table_of_analysts_can_be_asked_where_tables_are_divided(system: System) -> None:
    for table in TABLES:
        system.post("/sql", {"query": f"SELECT * FROM {table.name}"})


def test_result_comes_from_a_server_as_a_whole_file_or_as_an_error(system: System) -> None:
    """A server that sent what it had so far would end its file with the words of an error."""
    asked = {"query": "SELECT run_id, value FROM scalars ORDER BY value"}
    system.fold_all()
    bodies = {
        form: system.client.post("/api/v1/sql", json={**asked, "format": form}).content
        for form in ("csv", "arrow", "parquet")
    }
    late = {
        "query": "SELECT toUInt8(if(number = 500000, 'x', '1')) FROM numbers(600000)",
        "format": "csv",
    }

    failed = system.client.post("/api/v1/sql", json=late)

    assert bodies["csv"].splitlines()[0] == b'"run_id","value"'
    assert len(bodies["csv"].splitlines()) == 10
    assert pa.ipc.open_stream(bodies["arrow"]).read_all().num_rows == 9
    assert pyarrow.parquet.read_table(pa.BufferReader(bodies["parquet"])).num_rows == 9
    assert (failed.status_code, failed.json()["code"]) == (400, "sql-failed")


def test_analysts_that_the_server_does_not_let_in_run_nothing(
    bridge: Bridge, tmp_path: Path
) -> None:
    store = sharded_store(url=bridge.url, sql_user="analyst", sql_password="wrong")
    with running_system(tmp_path, store) as system:
        answer = system.client.post("/api/v1/sql", json={"query": "SELECT 1"})

    assert answer.status_code == 503
    assert "use-a-clickhouse-server.md" in answer.json()["detail"]


def test_without_a_user_of_their_own_analysts_run_nothing(bridge: Bridge, tmp_path: Path) -> None:
    with running_system(tmp_path, sharded_store(url=bridge.url)) as system:
        answer = system.client.post("/api/v1/sql", json={"query": "SELECT 1"})

    assert answer.status_code == 503
    assert "RUNTIDE_CLICKHOUSE_SQL_USER" in answer.json()["detail"]
