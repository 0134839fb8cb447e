"""Orders of the runs list: `-created`, `metrics.loss.last`, `config.lr`; what each is in SQL."""

from __future__ import annotations

from typing import Final, NamedTuple

from query_api.core.cell_sql import ENTRY_HEADS
from query_api.core.filter_tokens import segments_of
from runtide.core import names
from runtide.errors import UsageError

METRIC_SQL_BY_STAT: Final = {
    "first": "argMin(metrics.first.value, (metrics.first.step, metrics.first.pos, metrics.first.idx))",
    "last": "argMax(metrics.last.value, (metrics.last.step, metrics.last.pos, metrics.last.idx))",
    "min": "min(metrics.low.value)",
    "max": "max(metrics.high.value)",
}
"""What each statistic is over the rows of one metric of a run in `metrics`, merged or not. It names
what it reads of a row's tuples: whole ones cost half as much again."""

HAS_POINTS_SQL: Final = "max(metrics.last.step) >= min(metrics.first.step)"
"""That there is a point among those rows: without one the first step is above the last."""

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
    if head == "metrics" and len(path) > 1 and path[-1] in METRIC_SQL_BY_STAT:
        name = names.metric_name(".".join(path[:-1]))
        return Order(text, is_descending, by=MetricStat(name, path[-1]))
    known = ", ".join(f"`{name}`" for name in _COLUMN_BY_FIELD)
    message = (
        f"sort is {text[:80]!r}: want one of {known}, `config.NAME`, `tags.NAME`, "
        f"`properties.NAME` or `metrics.NAME.min|max|last|first`, with `-` in front for descending"
    )
    raise UsageError(message)
