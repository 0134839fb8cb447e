"""Whatever somebody sends, the engine is given nothing that reaches beyond their workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query_api.core.sql_gate import admit
from query_api.core.sql_syntax import check_syntax
from runtide.errors import SqlRefused
from runtide.store.analysis import Session
from runtide.store.sql_limits import SqlLimits
from tests.engine import drop_store, empty_store
from tests.statements import HONEST, HOSTILE

TOKENS = re.compile(r"\w+|'[^']*'|\"[^\"]*\"|\s+|.", re.DOTALL)

KERNELS = (
    "file('/etc/passwd')",
    "hostName()",
    "(SELECT count() FROM archive)",
    "(SELECT groupArray(name) FROM system.tables)",
    "1 IN archive",
    "1 IN (dead_letters)",
    "arrayMap(file, ['/etc/passwd'])",
    "joinGet('archive', 'value', 1)",
    "(SELECT * FROM file('/etc/passwd', 'LineAsString'))",
    "(SELECT 1 FROM sql_runs(workspace = 'other'))",
    "system.one.dummy IN system.one",
)
CONTEXTS = (
    "SELECT {}",
    "SELECT * FROM runs WHERE {} = 1",
    "SELECT * FROM (SELECT {} AS x)",
    "WITH t AS (SELECT {} AS x) SELECT x FROM t",
    "WITH {} AS x SELECT x",
    "SELECT count() FROM scalars GROUP BY {}",
    "SELECT count() FROM scalars GROUP BY name HAVING {} > 1",
    "SELECT * FROM runs ORDER BY {} LIMIT 1",
    "SELECT 1 UNION ALL SELECT {}",
    "SELECT if(1, {}, 2)",
    "SELECT arrayMap(x -> {}, [1])",
    "SELECT sum(value) OVER (PARTITION BY {}) FROM scalars",
    "SELECT CASE WHEN {} THEN 1 END",
    "SELECT [{}]",
    "SELECT ({}, 1).1",
    "SELECT * FROM runs JOIN tags ON {} = 1",
    "SELECT * FROM runs ARRAY JOIN [{}] AS x",
    "SELECT * REPLACE ({} AS name) FROM runs",
    "SELECT CAST({} AS String)",
    "SELECT EXTRACT(YEAR FROM {})",
    "SELECT * FROM numbers({})",
    "SELECT quantile({})(value) FROM scalars",
    "SELECT name IN ({}, 'a') FROM runs",
    "SELECT toDate('2026-01-01') + INTERVAL {} DAY",
)
KEYWORD = re.compile(r"the engine reads the function `(SELECT|WHERE|FROM|INTERVAL)`")
BETWEEN = ("", " ", "/**/", "/* ' */", "-- '\n", "\t", "\u00a0", "\ufeff", "\\", ";", "`", "\x00")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    store = empty_store()
    analysis = store.analysis(SqlLimits())
    assert analysis is not None
    with analysis.session("laws") as found:
        yield found
    drop_store(store)


@st.composite
def nested_kernels(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(KERNELS))
    for _ in range(draw(st.integers(1, 3))):
        between = draw(st.sampled_from(BETWEEN))
        context = draw(st.sampled_from(CONTEXTS))
        text = context.format(f"{between}{text}")
        if draw(st.booleans()):
            text = f"({text})"
    return draw(st.sampled_from((text, text.upper(), text.replace(" ", "\n"))))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    statement = st.sampled_from(HONEST + HOSTILE).map(TOKENS.findall)
    tokens = draw(statement)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens)))
        other = draw(statement)
        start = draw(st.integers(0, len(other) - 1))
        until = start + draw(st.integers(0, 8))
        tokens[at : at + draw(st.integers(0, 2))] = other[start:until]
    return "".join(tokens)


@given(query=nested_kernels())
@settings(max_examples=400, deadline=None)
def test_no_nesting_carries_a_hostile_part_through_the_gate(query: str) -> None:
    try:
        sql = admit(query).sql
    except SqlRefused:
        return
    # The kernel that is let through has been made to name nothing.
    assert "identity(file)" in sql or "identity(FILE)" in sql, sql


@given(query=mutations())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_engine_reads_only_views_and_harmless_functions(session: Session, query: str) -> None:
    try:
        sql = admit(query).sql
    except SqlRefused:
        return
    bound = {"runtide_workspace": "default"} if "{runtide_workspace:" in sql else {}
    try:
        lines = session.syntax(sql, bound)
    except ClickHouseError:
        return
    assert _complaint(lines) is None, sql


def _complaint(lines: list[str]) -> str | None:
    """Return what the engine reads beyond what may be, but for words that are no functions."""
    try:
        check_syntax(lines, workspace="default")
    except SqlRefused as exc:
        return None if KEYWORD.match(str(exc)) else str(exc)
    return None


def test_parameters_are_values_whatever_they_hold(tmp_path: Path, session: Session) -> None:
    secret = tmp_path / "secret"
    secret.write_text("sesame")
    for value in (
        "' OR 1 = 1 --",
        "'; DROP TABLE runs",
        f"file('{secret}')",
        "\\' UNION ALL SELECT 1",
        "{x:String}",
        "%s\x00\n\t\\",
        "\u2019 UNION",
    ):
        sql = admit("SELECT {x:String} AS y").sql
        assert [tuple(row) for row in session.run(sql, {"x": value}).rows] == [(value,)]
