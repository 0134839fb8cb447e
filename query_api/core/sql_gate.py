"""The gate that every statement of an analyst passes: parsed, checked, rewritten, written anew.

What the engine is given is not the text that came but what the gate understood of it, so that no
corner of the language can mean one thing here and another there. Everything is refused that is not
listed: kinds of expression, clauses, functions, tables. Each table becomes a view that takes the
workspace as a parameter, and each name from WITH gets a prefix that no table has: wherever a name
might reach beyond the statement, there is nothing of that name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from query_api.core.sql_dialect import Analysis
from query_api.core.sql_functions import BY_NAME, is_aggregate, is_scalar
from query_api.core.sql_nodes import ARGUMENTS, KINDS, NAMED_FUNCTIONS, REMEDY_BY_KIND
from query_api.core.sql_tables import TABLE_NAMES, VIEW_PREFIX
from runtide.errors import SqlRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

QUERY_CHARS_MAX: Final = 50_000
NODES_MAX: Final = 20_000
WORKSPACE_PARAMETER: Final = "runtide_workspace"
"""The parameter that every view gets; parameters of a statement cannot be called so."""

_OWN_PREFIX: Final = "runtide_"
_WITH_PREFIX: Final = "with_"
_DATABASE: Final = "runtide"
_STATE_TYPE: Final = re.compile("aggregate_?function", re.IGNORECASE)
_TABLE_FUNCTIONS: Final = frozenset({"numbers", "generate_series", "generateSeries"})
_TYPED_BY_TEXT: Final = frozenset(
    {
        "accuratecast", "accuratecastornull", "accuratecastordefault", "reinterpret",
        "jsonextract", "jsonextractcaseinsensitive", "dynamicelement", "variantelement",
    }
)  # fmt: skip
"""Functions one of whose arguments is a type, which must be written out."""

_TABLES: Final = ", ".join(f"`{name}`" for name in sorted(TABLE_NAMES))


class Admitted(NamedTuple):
    """A statement as the engine gets it, and the parameters it needs beside the workspace."""

    sql: str
    parameters: frozenset[str]


def admit(query: str) -> Admitted:
    """Return what the engine may be given for `query`.

    Raises:
        SqlRefused: It is no statement that only reads the analyst's tables; the message names what
            is refused and what to write instead.
    """
    if len(query) > QUERY_CHARS_MAX:
        _refuse(f"the statement has {len(query):,} characters", f"at most {QUERY_CHARS_MAX:,}")
    try:
        return _admitted(query)
    except RecursionError:
        _refuse("the statement is nested too deeply", "take parts of it into WITH")


def _admitted(query: str) -> Admitted:
    tree = _parsed(query)
    _check(tree, _OWN_PREFIX)
    _rewrite(tree)
    sql = _written(tree)
    # What was written must read as what was meant: else it is refused rather than run.
    again = _parsed(sql)
    _check(again, "")
    if _written(again) != sql or _leftover(again):
        _refuse("the statement reads differently once written out", "write it more plainly")
    names = {str(node.name) for node in again.find_all(exp.Placeholder)}
    return Admitted(sql, frozenset(names - {WORKSPACE_PARAMETER}))


def _parsed(query: str) -> exp.Query:
    try:
        found = sqlglot.parse(query, dialect=Analysis)
    except SqlglotError as exc:
        _refuse(_parse_error(exc), "correct it, or write it more plainly")
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        _refuse("the statement cannot be read", "write it more plainly")
    statements = [one for one in found if one is not None]
    if not statements:
        _refuse("the statement is empty", "write a SELECT")
    if len(statements) > 1:
        _refuse(f"there are {len(statements)} statements", "send one at a time")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        _refuse(f"the statement is {_kind(tree)}", "only SELECT, WITH and UNION are run")
    return tree


def _parse_error(exc: SqlglotError) -> str:
    first: dict[str, object] = next(iter(getattr(exc, "errors", None) or []), {})
    said = first.get("description") or "it cannot be read"
    place = f" at line {first['line']}, column {first['col']}" if first.get("line") else ""
    near = f", near {first['highlight']!r}" if first.get("highlight") else ""
    return f"the statement is no SQL that is understood here{place}{near} ({str(said).rstrip('.')})"


def _written(tree: exp.Query) -> str:
    return tree.sql(dialect=Analysis, comments=False, normalize_functions=False)


def _check(tree: exp.Query, own_prefix: str) -> None:
    for count, node in enumerate(tree.walk()):
        if count > NODES_MAX:
            _refuse("the statement is too long", "take it apart")
        _check_kind(node)
        if isinstance(node, exp.Table):
            _check_table(node, is_rewritten=not own_prefix)
        elif isinstance(node, exp.Placeholder):
            _check_parameter(node, own_prefix)
        elif isinstance(node, exp.From | exp.Join):
            _check_source(node)
        elif isinstance(node, exp.CTE) and own_prefix and not node.args.get("scalar"):
            _check_with(node)
        else:
            _check_expression(node)


def _check_expression(node: exp.Expr) -> None:
    match node:
        case exp.Literal() if node.is_string and _STATE_TYPE.search(node.name):
            _refuse("a text names the type AggregateFunction", "aggregate in the statement")
        case exp.Identifier() if not node.name.isprintable():
            _refuse(f"the name {node.name!r} has characters that do not show", "leave them out")
        case exp.Dot() if isinstance(node.expression, exp.Func):
            _refuse("a function is called of something", "write its name alone")
        case exp.DataType():
            _check_type(node)
        case exp.In():
            _check_in(node)
        case exp.Apply():
            _check_name(str(node.args.get("expression") or ""))
        case _ if isinstance(node, NAMED_FUNCTIONS):
            _check_function(node)


def _check_kind(node: exp.Expr) -> None:
    kind = type(node)
    if kind not in KINDS:
        _refuse(f"the statement has {_kind(node)}", REMEDY_BY_KIND.get(kind, "leave it out"))
    allowed = ARGUMENTS.get(kind)
    if allowed is None:
        return
    for name, value in node.args.items():
        if value and name not in allowed:
            _refuse(f"the statement has {name.strip('_').upper()}", "leave it out")


def _check_source(node: exp.From | exp.Join) -> None:
    if isinstance(node, exp.Join) and node.kind.upper() == "ARRAY":
        # What is parsed there as a table was made a column, also within a query of its own.
        if node.find(exp.Query) is not None:
            _refuse("a query stands in ARRAY JOIN", "take it into WITH, or into FROM")
        return
    if not isinstance(node.this, exp.Table | exp.Subquery | exp.Final):
        _refuse(f"{_kind(node.this)} stands where a table belongs", f"read from {_TABLES}")


def _check_table(node: exp.Table, *, is_rewritten: bool) -> None:
    inner = node.this
    database = node.args.get("db")
    if isinstance(inner, exp.Anonymous):
        name = str(inner.this)
        if name in _TABLE_FUNCTIONS and database is None:
            return
        if is_rewritten and name.removeprefix(VIEW_PREFIX) in TABLE_NAMES:
            return
        _refuse(f"the table function `{name}` is called", f"read from {_TABLES}")
    if not isinstance(inner, exp.Identifier):
        _refuse(f"a table is {_kind(inner)}", f"read from {_TABLES}")
    if database and str(getattr(database, "name", database)) != _DATABASE:
        _refuse(f"the database `{database}` is named", f"read from {_TABLES}")


def _check_parameter(node: exp.Placeholder, own_prefix: str) -> None:
    if not isinstance(node.args.get("kind"), exp.DataType) or not node.name:
        _refuse("a parameter has no type of values", "write it as `{name:Type}`")
    if own_prefix and node.name.lower().startswith(own_prefix):
        _refuse(f"a parameter is called `{node.name}`", f"call it without `{own_prefix}`")


def _check_type(node: exp.DataType) -> None:
    kind = node.this
    name = kind.name if isinstance(kind, exp.DType) else str(kind)
    if _STATE_TYPE.search(name) or name in {"USERDEFINED", "UNKNOWN", "COMMAND"}:
        _refuse(f"the type `{name.lower()}` is named", "use a plain type of values")


def _check_in(node: exp.In) -> None:
    listed = node.expressions or []
    field = listed[0] if len(listed) == 1 else node.args.get("field")
    field = _unwrapped(field)
    # The engine would read a lone name as that of a table.
    if isinstance(field, exp.Column | exp.Identifier | exp.Table | exp.Dot | exp.Var):
        _refuse(
            f"`{field.sql()}` stands alone after IN, where it would name a table",
            "write `IN (SELECT …)`, or `has(array, value)`",
        )
    if node.args.get("unnest"):
        _refuse("IN is followed by UNNEST", "write `has(array, value)`")


def _check_with(node: exp.CTE) -> None:
    if node.alias in TABLE_NAMES:
        _refuse(f"WITH names `{node.alias}`, which is a table", "choose another name")


def _check_function(node: exp.Expr) -> None:
    if not isinstance(node.this, str):
        _refuse("a function's name is quoted or made up", "write its name as it is")
    name = node.this
    if isinstance(node.parent, exp.Table):
        return
    _check_name(name)
    if name in BY_NAME:
        first = node.expressions[0] if node.expressions else None
        if not (isinstance(first, exp.Literal) and first.is_string):
            _refuse(f"`{name}` gets a name that is computed", "write the name of the aggregate")
        _check_aggregate(first.name.partition("(")[0])
    if name.lower() in _TYPED_BY_TEXT:
        last = node.expressions[-1] if node.expressions else None
        places = node.expressions if name.lower().startswith("accurate") else [last]
        if not any(isinstance(one, exp.Literal) for one in places):
            _refuse(f"`{name}` gets a type that is computed", "write the type as a text")


def _check_name(name: str) -> None:
    if not (is_scalar(name) or is_aggregate(name)):
        _refuse(
            f"the function `{name}` is not among those that may be called",
            "docs/reference/tables.md says which are",
        )


def _check_aggregate(name: str) -> None:
    if not is_aggregate(name):
        _refuse(f"`{name}` is no aggregate function that may be called", "use another")


def _rewrite(tree: exp.Query) -> None:
    """Make tables views of the workspace, and give names from WITH a prefix no table has."""
    for final in list(tree.find_all(exp.Final)):
        # Each point is there once anyway, and a view has no FINAL.
        final.replace(final.this)
    _rename_tables(tree)
    for negation in list(tree.find_all(exp.Not)):
        if isinstance(negation.this, exp.Between):
            _spell_not_between(negation, negation.this)
    for call in list(tree.find_all(*NAMED_FUNCTIONS)):
        _keep_values(call)
    for column in tree.find_all(exp.Column):
        database = column.args.get("db")
        if database is not None and database.name == _DATABASE:
            column.set("db", None)


def _rename_tables(tree: exp.Query) -> None:
    ctes = [cte for cte in tree.find_all(exp.CTE) if not cte.args.get("scalar")]
    names = {cte.alias for cte in ctes}
    is_counted = _may_ask_for_count(tree)
    for cte in ctes:
        cte.args["alias"].set("this", _quoted(_WITH_PREFIX + cte.alias))
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            continue
        name = table.name
        target: exp.Expr
        if name in names and table.args.get("db") is None:
            target = _quoted(_WITH_PREFIX + name)
        elif name in TABLE_NAMES:
            target = _view(name, is_counted=is_counted)
        else:
            _refuse(f"there is no table `{name}`", f"there are {_TABLES}")
        if table.args.get("alias") is None:
            table.set("alias", exp.TableAlias(this=_quoted(name)))
        table.set("this", target)
        table.set("db", None)


def _spell_not_between(negation: exp.Not, between: exp.Between) -> None:
    """Write `x NOT BETWEEN a AND b` so that it holds for no NaN, as the engine has it."""
    value, low, high = (between.args[name] for name in ("this", "low", "high"))
    outside = exp.Or(
        this=exp.LT(this=value.copy(), expression=low.copy()),
        expression=exp.GT(this=value.copy(), expression=high.copy()),
    )
    negation.replace(exp.Paren(this=outside))


def _keep_values(call: exp.Expr) -> None:
    """Have a lone name that a higher function gets be read as a value, not as a function."""
    if not str(call.this).lower().startswith(("array", "map")):
        return
    for argument in call.expressions:
        name = _unwrapped(argument)
        if not isinstance(name, exp.Column) or name.args.get("table"):
            continue
        if not is_scalar(name.name):
            argument.replace(exp.Anonymous(this="identity", expressions=[name.copy()]))


def _unwrapped(node: exp.Expr | None) -> exp.Expr | None:
    """Return what is left without parentheses and other names."""
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def _may_ask_for_count(tree: exp.Query) -> bool:
    """Return whether a statement could read the column `count`, by its name or among all."""
    for node in tree.walk():
        match node:
            case exp.Identifier() if node.name == "count":
                return True
            case exp.Star() if not isinstance(node.parent, NAMED_FUNCTIONS):
                return True
            case exp.Columns():
                return True
            case exp.TableAlias() if node.args.get("columns"):
                return True
            case exp.Join() if node.method:
                return True
    return False


def _view(name: str, *, is_counted: bool) -> exp.Anonymous:
    workspace = exp.Placeholder(
        this=exp.var(WORKSPACE_PARAMETER),
        kind=exp.DataType(this=exp.DType.TEXT, nested=False, nullable=False),
    )
    arguments: list[exp.Expr] = [exp.EQ(this=exp.column("workspace"), expression=workspace)]
    if name == "metrics":
        counted = exp.Literal.number(int(is_counted))
        arguments.append(exp.EQ(this=exp.column("counted"), expression=counted))
    return exp.Anonymous(this=VIEW_PREFIX + name, expressions=arguments)


def _leftover(tree: exp.Query) -> bool:
    """Return whether a table is read that is neither a view, nor of WITH, nor a list of numbers."""
    return any(
        isinstance(table.this, exp.Identifier) and not table.name.startswith(_WITH_PREFIX)
        for table in tree.find_all(exp.Table)
    )


def _quoted(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def _kind(node: exp.Expr | Iterable[object] | None) -> str:
    name = type(node).__name__
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return f"`{words.upper()}`"


def _refuse(what: str, remedy: str) -> NoReturn:
    message = f"{what}: {remedy}"
    raise SqlRefused(message)
