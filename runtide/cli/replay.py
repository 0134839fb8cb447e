"""`runtide replay`: every table rebuilt from the log beside the live ones, compared, swapped."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runtide.cli.output import FAILED, HomeOption, JsonOption, print_json, stderr, stdout
from runtide.cli.replay_display import ReplayDisplay
from runtide.cli.replay_server import ReplayServer
from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import FolderInUse, UsageError
from runtide.settings import load_settings
from runtide.shared_settings import ClickHouseEnvironment, KafkaEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.replays import Tables


def replay(
    *,
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="NAME", help="Name of the replay, such as v2."),
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option("--drop", metavar="NAME", help="Remove what the replay NAME has left."),
    ] = None,
    compare_only: Annotated[
        bool, typer.Option("--compare-only", help="Fold nothing more and swap nothing.")
    ] = False,
    no_swap: Annotated[
        bool, typer.Option("--no-swap", help="Leave the live tables as they are.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Swap although tables differ, or go on with a swap whose process was killed.",
        ),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rebuild all tables from the log beside the live ones, compare them, and swap.

    The tables are those of the ClickHouse server that RUNTIDE_CLICKHOUSE_URL names, and the log is
    Kafka's; where it names none, or a folder is given, those of the data folder. All else goes on
    meanwhile. Run again after an interruption, it goes on where it was. If tables differ, nothing
    is swapped, and the exit code is 1.

    Example: runtide replay --into v2
    """
    if (into is None) == (drop is None):
        message = "want either `--into NAME` or `--drop NAME`, as in `runtide replay --into v2`"
        raise UsageError(message)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    if drop is not None:
        _drop(drop, home)
        if as_json:
            print_json({"dropped": drop})
        else:
            stdout.print(f"{drop} is removed", markup=False)
        return
    assert into is not None
    wishes = {"folds": not compare_only, "swaps": not (compare_only or no_swap), "forces": force}
    with ReplayDisplay(stderr) as display:
        done = _done(into, wishes, home, display)
    if as_json:
        print_json(done)
    else:
        display.print_result(done, stdout)
    is_equal = done["comparison"] is None or done["comparison"]["equal"]
    if not is_equal and not done["swapped"]:
        if wishes["swaps"]:
            stderr.print(
                "error: tables differ, so nothing was swapped: if that is what the replay is for, "
                "run it again with `--force`",
                style="red",
                markup=False,
            )
        raise typer.Exit(FAILED)


def _done(
    name: str, wishes: dict[str, bool], home: str | None, display: ReplayDisplay
) -> dict[str, Any]:
    """Have the replay done, here or by the server of the folder, and return how it ended."""
    # Here and not above: the engines take a second to load, and `--help` needs none.
    from processors.core.replay import database_of  # noqa: PLC0415  # see above
    from processors.replay.job import ReplayJob, Wishes  # noqa: PLC0415  # see above

    try:
        with _tables(home) as tables:
            job = ReplayJob(
                name,
                database_of(tables.database, name),
                Wishes(**wishes),
                lambda status: display.show(status.document()),
            )
            replay = tables.replay(name, takes_over=wishes["forces"], on_folded=job.on_folded)
            try:
                return job.run(replay, version("runtide")).document()
            finally:
                replay.close()
    except FolderInUse as exc:
        return ReplayServer(exc).replay(name, wishes, display.show)


def _drop(name: str, home: str | None) -> None:
    try:
        with _tables(home) as tables:
            tables.replay(name).drop()
    except FolderInUse as exc:
        ReplayServer(exc).drop(name)


@contextmanager
def _tables(home: str | None) -> Iterator[Tables]:
    server = load_settings(ClickHouseEnvironment).clickhouse()
    if server is None or home is not None:
        from runtide.replays import folder_tables  # noqa: PLC0415  # as above

        with folder_tables(load_settings(EmbeddedSettings, home=home).home) as tables:
            yield tables
        return
    from runtide.cluster.replay import cluster_tables  # noqa: PLC0415  # as above

    with cluster_tables(load_settings(KafkaEnvironment).kafka(), server) as tables:
        yield tables
