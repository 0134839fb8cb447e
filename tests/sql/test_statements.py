"""What analysts write runs, and means what it would without the gate; what harms does not run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from query_api.core.sql_gate import admit
from query_api.core.sql_syntax import check_syntax
from query_api.core.sql_tables import TABLES
from query_api.reads.sql import Asked, Desk
from runtide.errors import SqlFailed, SqlRefused
from runtide.store.sql_limits import SqlLimits
from tests.analyzed import RUN_IDS, SECRET, record
from tests.statements import HONEST, HOSTILE
from tests.system import System, running_system

LIMITS = SqlLimits(time_s=20, rows=10_000, memory_bytes=500_000_000)


class Lab(NamedTuple):
    """A system with two workspaces, a file that no statement may read, one none may write."""

    system: System
    desk: Desk
    secret: Path
    written: Path

    def ask(self, query: str, workspace: str = "default") -> dict[str, Any]:
        filled = query.replace("{secret}", str(self.secret)).replace("{written}", str(self.written))
        return self.desk.answer(Asked(filled, {}, workspace, "tests"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with running_system(folder) as system:
        record(system)
        secret = folder / "secret.txt"
        secret.write_text(SECRET)
        yield Lab(system, Desk(system.store.analysis(LIMITS)), secret, folder / "written.txt")


@pytest.fixture(scope="module")
def plain(lab: Lab) -> Iterator[str]:
    """A database in which the engine alone finds the analyst's tables of `default`."""
    here = lab.system.store._database
    lab.system.store.command(f"CREATE DATABASE {here}_plain")
    for table in TABLES:
        counted = ", counted = 1" if table.name == "metrics" else ""
        lab.system.store.command(
            f"CREATE TABLE {here}_plain.{table.name} ENGINE = Memory AS "
            f"SELECT * FROM {here}.sql_{table.name}(workspace = 'default'{counted})"
        )
    yield f"{here}_plain"
    lab.system.store.command(f"DROP DATABASE {here}_plain SYNC")


def test_the_corpora_are_as_large_as_they_are_said_to_be() -> None:
    assert len(set(HOSTILE)) >= 300
    assert len(set(HONEST)) >= 200


def test_every_hostile_statement_is_refused(lab: Lab) -> None:
    let_through = [query for query in HOSTILE if not _is_refused(lab, query)]

    assert let_through == []
    assert not lab.written.exists()
    assert len(lab.ask("SELECT * FROM runs")["rows"]) == len(RUN_IDS)


def _is_refused(lab: Lab, query: str) -> bool:
    try:
        lab.ask(query)
    except SqlRefused as exc:
        return SECRET not in str(exc).replace(query, "")
    except SqlFailed as exc:
        # Let through, and then there is nothing of that name.
        return "Unknown" in str(exc)
    return False


def test_every_honest_statement_answers_as_the_engine_alone_does_about_one_workspace(
    lab: Lab, plain: str
) -> None:
    analysis = lab.desk.analysis
    assert analysis is not None
    client = analysis._connect({})
    client.database = plain
    wrong = []
    for query in HONEST:
        bare = query.replace("runtide.", "")
        try:
            want = [list(row) for row in client.query(bare).result_rows]
            sql, bound = _bound(query)
            with analysis.session("honest") as session:
                check_syntax(session.syntax(sql, bound), workspace="default")
                got = [list(row) for row in session.run(sql, bound).rows]
        except Exception as exc:  # noqa: BLE001  # every kind of failure is listed
            wrong.append((query, str(exc)[:300]))
            continue
        if _comparable(want) != _comparable(got) or SECRET in repr(got):
            wrong.append((query, f"{want[:2]} != {got[:2]}"))
    client.close()

    assert wrong == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_columns_that_its_description_says(lab: Lab, table: Any) -> None:
    answer = lab.ask(f"SELECT * FROM {table.name}")

    assert [(c["name"], c["type"]) for c in answer["columns"]] == [
        (c.name, c.type) for c in table.columns
    ]
    assert answer["row_count"] > 0
    assert SECRET not in repr(answer["rows"])
    assert SECRET in repr(lab.ask(f"SELECT * FROM {table.name}", "other")["rows"])


def test_a_condition_is_not_computed_for_rows_of_another_workspace(lab: Lab) -> None:
    for query in (
        "SELECT count() FROM tags WHERE toUInt64(if(endsWith(assumeNotNull(value), '91'), 'x', '1')) > 0",
        "SELECT count() FROM logs WHERE toUInt64(if(position(text, 'sesame') > 0, 'x', '1')) > 0",
        "SELECT count() FROM runs WHERE toUInt64(if(position(host, 'sesame') > 0, 'x', '1')) > 0",
        "SELECT count() FROM scalars WHERE toUInt64(if(position(name, 'sesame') > 0, 'x', '1')) > 0",
        "SELECT count() FROM config WHERE toUInt64(if(position(text, 'sesame') > 0, 'x', '1')) > 0",
        "SELECT count() FROM metrics WHERE toUInt64(if(position(name, 'sesame') > 0, 'x', '1')) > 0",
        "SELECT count() FROM files WHERE toUInt64(if(position(path, 'sesame') > 0, 'x', '1')) > 0",
    ):
        assert lab.ask(query)["rows"][0][0] > 0


def _bound(query: str) -> tuple[str, dict[str, object]]:
    sql = admit(query).sql
    return sql, {"runtide_workspace": "default"} if "{runtide_workspace" in sql else {}


def _comparable(rows: list[list[Any]]) -> list[str]:
    return sorted(repr([_rounded(value) for value in row]) for row in rows)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return "nan" if math.isnan(value) else float(f"{value:.9g}")
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
