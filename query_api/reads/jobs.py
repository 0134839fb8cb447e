"""Jobs of runs, the states they went through, and what waits on compute targets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import orjson

from query_api.reads.runs import workspace_parameters, workspace_sql
from query_api.wire import json_value, rows_of
from runtide.core.envelope import parse_event
from runtide.core.events import TERMINAL, JobSubmitted
from runtide.core.states import is_accepted
from runtide.errors import NotFound

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

RUNS_PER_TARGET_MAX: Final = 10_000
"""Runs of a target that one answer lists, those first that are taken first."""

_WAITING: Final = ("NotStarted", "Queued")

_JOB: Final = "SELECT spec FROM jobs FINAL WHERE run_id = {run:String}"
_STATES: Final = (
    "SELECT toString(status) AS status, toUnixTimestamp64Micro(ts) AS ts_us, "
    "toString(by) AS by, reason, error FROM states FINAL "
    "WHERE run_id = {run:String} ORDER BY pos, idx"
)
_TARGETS: Final = """
SELECT toString(j.target) AS name,
       toInt64(countIf(r.status IN {waiting:Array(String)})) AS queued_count,
       toInt64(countIf(r.status NOT IN {ended:Array(String)})) - queued_count AS active_count
FROM jobs AS j FINAL INNER JOIN kept_runs AS r ON j.run_id = r.run_id
WHERE {there} GROUP BY j.target ORDER BY name
"""
_ON_TARGET: Final = """
SELECT r.run_id AS run_id, r.name AS name, toString(r.experiment) AS experiment,
       toString(r.user) AS user, toString(r.status) AS status, j.priority AS priority,
       toUnixTimestamp64Micro(j.ts) AS submitted_us, r.started_us AS started_us
FROM jobs AS j FINAL INNER JOIN kept_runs AS r ON j.run_id = r.run_id
WHERE j.target = {target:String} AND r.status NOT IN {ended:Array(String)} AND {there}
ORDER BY priority DESC, submitted_us, run_id LIMIT {limit:UInt32}
"""
_EVER: Final = (
    "SELECT j.run_id FROM jobs AS j FINAL INNER JOIN kept_runs AS r ON j.run_id = r.run_id "
    "WHERE j.target = {target:String} AND {there} LIMIT 1"
)


def find_job(store: MetricStore, run_id: str) -> JobSubmitted | None:
    """Return what a run was submitted with; None for one that nobody submitted."""
    rows = rows_of(store.query(_JOB, {"run": run_id}))
    if not rows:
        return None
    job = parse_event(orjson.loads(rows[0]["spec"]))
    assert isinstance(job, JobSubmitted), job
    return job


def get_job(store: MetricStore, run_id: str) -> dict[str, Any]:
    """Return what a run was submitted with.

    Raises:
        NotFound: Nobody submitted it.
    """
    job = find_job(store, run_id)
    if job is None:
        message = f"run {run_id!r} has no job: it was started by the process that logs it"
        raise NotFound(message)
    fields = asdict(job)
    submitted_us = fields.pop("ts_us")
    return fields | {
        "run_id": run_id,
        "environment": json_value(job.environment),
        "submitted_us": submitted_us,
    }


def list_states(store: MetricStore, run_id: str) -> list[dict[str, Any]]:
    """Return every state that somebody said a run is in, and which of them counted."""
    states, status = [], "NotStarted"
    for row in rows_of(store.query(_STATES, {"run": run_id})):
        accepted = is_accepted(row["status"], after=status)
        status = row["status"] if accepted else status
        states.append(
            {
                "status": row["status"],
                "ts_us": row["ts_us"],
                "by": row["by"] or None,
                "reason": row["reason"] or None,
                "error": json_value(orjson.loads(row["error"])) if row["error"] else None,
                "accepted": accepted,
            }
        )
    return states


def list_targets(store: MetricStore, *, workspace: str | None) -> list[dict[str, Any]]:
    """Return every target that a run of `workspace` was submitted to, with what it has to do."""
    parameters = {"waiting": list(_WAITING), "ended": sorted(TERMINAL)}
    sql = _in_workspace(_TARGETS, workspace)
    return rows_of(store.query(sql, parameters | workspace_parameters(workspace)))


def get_target(store: MetricStore, name: str, *, workspace: str | None) -> dict[str, Any]:
    """Return the runs of `workspace`, None for all, that wait for a target and that are on it.

    Raises:
        NotFound: None was ever submitted to it.
    """
    there = {"target": name} | workspace_parameters(workspace)
    parameters = there | {"ended": sorted(TERMINAL), "limit": RUNS_PER_TARGET_MAX}
    rows = rows_of(store.query(_in_workspace(_ON_TARGET, workspace), parameters))
    if not rows and not store.query(_in_workspace(_EVER, workspace), there).num_rows:
        message = (
            f"no run was submitted to target {name!r}: GET /api/v1/targets lists what there is"
        )
        raise NotFound(message)
    runs = [
        row | {"user": row["user"] or None, "started_us": row["started_us"] or None} for row in rows
    ]
    return {
        "name": name,
        "queued": [run for run in runs if run["status"] in _WAITING],
        "active": [run for run in runs if run["status"] not in _WAITING],
    }


def _in_workspace(sql: str, workspace: str | None) -> str:
    condition = workspace_sql(workspace)
    return sql.replace("{there}", condition.replace("workspace =", "r.workspace ="))
