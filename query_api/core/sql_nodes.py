"""The kinds of expression that a statement may be made of, and the clauses that each may have."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

NAMED_FUNCTIONS: Final = (
    exp.Anonymous,
    exp.AnonymousAggFunc,
    exp.CombinedAggFunc,
    exp.ParameterizedAgg,
    exp.CombinedParameterizedAgg,
)
"""Calls, whose names are checked one by one."""

KINDS: Final = frozenset(
    {
        # what is read, and how it is put together
        exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE,
        exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Final, exp.PreWhere, exp.Where,
        exp.Group, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Having, exp.Qualify, exp.Distinct,
        exp.Order, exp.Ordered, exp.WithFill, exp.Limit, exp.LimitOptions, exp.Fetch, exp.Offset,
        exp.Window, exp.WindowSpec,
        # names and values
        exp.Alias, exp.Aliases, exp.Column, exp.Columns, exp.Identifier, exp.Star, exp.Dot, exp.Var,
        exp.Literal, exp.HexString, exp.Boolean, exp.Null, exp.Placeholder, exp.Interval,
        exp.Tuple, exp.Paren, exp.Array, exp.VarMap, exp.Bracket, exp.Slice, exp.Lambda,
        exp.DataType, exp.DataTypeParam, exp.Cast, exp.CastToStrType, exp.JSONCast,
        exp.NestedJSONSelect, exp.Apply, exp.Collate,
        # operators
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe,
        exp.And, exp.Or, exp.Xor, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
        exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike,
        exp.Exists, exp.All, exp.Case, exp.If,
        # functions with words among their arguments
        exp.Extract, exp.Trim, exp.Filter, *NAMED_FUNCTIONS,
    }
)  # fmt: skip

_MODIFIERS: Final = frozenset(
    {
        "with_", "expressions", "distinct", "from_", "joins", "laterals", "prewhere", "where",
        "group", "having", "qualify", "windows", "order", "limit", "offset", "interpolate",
    }
)  # fmt: skip

ARGUMENTS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    exp.Select: _MODIFIERS,
    exp.Subquery: _MODIFIERS | {"this", "alias"},
    **{
        kind: _MODIFIERS | {"this", "expression"} for kind in (exp.Union, exp.Intersect, exp.Except)
    },
    exp.Table: frozenset({"this", "db", "alias", "joins"}),
    exp.Placeholder: frozenset({"this", "kind"}),
    exp.CTE: frozenset({"this", "alias", "scalar"}),
    exp.With: frozenset({"expressions", "recursive"}),
}
"""The clauses of what has clauses; of other kinds every argument is an expression of its own."""

REMEDY_BY_KIND: Final[dict[type[exp.Expr], str]] = {
    exp.IntDiv: "write `intDiv(a, b)`",
    exp.Any: "write `IN (SELECT …)`",
    exp.TableSample: "every row is read; take some with `WHERE cityHash64(run_id, step) % 10 = 0`",
    exp.Values: "list rows with `SELECT … UNION ALL SELECT …`",
    exp.Lateral: "use ARRAY JOIN",
    exp.Unnest: "use ARRAY JOIN",
}
"""What to write instead of what is refused most often."""
