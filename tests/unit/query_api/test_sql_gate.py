"""The gate alone: what it refuses and with what words, and how it writes what it lets through."""

import re

import pytest

from query_api.core.sql_gate import NODES_MAX, QUERY_CHARS_MAX, admit
from query_api.core.sql_syntax import check_syntax
from runtide.errors import SqlRefused
from tests.statements import HONEST, HOSTILE

HARMLESS_ALONE = {
    # The gate lets it through: nothing is called so, and the engine says that.
    "SELECT (WITH archive AS (SELECT 1) SELECT * FROM archive), (SELECT count() FROM archive)",
    "SELECT arrayMap(file, ['{secret}'])",
}


def view(table: str, alias: str = "") -> str:
    called = alias or f'"{table}"'
    return f"sql_{table}(workspace = {{runtide_workspace: String}}) AS {called}"


def test_hostile_statements_are_refused_with_a_reason_and_a_remedy() -> None:
    for query in HOSTILE:
        if query in HARMLESS_ALONE:
            continue
        with pytest.raises(SqlRefused, match=r"(?s).: ."):
            pytest.fail(f"{query!r} became {admit(query).sql!r}")


@pytest.mark.parametrize("query", sorted(HARMLESS_ALONE))
def test_what_might_name_something_outside_is_made_to_name_nothing(query: str) -> None:
    sql = admit(query).sql

    assert "FROM archive" not in sql
    assert "(file" not in sql.replace("identity(file)", "")


def test_what_is_let_through_is_let_through_again_word_for_word() -> None:
    for query in HONEST:
        written = admit(query).sql
        plain = re.sub(r"workspace = \{runtide_workspace: String\}(, counted = .)?", "", written)
        for name in ("runs", "scalars", "metrics", "vectors", "rows", "tables", "images", "files",
                     "logs", "tags", "config", "system"):  # fmt: skip
            plain = plain.replace(f"sql_{name}()", name)
        assert admit(plain.replace('"with_', '"')).sql == written, query


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ("select 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT a -- no more", "SELECT a"),
        ("SELECT * FROM runs", f"SELECT * FROM {view('runs')}"),
        ("SELECT * FROM runtide.runs", f"SELECT * FROM {view('runs')}"),
        ("SELECT runtide.runs.name FROM runs", f"SELECT runs.name FROM {view('runs')}"),
        ("SELECT * FROM scalars FINAL", f"SELECT * FROM {view('scalars')}"),
        (
            "SELECT * FROM scalars AS s FINAL JOIN runs USING (run_id)",
            f"SELECT * FROM {view('scalars', 's')} JOIN {view('runs')} USING (run_id)",
        ),
        (
            "WITH b AS (SELECT 1 AS x) SELECT b.x FROM b",
            'WITH "with_b" AS (SELECT 1 AS x) SELECT b.x FROM "with_b" AS "b"',
        ),
        ("SELECT x NOT BETWEEN 1 AND 2", "SELECT (x < 1 OR x > 2)"),
        ("SELECT arrayMap(f, a.b)", "SELECT arrayMap(identity(f), a.b)"),
        ("SELECT arrayMap((f), [1])", "SELECT arrayMap(identity(f), [1])"),
        ("SELECT arrayMap(toString, [1])", "SELECT arrayMap(toString, [1])"),
        ("SELECT groupArraySorted(5)(x)", "SELECT groupArraySorted(5)(x)"),
        ("SELECT sumOrNullIf(x, y)", "SELECT sumOrNullIf(x, y)"),
        ("SELECT 'it''s' || 'a\\'b'", "SELECT 'it''s' || 'a''b'"),
    ],
)
def test_a_statement_is_written_as_it_was_understood(query: str, want: str) -> None:
    assert admit(query).sql == want


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("SELECT max(last) FROM metrics", 0),
        ("SELECT count(), count(*), max(last) FROM metrics", 0),
        ("SELECT name, count FROM metrics", 1),
        ("SELECT m.`count` FROM metrics AS m", 1),
        ("SELECT * FROM metrics", 1),
        ("SELECT m.* FROM metrics AS m", 1),
        ("SELECT COLUMNS('c.*') FROM metrics", 1),
        ("SELECT x FROM (SELECT * FROM metrics)", 1),
        ("SELECT e FROM metrics AS m(a, b, c, d, e)", 1),
        ("SELECT last FROM metrics NATURAL JOIN config", 1),
    ],
)
def test_points_are_counted_where_somebody_asks_for_it(query: str, counted: int) -> None:
    assert f"sql_metrics(workspace = {{runtide_workspace: String}}, counted = {counted})" in (
        admit(query).sql
    )


def test_the_parameters_of_a_statement_are_told() -> None:
    admitted = admit("SELECT {a:Float64}, {b:Array(String)} FROM runs")

    assert admitted.parameters == {"a", "b"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "is empty"),
        ("SELECT " + "1," * QUERY_CHARS_MAX, "characters: at most"),
        ("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "nested too deeply"),
        ("SELECT " + ",".join("1" * (NODES_MAX + 1)), "too long"),
        ("SELECT a FROM runs AS `x\ny`", "do not show"),
        ("SELECT a.b FROM FROM", "at line 1, column"),
        ("SELECT intDiv(1, 2), 3 DIV 2", "write `intDiv"),
        ("SELECT x = ANY (SELECT 1)", "write `IN"),
        ("SELECT 1 IN x", "has(array, value)"),
        ("SELECT x IN UNNEST([1])", "UNNEST"),
        ("SELECT `file`('x')", "quoted"),
        ("SELECT arrayReduce('file', [1])", "no aggregate function"),
        ("SELECT arrayReduce()", "computed"),
        ("SELECT JSONExtract(a, b, concat('In', 't8'))", "type that is computed"),
        ("SELECT accurateCast(a, b)", "type that is computed"),
        ("WITH runs AS (SELECT 1) SELECT * FROM runs", "choose another name"),
        ("SELECT {x:Identifier}", "no type of values"),
        ("SELECT {runtide_x:String}", "without `runtide_`"),
        ("SELECT * FROM runs ARRAY JOIN (SELECT [1]) AS x", "ARRAY JOIN"),
        ("SELECT * FROM runs AS a JOIN tags AS b", "reads differently"),
        ("VALUES ()", "cannot be read"),
        ("SELECT * APPLY()", "may be called"),
        ("SELECT system.bitCount(1)", "of something"),
        ("SELECT 1 IN ((archive AS a))", "stands alone after IN"),
        ("SELECT CAST(1, concat('a', 'b'))", "no SQL that is understood"),
    ],
)
def test_a_refusal_names_what_is_refused(query: str, words: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        admit(query)

    assert words in str(refused.value)


READ = """\
SelectWithUnionQuery (children 1)
 ExpressionList (children 1)
  SelectQuery (children 2)
   ExpressionList (children 2)
    Function arrayMap (children 1)
     ExpressionList (children 2)
      Identifier toString
      Identifier a.b
    Function in (children 1)
     ExpressionList (children 2)
      Identifier x
      Subquery (children 1)
   TablesInSelectQuery (children 1)
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      Function sql_runs (alias runs) (children 1)
       ExpressionList (children 1)
        Function equals (children 1)
         ExpressionList (children 2)
          Identifier workspace
          Literal 'it\\'s'
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      Function numbers (children 1)
       ExpressionList (children 1)
        Literal UInt64_3
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      TableIdentifier with_b (alias b)"""


def test_the_engine_may_read_what_the_gate_writes() -> None:
    check_syntax(READ.splitlines(), workspace="it's")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("with_b (alias b)", "archive", "the table `archive`"),
        ("Function numbers", "Function range", "the function `range`"),
        ("Function in", "Function file", "the function `file`"),
        ("Identifier toString", "Identifier file", "the function `file`"),
        ("Subquery (children 1)", "Identifier archive", "the table `archive` after IN"),
        ("Literal UInt64_3", "Set", "`Set`"),
        ("Literal UInt64_3", "'x", "no name"),
        ("it\\'s", "other", "another workspace"),
        ("Identifier workspace", "Identifier other", "another workspace"),
    ],
)
def test_what_the_engine_reads_beyond_that_is_refused(before: str, after: str, words: str) -> None:
    assert before in READ
    with pytest.raises(SqlRefused) as refused:
        check_syntax(READ.replace(before, after).splitlines(), workspace="it's")

    assert words in str(refused.value)
