"""SQL from Python and the command line, over one system that they reach by HTTP."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import runtide
from runtide import Workspace
from runtide.cli.app import run as run_command_line
from runtide.errors import UsageError
from tests.system import System, running_system
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Command = Callable[..., tuple[int, str, str]]

VALUES = (0.5, math.nan, -math.inf)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder that runs log to."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def system(home: Path) -> Iterator[System]:
    """Return a system of `home` with one run."""
    with running_system(home) as running:
        with runtide.init("exp", "calm-reef", home=home, config={"lr": 0.1}) as run:
            for step, value in enumerate(VALUES):
                run.log("loss", value, step=step)
        yield running


@pytest.fixture
def workspace(system: System, home: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return the workspace that the system answers for."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_QUERY_URL", system.url)
    return Workspace()


@pytest.fixture
def command(
    workspace: Workspace,  # what it sets is the command's too
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> Command:
    """Return what runs a command in an empty folder: exit code, output, errors."""
    del workspace
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["runtide", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            run_command_line()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return ran


LOSSES = "SELECT step, value FROM scalars WHERE name = {name:String} ORDER BY step"


def test_query_answers_as_arrow_with_every_value(workspace: Workspace) -> None:
    table = runtide.query(LOSSES, {"name": "loss"}, workspace=workspace)

    assert isinstance(table, pa.Table)
    assert str(table["value"].to_pylist()) == str(list(VALUES))


def test_rows_are_python_s_own_values(workspace: Workspace) -> None:
    """NaN, infinities and integers beyond 2^53 travel as text where JSON has no number for them."""
    statement = (
        "SELECT value, toInt64(9007199254740993) AS big, created, [value] AS list, NULL AS none "
        "FROM scalars JOIN runs ON runs.run_id = scalars.run_id WHERE step = 2"
    )

    (row,) = workspace.query(statement, as_="rows")

    assert (row["value"], row["big"], row["none"]) == (-math.inf, 2**53 + 1, None)
    assert row["list"] == [-math.inf]
    assert isinstance(row["created"], datetime)
    assert row["created"].tzinfo is not None
    assert abs((datetime.now(UTC) - row["created"]).total_seconds()) < 3600


def test_frames_are_those_of_their_packages(workspace: Workspace) -> None:
    polars_frame = workspace.query(LOSSES, {"name": "loss"}, as_="polars")
    pandas_frame = workspace.query(LOSSES, {"name": "loss"}, as_="pandas")

    assert isinstance(polars_frame, pl.DataFrame)
    assert polars_frame["step"].to_list() == pandas_frame["step"].to_list() == [0, 1, 2]


def test_value_is_bound_and_never_a_part_of_the_statement(workspace: Workspace) -> None:
    hostile = "' OR 1 = 1 --"

    rows = workspace.query("SELECT {text:String} AS text", {"text": hostile}, as_="rows")

    assert rows == [{"text": hostile}]


@pytest.mark.parametrize("value", [object(), {"a": 1}, [object()]], ids=["object", "dict", "list"])
def test_value_that_is_no_parameter_is_refused_by_name(workspace: Workspace, value: object) -> None:
    with pytest.raises(UsageError, match="parameter 'x' is"):
        workspace.query("SELECT {x:String}", {"x": value})


def test_time_is_bound_in_utc(workspace: Workspace) -> None:
    moment = datetime(2026, 11, 29, 12, 30, 1, 250_000, tzinfo=UTC)

    (row,) = workspace.query("SELECT {at:DateTime64(6, 'UTC')} AS at", {"at": moment}, as_="rows")

    assert row["at"] == moment


def test_wrong_statement_says_what_is_wrong(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="nonsense"):
        workspace.query("SELECT nonsense FROM runs")


def test_command_prints_a_table(command: Command) -> None:
    code, said, errors = command("sql", LOSSES, "--param", "name=loss")

    assert code == 0, errors
    heading, _, *lines = said.splitlines()
    assert heading.split() == ["step", "value"]
    assert [line.split() for line in lines] == [["0", "0.5"], ["1", "NaN"], ["2", "-Infinity"]]
    assert "3 rows" in errors


def test_command_reads_its_statement_from_standard_input(command: Command) -> None:
    code, said, errors = command("sql", "--format", "json", stdin="SELECT 7 AS n")

    assert code == 0, errors
    assert json.loads(said) == [{"n": 7}]


def test_command_writes_csv_to_standard_output(command: Command) -> None:
    code, said, errors = command("sql", LOSSES, "--param", "name=loss", "--format", "csv")

    assert code == 0, errors
    assert next(csv.DictReader(io.StringIO(said))) == {"step": "0", "value": "0.5"}


@pytest.mark.parametrize("arguments", [("sql", LOSSES, "--param", "name=loss", "--output")])
def test_command_writes_a_whole_parquet_file(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    code, _, errors = command(*arguments, "losses.parquet")

    assert code == 0, errors
    assert pq.read_table(tmp_path / "losses.parquet")["step"].to_pylist() == [0, 1, 2]


def test_export_takes_a_statement_in_place_of_a_run(command: Command, tmp_path: Path) -> None:
    code, _, errors = command("export", "--sql", "SELECT name FROM runs", "--to", "runs.parquet")

    assert code == 0, errors
    assert pq.read_table(tmp_path / "runs.parquet")["name"].to_pylist() == ["calm-reef"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("sql", "SELECT nonsense FROM runs"), "nonsense"),
        (("sql", "SELECT 1", "--param", "x"), "NAME=VALUE"),
        (("sql", "SELECT 1", "--param", "x=1", "--param", "x=2"), "twice"),
        (("sql", "SELECT 1", "--output", "answer"), "--format"),
        (("sql", "SELECT 1", "--output", "answer.csv", "--format", "table"), "terminal"),
        (("sql", " "), "empty"),
        (("export",), "--sql"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_the_remedy(
    command: Command, arguments: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    code, said, errors = command(*arguments)

    assert (code, said) == (2, "")
    assert word in errors
    assert list(tmp_path.iterdir()) == []


_MANY = "(SELECT arrayJoin(range(1000000)) AS n)"
LONG = f"SELECT count() FROM {_MANY} AS a CROSS JOIN {_MANY} AS b WHERE sipHash64(a.n, b.n) = 1"


def test_interrupt_ends_the_statement_on_the_server(system: System, home: Path) -> None:
    """Whoever is tired of waiting must not leave the work to the others."""
    environment = {
        **{name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"},
        "RUNTIDE_HOME": str(home),
        "RUNTIDE_QUERY_URL": system.url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "runtide.cli", "sql", LONG],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: running_count(system) > 0, what="the statement runs")

        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=30) == 130
        wait_until(lambda: running_count(system) == 0, what="the statement is over")
    finally:
        process.kill()
        process.communicate()


def running_count(system: System) -> int:
    """Return how many statements like ours the engine works at."""
    table = system.store.query(
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64(%' "
        "AND query NOT LIKE '%system.processes%'"
    )
    return int(table["n"][0].as_py())


def test_import_of_runtide_loads_no_pyarrow() -> None:
    code = (
        "import sys, runtide; assert 'pyarrow' not in sys.modules; assert callable(runtide.query)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)

    assert done.returncode == 0, done.stderr
