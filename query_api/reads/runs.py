"""Runs and experiments: lists, single runs, and what a runs table shows of their metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.core.filter import compile_filter
from query_api.core.sorting import HAS_POINTS_SQL, METRIC_SQL_BY_STAT, parse_order
from query_api.reads.ordering import Ordering
from query_api.wire import json_number, json_value, rows_of, text_map
from runtide.core.events import TERMINAL
from runtide.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtide.store.port import MetricStore

ALL_METRICS: Final = "*"
KEPT: Final = "kept_runs"
"""Where the runs are that there are for whoever asks."""

BIN: Final = "binned_runs"
"""Where the deleted ones are."""

DESCENDANT_LEVELS_MAX: Final = 64
"""Generations below a run that are followed; a cycle of parents ends here too."""

_EXPERIMENT_ORDER: Final = "-last_created"
_COLUMNS: Final = (
    "run_id, name, experiment, workspace, status, status_by, status_reason, error, created_us, "
    "started_us, ended_us, seen_us, parent_id, run_type, target, user, host, description, "
    "archived, tags, properties, config, deleted_us, deleted_by"
)
_NULL_WHEN_ZERO: Final = ("started_us", "ended_us", "deleted_us")
_NULL_WHEN_EMPTY: Final = (
    "parent_id",
    "run_type",
    "user",
    "host",
    "description",
    "deleted_by",
)


class RunsQuestion(NamedTuple):
    """Which runs to list, in which order, and from where on.

    Attributes:
        workspace: The one workspace that there is for whoever asks; None is all.
    """

    workspace: str | None = None
    run_ids: Sequence[str] | None = None
    experiment: str | None = None
    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    properties: Sequence[str] = ()
    parent: str | None = None
    parents: Sequence[str] | None = None
    run_type: str | None = None
    filter: str | None = None
    sort: str = "-created"
    limit: int = 50
    cursor: str | None = None
    include_children: bool = False
    archived: bool = False
    deleted: bool = False
    metrics: Sequence[str] = ()


class RunList(NamedTuple):
    """One page of runs, where the next one begins, and how many there are.

    Attributes:
        next_cursor: None at the end.
        total_count: How many runs the question finds; None on all pages but the first.
    """

    runs: list[dict[str, Any]]
    next_cursor: str | None
    total_count: int | None


def list_runs(store: MetricStore, question: RunsQuestion) -> RunList:
    """Return one page of runs.

    Raises:
        UsageError: The filter, the order or the cursor is not of its language.
    """
    source = BIN if question.deleted else KEPT
    ordering = Ordering(parse_order(question.sort), runs=source)
    conditions, parameters = _conditions(question)
    if question.cursor:
        conditions.append(ordering.after(question.cursor))
    # All runs are looked at for their place alone; the rest is read of those on the page.
    rows = rows_of(
        store.query(
            f"SELECT run_id, {ordering.keys}, toInt64(count() OVER ()) AS total "  # noqa: S608  # our own words; values are parameters
            f"FROM {ordering.source} WHERE {' AND '.join(conditions)} "
            f"ORDER BY {ordering.order_by} LIMIT {question.limit + 1:d}",
            parameters | ordering.parameters,
        )
    )
    page = rows[: question.limit]
    total_count = rows[0]["total"] if rows else 0
    runs = _read_runs(store, [row["run_id"] for row in page], source)
    return RunList(
        runs=_complete(store, runs, metrics=question.metrics),
        next_cursor=ordering.cursor(page[-1]) if len(rows) > question.limit else None,
        total_count=None if question.cursor else total_count,
    )


def _read_runs(store: MetricStore, ids: Sequence[str], source: str) -> list[dict[str, Any]]:
    """Return the rows of runs that exist, in the order of their ids."""
    if not ids:
        return []
    sql = f"SELECT {_COLUMNS} FROM {source} WHERE run_id IN {{ids:Array(String)}}"  # noqa: S608  # our own words
    row_by_id = {row["run_id"]: row for row in rows_of(store.query(sql, {"ids": list(ids)}))}
    return [row_by_id[run_id] for run_id in ids if run_id in row_by_id]


def get_run(store: MetricStore, run_id: str, *, metrics: Sequence[str] = ()) -> dict[str, Any]:
    """Return one run; `check_run` says before whether whoever asks may know of it.

    Raises:
        NotFound: No event of such a run has been folded.
    """
    rows = rows_of(
        store.query(
            f"SELECT {_COLUMNS} FROM kept_runs AS runs WHERE run_id = {{run:String}}",  # noqa: S608  # our own words
            {"run": run_id},
        )
    )
    if not rows:
        raise _no_such_run(run_id)
    return _complete(store, rows, metrics=metrics)[0]


def check_run(store: MetricStore, run_id: str, *, workspace: str | None) -> None:
    """Return if there is such a run in `workspace`; None is all of them.

    Raises:
        NotFound: No event of such a run has been folded, or it is elsewhere.
    """
    if not visible_ids(store, [run_id], workspace=workspace):
        raise _no_such_run(run_id)


def visible_ids(
    store: MetricStore, run_ids: Sequence[str], *, workspace: str | None
) -> Sequence[str]:
    """Return those of the runs that are in `workspace`, in their order; None is all of them."""
    there = workspace_sql(workspace)
    sql = f"SELECT run_id FROM kept_runs WHERE run_id IN {{ids:Array(String)}} AND {there}"  # noqa: S608  # our own words
    found = store.query(sql, {"ids": list(run_ids)} | workspace_parameters(workspace))
    known = set(found.column("run_id").to_pylist())
    return [run_id for run_id in run_ids if run_id in known]


def workspace_sql(workspace: str | None) -> str:
    """Return the condition that a row of `runs` is in `workspace`; None is all of them."""
    return "true" if workspace is None else "workspace = {workspace:String}"


def workspace_parameters(workspace: str | None) -> dict[str, Any]:
    """Return the parameters of `workspace_sql`."""
    return {} if workspace is None else {"workspace": workspace}


def descendant_ids(
    store: MetricStore, run_id: str, *, workspace: str | None, source: str = KEPT
) -> list[str]:
    """Return the ids of all runs of `source` below `run_id` in `workspace`, the nearest first."""
    found: dict[str, None] = {}
    parents = [run_id]
    sql = (
        f"SELECT run_id FROM {source} WHERE parent_id IN {{parents:Array(String)}} "  # noqa: S608  # our own words
        f"AND {workspace_sql(workspace)} ORDER BY created_us, run_id"
    )
    for _ in range(DESCENDANT_LEVELS_MAX):
        parameters = {"parents": parents} | workspace_parameters(workspace)
        children = store.query(sql, parameters).column("run_id").to_pylist()
        parents = [child for child in children if child not in found and child != run_id]
        if not parents:
            break
        found |= dict.fromkeys(parents)
    return list(found)


def created_us_by_run(store: MetricStore, run_ids: Sequence[str]) -> dict[str, int]:
    """Return when each of the runs that exist was created."""
    rows = store.query(
        "SELECT run_id, created_us FROM kept_runs AS runs WHERE run_id IN {runs:Array(String)}",
        {"runs": list(run_ids)},
    ).to_pydict()
    return dict(zip(rows["run_id"], rows["created_us"], strict=True))


def list_experiments(
    store: MetricStore, *, workspace: str | None, limit: int, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of experiments, the one with the newest run first, and the next cursor.

    Those of `workspace`; None is all of them.

    Raises:
        UsageError: The cursor is not one.
    """
    parameters = {"terminal": sorted(TERMINAL)} | workspace_parameters(workspace)
    after = ""
    if cursor:
        place = decode_cursor(cursor, sort=_EXPERIMENT_ORDER, of=(int,))
        parameters |= {"after": place.value, "name": place.item_id}
        after = (
            "HAVING last_created_us < {after:Int64} "
            "OR (last_created_us = {after:Int64} AND concat(name, ' ', workspace) > {name:String})"
        )
    rows = rows_of(
        store.query(
            f"SELECT toString(experiment) AS name, toString(workspace) AS workspace, "  # noqa: S608  # our own words
            f"toInt64(count()) AS run_count, toInt64(countIf(status NOT IN "
            f"{{terminal:Array(String)}} AND started_us > 0)) AS running_count, "
            f"min(runs.created_us) AS created_us, max(runs.created_us) AS last_created_us "
            f"FROM kept_runs AS runs WHERE NOT archived AND experiment != '' "
            f"AND {workspace_sql(workspace).replace('workspace =', 'runs.workspace =')} "
            f"GROUP BY runs.experiment, runs.workspace {after} "
            f"ORDER BY last_created_us DESC, concat(name, ' ', workspace) LIMIT {limit + 1:d}",
            parameters,
        )
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    place = Cursor(last["last_created_us"], f"{last['name']} {last['workspace']}")
    return rows[:limit], encode_cursor(place, sort=_EXPERIMENT_ORDER)


def _conditions(question: RunsQuestion) -> tuple[list[str], dict[str, Any]]:
    conditions = [workspace_sql(question.workspace)]
    parameters = workspace_parameters(question.workspace)
    for column, value in (
        ("experiment", question.experiment),
        ("parent_id", question.parent),
        ("run_type", question.run_type),
    ):
        if value is not None:
            conditions.append(f"{column} = {{{column}:String}}")
            parameters[column] = value
    for column, wanted in (
        ("run_id", question.run_ids),
        ("parent_id", question.parents),
        ("status", question.statuses or None),
    ):
        if wanted is not None:
            conditions.append(f"{column} IN {{{column}_any:Array(String)}}")
            parameters[f"{column}_any"] = list(wanted)
    is_flat = question.include_children or question.deleted
    if question.parents is None and question.parent is None and not is_flat:
        conditions.append("parent_id = ''")
    if not question.archived and not question.deleted:
        conditions.append("NOT archived")
    for column, entries in (("tags", question.tags), ("properties", question.properties)):
        for i, text in enumerate(entries):
            conditions.append(_entry_sql(column, i, text, parameters))
    if question.filter is not None and question.filter.strip():
        compiled = compile_filter(question.filter)
        conditions.append(compiled.sql)
        parameters |= compiled.parameters
    return conditions, parameters


def _entry_sql(column: str, i: int, text: str, parameters: dict[str, Any]) -> str:
    key, colon, value = text.partition(":")
    at = f"{column}_{i}"
    parameters[f"{at}_whole"] = text
    has_whole = f"mapContains({column}, {{{at}_whole:String}})"
    if not colon:
        return has_whole
    parameters |= {f"{at}_key": key, f"{at}_value": value}
    same = f"ifNull({column}[{{{at}_key:String}}], '') = {{{at}_value:String}}"
    # A key may hold a colon itself, so `a:b` also finds the key `a:b`.
    return f"((mapContains({column}, {{{at}_key:String}}) AND {same}) OR {has_whole})"


def _complete(
    store: MetricStore, rows: list[dict[str, Any]], *, metrics: Sequence[str]
) -> list[dict[str, Any]]:
    """Add to rows of `runs` what other rows say about them."""
    if not rows:
        return []
    ids = [row["run_id"] for row in rows]
    number_by_id = _pairs(
        store,
        "SELECT run_id, number FROM (SELECT run_id, toInt64(row_number() OVER "
        "(PARTITION BY workspace, experiment ORDER BY created_us, run_id)) AS number "
        # Those in the bin count as well: no run has another number because one before it goes.
        "FROM runs FINAL WHERE experiment IN {experiments:Array(String)}) "
        "WHERE run_id IN {ids:Array(String)}",
        {"ids": ids, "experiments": sorted({row["experiment"] for row in rows})},
    )
    child_count_by_id = _child_counts(store, rows)
    stats_by_id = _stats(store, ids, metrics) if metrics else None
    return [
        _run(row)
        | {
            "number": number_by_id[row["run_id"]],
            "child_count": child_count_by_id.get(row["run_id"], 0),
        }
        | ({} if stats_by_id is None else {"metrics": stats_by_id.get(row["run_id"], {})})
        for row in rows
    ]


def _child_counts(store: MetricStore, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many children each run has, of those that have any."""
    workspace_by_id = {row["run_id"]: row["workspace"] for row in rows}
    found = store.query(
        "SELECT parent_id, toString(workspace), toInt64(count()) FROM kept_runs AS runs "
        "WHERE parent_id IN {ids:Array(String)} GROUP BY parent_id, workspace",
        {"ids": list(workspace_by_id)},
    ).to_pydict()
    # A parent may be named by anybody; children are in its own workspace.
    return {
        run_id: count
        for run_id, workspace, count in zip(*found.values(), strict=True)
        if workspace == workspace_by_id[run_id]
    }


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    run = dict(row)
    for name in _NULL_WHEN_ZERO:
        run[name] = run[name] or None
    for name in _NULL_WHEN_EMPTY:
        run[name] = run[name] or None
    run["error"] = orjson.loads(run["error"]) if run["error"] else None
    run["config"] = json_value(orjson.loads(run["config"])) if run["config"] else {}
    run["tags"] = text_map(run["tags"])
    run["properties"] = text_map(run["properties"])
    return run


def _stats(
    store: MetricStore, ids: Sequence[str], metrics: Sequence[str]
) -> dict[str, dict[str, Any]]:
    named = "" if ALL_METRICS in metrics else "AND name IN {names:Array(String)}"
    found = ", ".join(f"{sql} AS {stat}_" for stat, sql in METRIC_SQL_BY_STAT.items())
    columns = store.query(
        f"SELECT toString(run_id) AS run, toString(name) AS metric, {found}, "  # noqa: S608  # our own words
        f"max(metrics.last.step) AS last_step FROM metrics "
        f"WHERE run_id IN {{ids:Array(String)}} {named} "
        f"GROUP BY run_id, name HAVING {HAS_POINTS_SQL} ORDER BY run, metric",
        {"ids": list(ids), "names": list(metrics)},
    ).to_pydict()
    stats: dict[str, dict[str, Any]] = {}
    for run, metric, first, last, low, high, step in zip(*columns.values(), strict=True):
        is_finite = low <= high
        stats.setdefault(run, {})[metric] = {
            "first": json_number(first),
            "last": json_number(last),
            "min": low if is_finite else None,
            "max": high if is_finite else None,
            "last_step": step,
        }
    return stats


def _pairs(store: MetricStore, sql: str, parameters: Mapping[str, object]) -> dict[str, int]:
    keys, values = store.query(sql, parameters).to_pydict().values()
    return dict(zip(keys, values, strict=True))


def _no_such_run(run_id: str) -> NotFound:
    return NotFound(f"no run has the id {run_id!r}: GET /api/v1/runs lists what there is")
