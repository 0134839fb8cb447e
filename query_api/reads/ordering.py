"""A sorted list of runs in SQL: its keys, and the condition of what comes after a cursor.

Runs that lack what the list is sorted by come last, whichever way it is sorted. Entries of tags,
properties and config may be numbers in one run and text in another: numbers come before text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cell_sql import cell_sql
from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.core.sorting import (
    HAS_POINTS_SQL,
    METRIC_SQL_BY_STAT,
    Entry,
    MetricStat,
    Order,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.core.columns import Cell

_TYPES_BY_SQL: Final[dict[str, tuple[type, ...]]] = {
    "Int64": (int,),
    "Float64": (float, int),
    "String": (str,),
}


class _Key(NamedTuple):
    """One sort key; `is_optional` ones are null in some runs, which come last."""

    sql: str
    sql_type: str
    is_optional: bool


class Ordering:
    """What an order adds to the statement of a list of runs.

    Attributes:
        source: The tables to read.
        keys: Columns to select for `cursor`.
        parameters: Values of the parameters that the SQL names.
    """

    def __init__(self, order: Order, *, runs: str = "kept_runs") -> None:
        self._order = order
        self.parameters: dict[str, Any] = {}
        self.source = f"{runs} AS runs"
        self._keys = self._keys_of(order)
        self.keys = ", ".join(f"{key.sql} AS {_name(i)}" for i, key in enumerate(self._keys))

    def _keys_of(self, order: Order) -> list[_Key]:
        match order.by:
            case MetricStat(metric, stat):
                self.parameters["order_name"] = metric
                self.source = f"{self.source} LEFT JOIN ({_stats_sql(stat)}) AS m USING run_id"
                return [_Key("stat", "Float64", is_optional=True)]
            case Entry(head, path):
                cell = cell_sql(head, path, self._parameter)
                # An empty text is no number either way.
                number = f"if({cell.has}, {cell.number}, NULL)"
                return [
                    _Key(number, "Float64", is_optional=True),
                    _Key(cell.optional_text, "String", is_optional=True),
                ]
            case _:
                return [_Key(order.column, order.sql_type, is_optional=False)]

    def _parameter(self, value: str) -> str:
        name = f"order_{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:String}}"

    @property
    def order_by(self) -> str:
        """What follows `ORDER BY`."""
        way = "DESC" if self._order.is_descending else "ASC"
        parts = []
        for key in self._keys:
            parts += [f"isNull({key.sql})"] if key.is_optional else []
            parts.append(f"{key.sql} {way}")
        return ", ".join([*parts, f"run_id {way}"])

    def after(self, text: str) -> str:
        """Return the condition of the rows after the cursor `text`.

        Raises:
            UsageError: It is not a cursor of this order.
        """
        accepted = tuple({kind for key in self._keys for kind in _TYPES_BY_SQL[key.sql_type]})
        place = decode_cursor(text, sort=self._order.text, of=accepted)
        self.parameters["after_id"] = place.item_id
        beyond = "<" if self._order.is_descending else ">"
        same = f"run_id {beyond} {{after_id:String}}"
        alternatives = []
        before: list[str] = []
        for key in self._keys:
            if isinstance(place.value, _TYPES_BY_SQL[key.sql_type]):
                self.parameters["after_value"] = place.value
                bound = f"{{after_value:{key.sql_type}}}"
                here = f"({key.sql} {beyond} {bound} OR ({key.sql} = {bound} AND {same}))"
                alternatives.append(" AND ".join([*before, here]))
                if key.is_optional:
                    alternatives.append(" AND ".join([*before, f"isNull({key.sql})"]))
                return f"({' OR '.join(alternatives)})"
            before.append(f"isNull({key.sql})")
        return f"({' AND '.join([*before, same])})"

    def cursor(self, row: Mapping[str, Any]) -> str:
        """Return the cursor of the place after `row`."""
        values = (row[_name(i)] for i in range(len(self._keys)))
        value: Cell = next((value for value in values if value is not None), None)
        return encode_cursor(Cursor(value, row["run_id"]), sort=self._order.text)


def _name(i: int) -> str:
    return f"sort_key_{i}"


def _stats_sql(stat: str) -> str:
    value = METRIC_SQL_BY_STAT[stat]
    return (
        f"SELECT toString(run_id) AS run_id, "  # noqa: S608  # our own words; the name is a parameter
        f"toNullable(if(isNaN({value}), NULL, {value})) AS stat FROM metrics "
        f"WHERE name = {{order_name:String}} GROUP BY run_id "
        f"HAVING {HAS_POINTS_SQL}"
    )
