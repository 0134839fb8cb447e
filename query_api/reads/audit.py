"""The audit trail: who did what, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.reads.runs import workspace_parameters, workspace_sql
from query_api.wire import rows_of

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_ORDER: Final = "-audited"
_NULL_WHEN_EMPTY: Final = ("workspace", "origin")


def list_actions(
    store: MetricStore, *, workspace: str | None, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of what was done in `workspace`, None for all, and the next cursor.

    Raises:
        UsageError: The cursor is not one.
    """
    conditions = [workspace_sql(workspace)]
    parameters = workspace_parameters(workspace)
    if cursor:
        place = decode_cursor(cursor, sort=_ORDER, of=(int,))
        conditions.append("(ts_us, place) < ({after:Int64}, {place:String})")
        parameters |= {"after": place.value, "place": place.item_id}
    rows = rows_of(
        store.query(
            f"SELECT toUnixTimestamp64Micro(ts) AS ts_us, actor, toString(action) AS action, "  # noqa: S608  # our own words
            f"subject, toString(workspace) AS workspace, origin, "
            f"concat(toString(writer), ' ', toString(seq), ' ', toString(idx)) AS place "
            f"FROM audit FINAL WHERE {' AND '.join(conditions)} "
            f"ORDER BY ts_us DESC, place DESC LIMIT {limit + 1:d}",
            parameters,
        )
    )
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = encode_cursor(Cursor(last["ts_us"], last["place"]), sort=_ORDER)
    items = [
        {name: value for name, value in row.items() if name != "place"}
        | {name: row[name] or None for name in _NULL_WHEN_EMPTY}
        for row in rows[:limit]
    ]
    return items, next_cursor
