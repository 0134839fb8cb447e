"""What the runs of an experiment can be filtered, sorted and grouped by, in one statement a table.

Nothing here works run by run: both statements aggregate in the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cell_sql import finite_number_sql
from query_api.wire import rows_of

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

CONFIG_LEVELS_MAX: Final = 4
"""Objects within objects of a config that become fields of their own; what is deeper is text."""

VALUES_MAX: Final = 12
"""Values told of one field: the most common ones."""

VALUE_CHARS_MAX: Final = 100
"""Longer values are not told: nobody picks them from a list."""


class FieldsQuestion(NamedTuple):
    """Whose fields to list: of an experiment's runs at all levels, or of a run's children.

    Attributes:
        workspace: The one workspace that there is for whoever asks; None is all.
    """

    experiment: str | None
    parent: str | None
    archived: bool
    limit: int
    workspace: str | None = None


def list_fields(store: MetricStore, question: FieldsQuestion) -> tuple[list[dict[str, Any]], int]:
    """Return the first fields and how many there are: config, properties, tags, then metrics.

    Within each, those of most runs come first; metrics then in order of first logging, others by
    name.
    """
    where, parameters = _scope(question)
    bound = parameters | {"limit": question.limit}
    entries = rows_of(store.query(_entries_sql(where), bound))
    metrics = rows_of(store.query(_metrics_sql(where), bound))
    total_count = sum(rows[0]["total"] if rows else 0 for rows in (entries, metrics))
    fields = [*entries, *metrics][: question.limit]
    return [_field(row) for row in fields], total_count


def _field(row: dict[str, Any]) -> dict[str, Any]:
    renamed = {"kind_": "kind", "top_values": "values"}
    return {renamed.get(name, name): value for name, value in row.items() if name != "total"}


def _scope(question: FieldsQuestion) -> tuple[str, dict[str, Any]]:
    conditions = [] if question.archived else ["NOT archived"]
    parameters: dict[str, Any] = {}
    for column, value in (
        ("workspace", question.workspace),
        ("experiment", question.experiment),
        ("parent_id", question.parent),
    ):
        if value is not None:
            conditions.append(f"{column} = {{{column}:String}}")
            parameters[column] = value
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", parameters


def _metrics_sql(where: str) -> str:
    scope = f"WHERE run_id IN (SELECT run_id FROM kept_runs AS runs {where})"  # noqa: S608  # our own words; values are parameters
    # Runs are told apart by 64 bits of hash, a third of the time that their ids take; two of a
    # million runs share one once in 37 million such lists. The same holds for one number in place
    # of a pair for what was logged first: an envelope has far fewer than 2^20 events.
    return (
        f"SELECT 'metrics' AS source, metric AS name, 'number' AS kind_, run_count, "  # noqa: S608  # our own words; values are parameters
        f"CAST([], 'Array(String)') AS top_values, toInt64(count() OVER ()) AS total FROM ("
        f"SELECT toString(name) AS metric, toInt64(uniqExact(cityHash64(run_id))) AS run_count, "
        f"min(bitShiftLeft(first_seen.pos, 20) + first_seen.idx) AS seen FROM metrics {scope} "
        f"AND last.step >= first.step GROUP BY metrics.name) "
        f"ORDER BY run_count DESC, seen, metric LIMIT {{limit:UInt32}}"
    )


def _entries_sql(where: str) -> str:
    """Each entry is (source, name, value as text, kind); equal ones are counted first."""
    number = f"isNotNull({finite_number_sql('v')})"
    kind = f"if({number}, 'number', 'text')"
    maps = ", ".join(
        f"arrayMap((k, w) -> ({source}, k, w, {kind.replace('(v)', '(w)')}), "
        f"mapKeys({column}), {texts})"
        for source, column, texts in (
            ("'tags'", "tags", "arrayMap(w -> ifNull(w, ''), mapValues(tags))"),
            ("'properties'", "properties", "mapValues(properties)"),
        )
    )
    config = (
        "arrayMap(e -> ('config', e.1, if(startsWith(e.2, '\"'), JSONExtractString(e.2), e.2), "
        "multiIf(startsWith(e.2, '\"') OR startsWith(e.2, '[') OR startsWith(e.2, '{'), 'text', "
        f"e.2 IN ('true', 'false'), 'bool', 'number')), {_config_entries_sql()})"
    )
    counted = (
        f"SELECT e.1 AS source, e.2 AS name, e.3 AS value, e.4 AS kind, count() AS n FROM ("  # noqa: S608  # our own words; values are parameters
        f"SELECT arrayJoin(arrayConcat({config}, {maps})) AS e FROM kept_runs AS runs {where}) "
        f"GROUP BY source, name, value, kind"
    )
    short = f"lengthUTF8(value) <= {VALUE_CHARS_MAX}"
    common = "arraySort(one -> (-one.1, one.2), groupArrayIf((toInt64(n), value), " + short + "))"
    return (
        f"SELECT source, name, if(uniqExact(kind) = 1, any(kind), 'text') AS kind_, "  # noqa: S608  # our own words; values are parameters
        f"toInt64(sum(n)) AS run_count, "
        f"arrayMap(one -> one.2, arraySlice({common}, 1, {VALUES_MAX})) AS top_values, "
        f"toInt64(count() OVER ()) AS total FROM ({counted}) GROUP BY source, name "
        f"ORDER BY source, run_count DESC, name LIMIT {{limit:UInt32}}"
    )


def _config_entries_sql() -> str:
    """Return the array of (dotted name, raw JSON) of a config; objects that hold something open."""
    entries = "if(config = '', [], JSONExtractKeysAndValuesRaw(config))"
    for _ in range(CONFIG_LEVELS_MAX - 1):
        inner = "arrayMap(i -> (concat(e.1, '.', i.1), i.2), JSONExtractKeysAndValuesRaw(e.2))"
        is_object = "startsWith(e.2, '{') AND e.2 != '{}'"
        entries = f"arrayFlatten(arrayMap(e -> if({is_object}, {inner}, [e]), {entries}))"
    return f"arrayFilter(e -> e.2 != 'null', {entries})"
