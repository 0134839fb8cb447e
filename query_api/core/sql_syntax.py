"""The second opinion on a statement: how the engine itself reads what the gate has written.

`EXPLAIN AST` computes nothing. It tells every table, table function and function that the engine's
own parser sees, one a line, indented below what it belongs to. What the gate and the engine read
differently is refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from query_api.core.sql_functions import is_aggregate, is_scalar
from query_api.core.sql_tables import TABLE_NAMES, VIEW_PREFIX
from runtide.errors import SqlRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE: Final = re.compile(r"(?P<indent> *)(?P<kind>\w+)(?: (?P<name>\S+))?")

_VIEW: Final = re.compile(rf" *Function {VIEW_PREFIX}")
_VIEW_ARGUMENTS: Final = (
    "Function equals (children 1)",
    "ExpressionList (children 2)",
    "Identifier workspace",
)
"""What comes first in the list of a view's arguments, before the value."""


_KINDS: Final = frozenset(
    {
        "SelectWithUnionQuery", "SelectIntersectExceptQuery", "SelectQuery", "ExpressionList",
        "WithElement", "Subquery", "TablesInSelectQuery", "TablesInSelectQueryElement",
        "TableExpression", "TableIdentifier", "TableJoin", "ArrayJoin", "Function", "Identifier",
        "Literal", "Asterisk", "QualifiedAsterisk", "ColumnsRegexpMatcher", "ColumnsListMatcher",
        "QualifiedColumnsRegexpMatcher", "QualifiedColumnsListMatcher", "ColumnsTransformerList",
        "ColumnsApplyTransformer", "ColumnsExceptTransformer", "ColumnsReplaceTransformer",
        "ColumnsReplaceTransformer::Replacement", "WindowDefinition", "WindowListElement",
        "OrderByElement", "InterpolateElement", "StorageOrderByElement", "NameTypePair",
    }
)  # fmt: skip
_OPERATORS: Final = frozenset(
    {
        "in", "notin", "globalin", "globalnotin", "lambda", "_cast", "exists", "grouping",
        "untuple", "arrayjoin", "ilike", "notilike", "notlike", "isdistinctfrom",
        "isnotdistinctfrom", "singlevalueornull", "nullsafeequals", "case", "casewithexpression",
        "casewithoutexpression",
    }
)  # fmt: skip
"""What the engine makes of operators and syntax, beside functions that may be called by name."""

_IN: Final = frozenset({"in", "notin", "globalin", "globalnotin"})
_FROM_SYNTAX: Final = frozenset({"array", "arrayelement", "map"})
"""What brackets become."""

_NUMBERS: Final = frozenset({"numbers", "generate_series", "generateseries"})
_WITH_PREFIX: Final = "with_"


class _Node(NamedTuple):
    depth: int
    kind: str
    name: str
    place: int
    """Which of its parent's children it is."""


def check_syntax(lines: Sequence[str], *, workspace: str) -> None:
    """Check the lines of `EXPLAIN AST` of a statement that the gate has written.

    Args:
        lines: What the engine says, its parameters filled in.
        workspace: The one that every view must have got.

    Raises:
        SqlRefused: The engine reads in it what no statement may have.
    """
    quoted = workspace.replace("\\", "\\\\").replace("'", "\\'")
    wanted = [*_VIEW_ARGUMENTS, f"Literal '{quoted}'"]
    for at, line in enumerate(lines):
        if _VIEW.match(line) and [one.strip() for one in lines[at + 2 : at + 6]] != wanted:
            _refuse("a view of another workspace")
    above: list[_Node] = []
    counts: list[int] = []
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            _refuse("what has no name")
        depth = len(match["indent"])
        del above[depth:], counts[depth + 1 :]
        counts += [0] * (depth + 1 - len(counts))
        kind, name = match["kind"], match["name"] or ""
        node = _Node(depth, kind, name, counts[depth])
        counts[depth] += 1
        _check(node, above)
        above.append(node)


def _check(node: _Node, above: Sequence[_Node]) -> None:
    parent = above[-1] if above else None
    if node.kind not in _KINDS:
        _refuse(f"`{node.kind}`")
    if node.kind == "TableIdentifier" and not node.name.startswith(_WITH_PREFIX):
        _refuse(f"the table `{node.name}`")
    if node.kind == "Function":
        is_source = parent is not None and parent.kind == "TableExpression"
        known = _is_source(node.name) if is_source else _is_function(node.name)
        if not known:
            _refuse(f"the function `{node.name}`")
    if node.kind == "Identifier" and len(above) > 1 and above[-2].kind == "Function":
        _check_argument(node, above[-2])


def _check_argument(node: _Node, call: _Node) -> None:
    function = call.name.lower()
    if function in _IN and node.place == 1:
        _refuse(f"the table `{node.name}` after IN")
    # The gate has made values of those that are: what is left could be a function's name.
    is_higher = function.startswith(("array", "map")) and function not in _FROM_SYNTAX
    if is_higher and "." not in node.name and not is_scalar(node.name):
        _refuse(f"the function `{node.name}`")


def _is_source(name: str) -> bool:
    return name.lower() in _NUMBERS or name.removeprefix(VIEW_PREFIX) in TABLE_NAMES


def _is_function(name: str) -> bool:
    return name.lower() in _OPERATORS or is_scalar(name) or is_aggregate(name)


def _refuse(what: str) -> NoReturn:
    message = f"the engine reads {what} in the statement: write it more plainly"
    raise SqlRefused(message)
