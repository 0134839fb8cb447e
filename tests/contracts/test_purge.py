"""What a purge leaves of a run, and what it leaves of others."""

from collections.abc import Iterator

import pytest

from processors.life.expiry import Expiry, Rules, due_runs
from processors.life.purge import Purger
from runtide.core.events import RunCreated, SnapshotTaken
from runtide.core.model_events import ModelRegistered
from runtide.core.names import model_key
from runtide.log.port import Item
from runtide.store.layouts import Layout
from runtide.store.run_rows import run_tables
from tests.building import points
from tests.dumps import contents
from tests.recorded_life import DONE, T, everything, stored
from tests.system import System, running_system

DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("data")) as running:
        yield running


def purge(system: System, *runs: str, erase: bool = False) -> None:
    system.fold_all()
    body = {"runs": list(runs), "erase": erase}
    answer = system.client.post("/api/v1/purges", json=body)
    assert answer.status_code == 202, answer.text
    Purger(system.store, system.artifacts, log=system.log).purge_pending()


def left(system: System, run: str) -> dict[str, int]:
    rows: dict[str, int] = system.get(f"/purges?runs={run}")["rows"]
    return {table: count for table, count in rows.items() if count}


def test_purge_leaves_no_row_of_a_run_and_every_bit_of_another(system: System) -> None:
    for run in ("p-goes", "p-stays"):
        system.start_run(run, *everything(run, stored(system, run.encode())))
    system.log.append([Item("p-goes", b"garbage")])
    system.fold_all()
    before, had = contents(system.store, of_run="p-stays"), left(system, "p-goes")

    purge(system, "p-goes")

    assert len(had) > 15
    assert left(system, "p-goes") == {}
    assert contents(system.store, of_run="p-stays") == before


def test_what_comes_of_a_purged_run_is_not_folded(system: System) -> None:
    system.start_run("p-late", DONE)
    purge(system, "p-late")

    system.append("p-late", RunCreated(experiment="e", name="n", created_us=1), points("m", 1.0))

    assert left(system, "p-late") == {}
    assert system.get("/runs?runs=p-late")["items"] == []


def test_file_goes_only_when_nothing_else_has_it(system: System) -> None:
    """Bytes are stored once for all who have them, runs in the bin and models among them."""
    own, shared, modelled, manifest = (
        stored(system, content) for content in (b"own", b"shared", b"modelled", b"manifest")
    )
    system.start_run("p-files", *everything("p-files", own))
    system.append(
        "p-files", *everything("p-files", shared)[5:7], *everything("p-files", modelled)[4:5]
    )
    system.append(
        "p-files",
        SnapshotTaken(
            snapshot_id="s", manifest_sha256=manifest.sha256, file_count=1, size_bytes=1, ts_us=T
        ),
    )
    system.start_run("p-bin", *everything("p-bin", shared))
    files = [{"path": "m", "sha256": modelled.sha256, "size_bytes": 1}]
    system.append(
        model_key("pm"), ModelRegistered(registration="x", files=files, ts_us=T, run="p-files")
    )
    system.fold_all()
    system.client.delete("/api/v1/runs/p-bin")

    purge(system, "p-files")

    found = [system.artifacts.find_size(b.sha256) for b in (own, manifest, shared, modelled)]
    assert found == [None, None, 6, 8]


def test_purge_that_is_cut_short_is_gone_on_with(system: System) -> None:
    """Whatever statement it dies behind, the next purge sees that something is left."""
    for cut in (0, 11):
        run = f"p-cut-{cut}"
        system.start_run(run, *everything(run, stored(system, run.encode())))
        system.fold_all()
        system.client.post("/api/v1/purges", json={"runs": [run]})
        dying = Purger(_Dying(system, cut), system.artifacts, log=system.log)  # type: ignore[arg-type]  # as much of a store as it needs
        try:
            dying.purge_pending()
        except _Killed:
            assert left(system, run)["runs"]

        Purger(system.store, system.artifacts, log=system.log).purge_pending()

        assert left(system, run) == {}


def test_rows_are_removed_from_every_shard(system: System) -> None:
    """A run's rows are in one shard; a statement that goes to all of them need not know which."""
    system.start_run("p-shard", DONE)
    system.fold_all()
    system.client.post("/api/v1/purges", json={"runs": ["p-shard"]})
    dying = _Dying(system, 0)
    layout = Layout("sharded", "main", "runtide")

    with pytest.raises(_Killed):
        Purger(dying, None, layout=layout).purge_pending()  # type: ignore[arg-type]  # as above

    assert dying.refused == (
        "ALTER TABLE ingest_writers_local ON CLUSTER `main` DELETE WHERE run_id IN ('p-shard') "
        "SETTINGS mutations_sync = 2"
    )
    Purger(system.store, None).purge_pending()


class _Killed(Exception):
    pass


class _Dying:
    """A store that ends the process, as it were, at its statement number `at`."""

    def __init__(self, system: System, at: int) -> None:
        self._store, self._left = system.store, at
        self.refused = ""

    def query(self, *arguments: object) -> object:
        return self._store.query(*arguments)  # type: ignore[arg-type]  # passed on

    def command(self, sql: str) -> None:
        self._left -= 1
        if self._left < 0:
            self.refused = sql
            raise _Killed
        self._store.command(sql)


def test_every_table_of_runs_is_purged(system: System) -> None:
    """A table that is added is found by its column."""
    assert {"scalars", "rollups", "metrics", "dead_letters", "archive"} < set(
        run_tables(system.store)
    )
    assert run_tables(system.store)[-1] == "runs"


def test_deleted_runs_and_old_ones_are_due_when_their_days_are_over(system: System) -> None:
    system.start_run("p-binned", DONE, workspace="lab")
    system.start_run("p-old", DONE, workspace="lab")
    system.start_run("p-open", workspace="lab")
    system.start_run("p-other", DONE, workspace="other")
    system.fold_all()
    system.client.delete("/api/v1/runs/p-binned")
    now_us = system.get("/runs?deleted=true&filter=workspace%20%3D%20lab")["items"][0]["deleted_us"]
    rules = Rules(bin_days=1, days_by_workspace={"lab": 30})

    def due(at_us: int) -> list[str]:
        return [
            one.run_id
            for one in due_runs(system.store, rules, now_us=at_us)
            if one.workspace == "lab"
        ]

    assert due(T) == []
    assert "p-old" not in due(T + 29 * DAY_US)
    assert "p-old" in due(T + 31 * DAY_US)
    assert "p-binned" not in due(now_us + DAY_US // 2)
    assert "p-binned" in due(now_us + 2 * DAY_US)
    assert "p-open" not in due(T + 1000 * DAY_US)


def test_run_whose_time_is_over_is_purged_once_and_by_its_cause(system: System) -> None:
    system.start_run("p-over", DONE, workspace="brief")
    system.fold_all()
    expiry = Expiry(system.log, system.store, Rules(None, {"brief": 1}))

    said = [expiry.say(now_us=T + 2 * DAY_US) for _ in range(2)]
    system.fold_all()
    later = expiry.say(now_us=T + 2 * DAY_US)
    Purger(system.store, system.artifacts).purge_pending()

    assert [len(one) for one in said] == [1, 0]
    assert later == []
    assert left(system, "p-over") == {}
    found = system.store.query("SELECT by FROM purged_runs FINAL WHERE run_id = 'p-over'")
    assert found.to_pydict() == {"by": ["retention"]}
