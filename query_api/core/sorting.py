"""Orders of the runs list: `-created`, `name`, `metrics.loss.last`, and their meaning in SQL."""

from __future__ import annotations

from typing import Final, NamedTuple

from runtide.core import names
from runtide.errors import UsageError

METRIC_STATS: Final = {"first": "first.5", "last": "last.5", "min": "low.1", "max": "high.1"}
"""The element of a row of `metrics` that each statistic is, once the row's parts are merged."""

MERGE_BY_COLUMN: Final = {"first": "min", "last": "max", "low": "min", "high": "max"}

_COLUMN_BY_FIELD: Final = {
    "created": ("created_us", "Int64"),
    "started": ("started_us", "Int64"),
    "ended": ("ended_us", "Int64"),
    "seen": ("seen_us", "Int64"),
    "name": ("name", "String"),
    "status": ("status", "String"),
    "experiment": ("experiment", "String"),
    "target": ("target", "String"),
    "user": ("user", "String"),
    "run_id": ("run_id", "String"),
}


class Order(NamedTuple):
    """How a list is sorted: by a column, or by a statistic of a metric that runs may lack."""

    text: str
    is_descending: bool
    column: str
    sql_type: str
    metric: str | None = None
    stat: str | None = None


def metric_stat_sql(stat: str) -> str:
    """Return the SQL of one statistic over the unmerged rows of one metric."""
    column, element = METRIC_STATS[stat].split(".")
    return f"tupleElement({MERGE_BY_COLUMN[column]}({column}), {element})"


def parse_order(text: str) -> Order:
    """Return the order that `text` names; a leading hyphen turns it round.

    Raises:
        UsageError: No such order; the message lists them.
    """
    is_descending = text.startswith("-")
    field = text.removeprefix("-")
    bare = field.removesuffix("_us")
    if bare in _COLUMN_BY_FIELD:
        return Order(text, is_descending, *_COLUMN_BY_FIELD[bare])
    if field.startswith("metrics."):
        metric, _, stat = field.removeprefix("metrics.").rpartition(".")
        if metric and stat in METRIC_STATS:
            name = names.metric_name(metric.removeprefix('"').removesuffix('"'))
            return Order(text, is_descending, "stat", "Float64", name, stat)
    known = ", ".join(f"`{name}`" for name in _COLUMN_BY_FIELD)
    message = (
        f"sort is {text[:80]!r}: want one of {known}, or `metrics.NAME.min|max|last|first`, "
        f"with `-` in front for descending"
    )
    raise UsageError(message)
