"""What a widget shows, as a document with the names that the retired SDK gave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from runtide.core.events import TERMINAL
from runtide.widget.record import (
    CHARTS_MAX,
    RunRecord,
    best_child,
    column_values,
    find_primary_metric,
)

_US_PER_S: Final = 1_000_000


def widget_document(record: RunRecord, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the run, its children, its metrics and the end of its log.

    `run_metrics` holds the values of each numeric metric with its steps as `categories`; of a long
    one, the last value of each of its buckets.
    """
    record.deliver()
    run = record.run()
    primary = find_primary_metric(run, settings)
    children = record.children(primary.name if primary else None)["items"]
    log = record.log_tail()
    names = [m["name"] for m in record.metrics() if m["kind"] == "scalar" and m["numeric"]]
    metrics = [_metric(series) for series in record.series(names[:CHARTS_MAX])]
    best = best_child(children, primary) if primary else None
    return {
        "status": run["status"],
        "workbench_run_details_uri": record.page_url(),
        "run_id": run["run_id"],
        "run_properties": _properties(run),
        "child_runs": [_child(child, primary.name if primary else None) for child in children],
        "children_metrics": _children_metrics(children, primary.name) if primary else {},
        "best_child_run_id": best[0]["run_id"] if best else None,
        "run_metrics": metrics,
        "run_logs": "\n".join(log["lines"]) if log else "",
        "widget_settings": settings,
        "loading": run["status"] not in TERMINAL,
    }


def _properties(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "run_id": run["run_id"],
        "run_number": run["number"],
        "status": run["status"],
        "created_utc": _utc(run["created_us"]),
        "end_time_utc": _utc(run["ended_us"]),
        "run_duration": _duration(run),
        "properties": run["properties"],
        "tags": run["tags"],
    }


def _child(run: dict[str, Any], metric: str | None) -> dict[str, Any]:
    return {
        "run_id": run["run_id"],
        "run_number": run["number"],
        "metric": _last(run, metric),
        "status": run["status"],
        "run_type": run["run_type"],
        "start_time": _utc(run["started_us"]),
        "end_time": _utc(run["ended_us"]),
        "created_time": _utc(run["created_us"]),
        "duration": _duration(run),
    }


def _children_metrics(children: list[dict[str, Any]], metric: str) -> dict[str, Any]:
    return {
        "categories": [child["number"] for child in children],
        "series": {metric: [{"data": [_last(child, metric) for child in children]}]},
        "metricName": metric,
        "primaryMetricName": metric,
        "showLegend": False,
    }


def _last(run: dict[str, Any], metric: str | None) -> object:
    return ((run.get("metrics") or {}).get(metric) or {}).get("last")


def _metric(series: dict[str, Any]) -> dict[str, Any]:
    is_points = series["kind"] == "points"
    steps = column_values(series["x" if is_points else "last_x"]).tolist()
    values = column_values(series["value" if is_points else "last"]).tolist()
    return {
        "name": series["metric"],
        "run_id": series["run"],
        "categories": steps,
        "series": [{"data": values}],
    }


def _utc(time_us: int | None) -> str | None:
    if time_us is None:
        return None
    return datetime.fromtimestamp(time_us / _US_PER_S, UTC).isoformat()


def _duration(run: dict[str, Any]) -> str | None:
    """Return the time from the start, or else the creation, to the end; None before."""
    if run["ended_us"] is None:
        return None
    begin_us = run["started_us"] or run["created_us"]
    return str(timedelta(microseconds=run["ended_us"] - begin_us))
