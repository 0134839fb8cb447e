"""What each metric of a run is: kind, count, and its first, last, lowest and highest point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.wire import json_number

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_ELEMENTS: Final = {"scalar", "list"}
"""Kinds that concatenate under one name; of any other conflict the first kind wins."""

_COUNTS: Final = """
SELECT toString(name) AS metric, 'scalar' AS family, toInt64(count()) AS n, true AS numeric
    FROM scalars FINAL WHERE run_id = {run:String} GROUP BY name
UNION ALL SELECT toString(name), 'scalar', toInt64(count()), false
    FROM strings FINAL WHERE run_id = {run:String} GROUP BY name
UNION ALL SELECT toString(name), 'list', toInt64(sum(length(numbers) + length(texts))),
    min(kind IN ('float', 'int', 'bool')) = 1
    FROM vectors FINAL WHERE run_id = {run:String} GROUP BY name
UNION ALL SELECT toString(name), 'table', toInt64(sum(row_count)), false
    FROM tables FINAL WHERE run_id = {run:String} GROUP BY name
UNION ALL SELECT toString(name), 'image', toInt64(count()), false
    FROM images FINAL WHERE run_id = {run:String} GROUP BY name
UNION ALL SELECT toString(name), 'chart', toInt64(count()), false
    FROM charts FINAL WHERE run_id = {run:String} GROUP BY name
"""

_MERGED: Final = ", ".join(
    f"{how}(metrics.{column}) AS {column}_"
    for column, how in {"first": "min", "last": "max", "low": "min", "high": "max"}.items()
)
_METRICS: Final = f"""
SELECT toString(name) AS metric, min(first_seen) AS seen, {_MERGED},
       groupBitOr(metrics.nonfinite) AS nonfinite_
FROM metrics WHERE run_id = {{run:String}} GROUP BY name
"""  # noqa: S608  # our own words; the run is a parameter
_FLAT: Final = f"""
SELECT metric, if(seen.3 = 'string', 'scalar', seen.3) AS kind,
       first_.1 AS first_step, first_.4 AS first_ts, first_.5 AS first_value,
       last_.1 AS last_step, last_.4 AS last_ts, last_.5 AS last_value,
       low_.2 AS low_step, low_.3 AS low_ts, low_.1 AS low_value,
       high_.2 AS high_step, high_.3 AS high_ts, high_.1 AS high_value,
       nonfinite_ AS nonfinite
FROM ({_METRICS}) ORDER BY seen.1, seen.2, metric
"""  # noqa: S608  # our own words


_TEXT_CHARS_MAX: Final = 256
"""Characters of a logged text that a summary holds; a metric's page shows all of them."""

_ENDS: Final = """
SELECT toString(name) AS metric,
       argMin((step, toUnixTimestamp64Micro(ts), toString(kind), leftUTF8(text, {chars:UInt32})),
              (step, pos, idx)) AS first,
       argMax((step, toUnixTimestamp64Micro(ts), toString(kind), leftUTF8(text, {chars:UInt32})),
              (step, pos, idx)) AS last
FROM strings FINAL WHERE run_id = {run:String} GROUP BY name
"""


class _Counted(NamedTuple):
    n: int
    is_numeric: bool


def summarize_metrics(store: MetricStore, run_id: str) -> list[dict[str, Any]]:
    """Return every metric of a run in order of first logging; none for an unknown run."""
    rows = store.query(_FLAT, {"run": run_id}).to_pylist()
    counted: dict[tuple[str, str], _Counted] = {}
    for row in store.query(_COUNTS, {"run": run_id}).to_pylist() if rows else []:
        key = (row["metric"], row["family"])
        before = counted.get(key, _Counted(0, is_numeric=True))
        counted[key] = _Counted(before.n + row["n"], before.is_numeric and bool(row["numeric"]))
    summaries = [_summary(row, counted) for row in rows]
    if any(one["kind"] == "scalar" and not one["numeric"] for one in summaries):
        _add_texts(store, run_id, summaries)
    return summaries


def _add_texts(store: MetricStore, run_id: str, summaries: list[dict[str, Any]]) -> None:
    """Let `first` and `last` be texts where those were logged before and after all numbers."""
    parameters = {"run": run_id, "chars": _TEXT_CHARS_MAX}
    ends_by_metric = {row["metric"]: row for row in store.query(_ENDS, parameters).to_pylist()}
    for one in summaries:
        ends = ends_by_metric.get(one["name"])
        if ends is None or one["kind"] != "scalar":
            continue
        for which, choose in (("first", min), ("last", max)):
            found = [_text_end(*ends[which].values()), *filter(None, [one[which]])]
            one[which] = choose(found, key=lambda end: (end["step"], end["ts_us"]))


def _text_end(step: int, ts_us: int, kind: str, text: str) -> dict[str, Any]:
    return {"step": step, "ts_us": ts_us, "value": None if kind == "none" else text}


def _summary(row: dict[str, Any], counted: dict[tuple[str, str], _Counted]) -> dict[str, Any]:
    kind = row["kind"]
    families = _ELEMENTS if kind in _ELEMENTS else {kind}
    parts = [c for family in families if (c := counted.get((row["metric"], family)))]
    has_points = row["first_step"] <= row["last_step"]
    has_finite = row["low_value"] <= row["high_value"]
    return {
        "name": row["metric"],
        "kind": kind,
        "count": sum(part.n for part in parts),
        "first": _extreme(row, "first") if has_points else None,
        "last": _extreme(row, "last") if has_points else None,
        "min": _extreme(row, "low") if has_finite else None,
        "max": _extreme(row, "high") if has_finite else None,
        "nonfinite": row["nonfinite"],
        "numeric": kind in _ELEMENTS and all(part.is_numeric for part in parts),
    }


def _extreme(row: dict[str, Any], which: str) -> dict[str, Any]:
    return {
        "step": row[f"{which}_step"],
        "ts_us": row[f"{which}_ts"],
        "value": json_number(row[f"{which}_value"]),
    }
