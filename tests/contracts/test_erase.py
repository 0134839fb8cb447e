"""An erased run is in no file of the data folder."""

from pathlib import Path

from processors.life.purge import Purger
from runtide.core.events import ConfigSet, RunDescribed, Strings, TagsChanged, TextLogged
from runtide.log.port import Item
from runtide.store.engine import open_chdb
from runtide.store.migrate import migrate
from runtide.store.run_rows import TOMBSTONES, hurried_tables, run_tables
from tests.building import points
from tests.recorded_life import DONE, T, everything, stored
from tests.system import running_system

SECRET = "sesame-open-4711"  # what a user logged by mistake


def holding(folder: Path) -> list[str]:
    """Return the files below `folder` that have the secret in them."""
    found = []
    for path in folder.rglob("*"):
        try:
            has_it = path.is_file() and SECRET.encode() in path.read_bytes()
        except FileNotFoundError:
            continue
        if has_it:
            found.append(str(path.relative_to(folder)))
    return found


def test_no_byte_of_an_erased_run_is_in_any_file_of_the_folder(tmp_path: Path) -> None:
    """Log, write-ahead log, tables with their old parts, dead letters, archive and files."""
    store = open_chdb(tmp_path)
    migrate(store)
    for table in (*run_tables(store), TOMBSTONES):
        # As if half a minute had passed before the engine looks for old parts.
        store.command(
            f"ALTER TABLE {table} MODIFY SETTING cleanup_delay_period = 1, "
            f"max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0"
        )
        store.command(f"DETACH TABLE {table}")
        store.command(f"ATTACH TABLE {table}")
    with running_system(tmp_path, store) as system:
        system.start_run("stays", *everything("stays", stored(system, b"other")))
        system.start_run("r", *everything("r", stored(system, SECRET.encode())), name=SECRET)
        system.append(
            "r",
            points(SECRET, 1.0),
            Strings(name="s", n=1, value=[SECRET], step=[0], ts_us=[T]),
            TextLogged(file="log", text=SECRET, ts_us=T),
            TagsChanged(ts_us=T, set={SECRET: SECRET}),
            ConfigSet(ts_us=T, set={"key": SECRET}),
            RunDescribed(ts_us=T, description=SECRET),
            DONE,
        )
        system.log.append([Item("r", SECRET.encode())])
        system.fold_all()
        before = holding(tmp_path)
        body = {"runs": ["r"], "erase": True}
        assert system.client.post("/api/v1/purges", json=body).status_code == 202

        purger = Purger(store, system.artifacts, log=system.log)
        purger.purge_pending()

        assert {path.split("/")[0] for path in before} >= {"artifacts", "clickhouse"}
        assert any(path.startswith("events.db") for path in before)
        assert holding(tmp_path) == []
        assert hurried_tables(store) == []
        places = [record.offset for record in system.log.read(0, 0, bytes_max=1 << 30)]
        assert places == list(range(system.log.end(0))), "an erased record keeps its place"

        system.client.post("/api/v1/purges", json={"runs": ["stays"]})
        system.fold_all()
        purger.purge_pending()
        had = system.get("/purges?runs=stays")["log_records"]
        system.client.post("/api/v1/purges", json={"runs": ["stays"], "erase": True})
        system.fold_all()
        purger.purge_pending()

        left = system.get("/purges?runs=stays")
        assert (had, left["log_records"]) == (2, 1), "a purged run can be erased later"
        assert not any(left["rows"].values())
