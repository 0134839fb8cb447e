"""Orders of the runs list: `-created`, `metrics.loss.last`, `config.lr`; what each is in SQL."""

from __future__ import annotations

from typing import Final, NamedTuple

from query_api.core.cell_sql import ENTRY_HEADS
from query_api.core.filter_tokens import segments_of
from runtide.core import names
from runtide.errors import UsageError

METRIC_STATS: Final = {"first": "first.5", "last": "last.5", "min": "low.1", "max": "high.1"}
"""The element of a row of `metrics` that each statistic is, once the row's parts are merged."""

MERGE_BY_COLUMN: Final = {"first": "min", "last": "max", "low": "min", "high": "max"}

DURATION_US_SQL: Final = (
    "(if(ended_us > 0, ended_us, seen_us) - if(started_us > 0, started_us, created_us))"
)
"""From a run's start, else its creation, to its end, else when it was last heard of."""

_COLUMN_BY_FIELD: Final = {
    "created": ("created_us", "Int64"),
    "started": ("started_us", "Int64"),
    "ended": ("ended_us", "Int64"),
    "seen": ("seen_us", "Int64"),
    "duration": (DURATION_US_SQL, "Int64"),
    "name": ("name", "String"),
    "status": ("status", "String"),
    "experiment": ("experiment", "String"),
    "target": ("target", "String"),
    "user": ("user", "String"),
    "host": ("host", "String"),
    "run_type": ("run_type", "String"),
    "description": ("description", "String"),
    "run_id": ("run_id", "String"),
}


class MetricStat(NamedTuple):
    """A statistic of a metric, such as the last of `loss`."""

    metric: str
    stat: str


class Entry(NamedTuple):
    """An entry of the tags, the properties or the config, such as `config.optimizer.name`."""

    head: str
    path: tuple[str, ...]


class Order(NamedTuple):
    """How a list is sorted.

    Attributes:
        column: The SQL that every run has a value of.
        sql_type: Its type.
        by: What runs may lack, instead of a column.
    """

    text: str
    is_descending: bool
    column: str = ""
    sql_type: str = ""
    by: MetricStat | Entry | None = None


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
    head, *path = segments_of(field) or [""]
    if head in ENTRY_HEADS and path:
        return Order(text, is_descending, by=Entry(head, tuple(path)))
    if head == "metrics" and len(path) > 1 and path[-1] in METRIC_STATS:
        name = names.metric_name(".".join(path[:-1]))
        return Order(text, is_descending, by=MetricStat(name, path[-1]))
    known = ", ".join(f"`{name}`" for name in _COLUMN_BY_FIELD)
    message = (
        f"sort is {text[:80]!r}: want one of {known}, `config.NAME`, `tags.NAME`, "
        f"`properties.NAME` or `metrics.NAME.min|max|last|first`, with `-` in front for descending"
    )
    raise UsageError(message)
