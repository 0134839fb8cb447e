"""What the tests run over a data folder in processes of their own, one of which dies.

python -m tests.replay.folder_process fold HOME            fold all that the log holds
python -m tests.replay.folder_process spoil HOME           change a row of one run
python -m tests.replay.folder_process replay HOME NUMBER   replay; die at a change of that number
python -m tests.replay.folder_process swap HOME TEXT       replay; die after a statement with TEXT
python -m tests.replay.folder_process verify HOME          print the tables that differ
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from processors.replay.job import ReplayJob, Wishes
from runtide.replays import Tables, folder_tables
from tests.dumps import contents
from tests.replay.histories import fold_all
from tests.replay.stores import WatchedStore


def fold(tables: Tables) -> None:
    """Fold what is there, as a server would."""
    fold_all(tables.history._log, tables.live)


def spoil(tables: Tables) -> None:
    """Change what one run has logged."""
    tables.live.command(
        "ALTER TABLE strings UPDATE text = 'spoilt' WHERE run_id = 'run-7-0' "
        "SETTINGS mutations_sync = 2"
    )


def die_at(tables: Tables, number: str) -> None:
    """Replay into v2 until so many changes of the tables were made, and die before the next."""
    left = int(number)

    def count(_change: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    _replay(tables, before=count)


def die_after(tables: Tables, text: str) -> None:
    """Replay into v2 and die when a statement with this text was made."""

    def look(change: str) -> None:
        if text in change:
            os.kill(os.getpid(), signal.SIGKILL)

    _replay(tables, after=look)


def verify(tables: Tables) -> None:
    """Fold the log once more, and print each table that is not the same."""
    again = tables.open_beside("again")
    fold_all(tables.history._log, again)
    want, got = contents(again), contents(tables.live)
    print(*[table for table in want if got[table] != want[table]])
    tables.live.command("DROP DATABASE again SYNC")


def _replay(tables: Tables, **hooks: Callable[[str], None]) -> None:
    watched = replace(
        tables,
        live=WatchedStore(tables.live, **hooks),
        open_beside=lambda database: WatchedStore(tables.open_beside(database), **hooks),
    )
    job = ReplayJob("v2", "runtide_v2", Wishes(), lambda _: None)
    job.run(watched.replay("v2", on_folded=job.on_folded), version("runtide"))


COMMANDS: dict[str, Callable[..., None]] = {
    "fold": fold,
    "spoil": spoil,
    "replay": die_at,
    "swap": die_after,
    "verify": verify,
}

if __name__ == "__main__":
    with folder_tables(Path(sys.argv[2])) as opened:
        COMMANDS[sys.argv[1]](opened, *sys.argv[3:])
