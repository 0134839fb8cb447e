"""Reading series: where they begin and end, their points, and their rollups."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from query_api.core.downsample import Buckets, Integers, Points
from query_api.core.join import ValueSpan
from query_api.core.plan import Span
from query_api.reads.grouping import groups_of, numpy_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from runtide.store.port import MetricStore

COUNTED_ONE_BY_ONE_MAX: Final = 16
"""Up to this many series are counted by their own key ranges, which the index alone answers."""

RAW_BATCH_POINTS: Final = 1_000_000
"""Points that one statement reads at most, unless a single series has more."""

_EPOCH_UNIT: Final = "toUnixTimestamp64Micro(ts)"
_KEYED: Final = "run_id IN {runs:Array(String)} AND name IN {names:Array(String)}"


class SeriesKey(NamedTuple):
    """A series: one metric of one run."""

    run: str
    metric: str


class Extent(NamedTuple):
    """Which steps a series has, first to last, and when those two were logged."""

    steps: Span
    times: Span


class RollupRows(NamedTuple):
    """Rollup buckets of one series as the store keeps them, in order of step."""

    bucket: Integers
    columns: Mapping[str, Any]


def read_extents(
    store: MetricStore, runs: Sequence[str], metrics: Sequence[str]
) -> dict[SeriesKey, Extent]:
    """Return the extent of each series that has points, by run and metric."""
    columns = store.query(
        f"SELECT toString(run_id) AS run, toString(name) AS metric, f.1 AS step, l.1 AS last_step, "  # noqa: S608  # our own words
        f"f.4 AS ts, l.4 AS last_ts FROM (SELECT run_id, name, min(first) AS f, max(last) AS l "
        f"FROM metrics WHERE {_KEYED} GROUP BY run_id, name HAVING l.1 >= f.1) ORDER BY run, metric",
        {"runs": list(runs), "names": list(metrics)},
    ).to_pydict()
    return {
        SeriesKey(run, metric): Extent(
            Span(step, last_step + 1), Span(min(ts, last_ts), max(ts, last_ts) + 1)
        )
        for run, metric, step, last_step, ts, last_ts in zip(*columns.values(), strict=True)
    }


def read_value_spans(store: MetricStore, runs: Sequence[str], metric: str) -> dict[str, ValueSpan]:
    """Return the lowest and highest finite value of a metric by run; of none, an empty span."""
    columns = store.query(
        "SELECT toString(run_id) AS run, min(low).1 AS low, max(high).1 AS high FROM metrics "
        "WHERE run_id IN {runs:Array(String)} AND name = {name:String} GROUP BY run_id",
        {"runs": list(runs), "name": metric},
    ).to_pydict()
    return {run: ValueSpan(low, high) for run, low, high in zip(*columns.values(), strict=True)}


def count_points(
    store: MetricStore, steps_by_key: Mapping[SeriesKey, Span]
) -> dict[SeriesKey, int]:
    """Return how many points each series has in its span of steps.

    A point that was inserted twice and is not merged yet counts twice.
    """
    if len(steps_by_key) > COUNTED_ONE_BY_ONE_MAX:
        return _counted_together(store, steps_by_key)
    parameters: dict[str, Any] = {}
    parts = []
    for i, (key, span) in enumerate(steps_by_key.items()):
        parameters |= {
            f"r{i}": key.run,
            f"m{i}": key.metric,
            f"a{i}": span.start,
            f"b{i}": span.end,
        }
        # Equality on the key's columns lets the index count without reading a row.
        parts.append(
            f"SELECT {i} AS i, toInt64(count()) AS n FROM scalars WHERE run_id = {{r{i}:String}} "  # noqa: S608  # our own words
            f"AND name = {{m{i}:String}} AND step >= {{a{i}:Int64}} AND step < {{b{i}:Int64}}"
        )
    if not parts:
        return {}
    counts = store.query(" UNION ALL ".join(parts), parameters).to_pydict()
    keys = list(steps_by_key)
    return {keys[i]: n for i, n in zip(counts["i"], counts["n"], strict=True)}


def _counted_together(
    store: MetricStore, steps_by_key: Mapping[SeriesKey, Span]
) -> dict[SeriesKey, int]:
    spans = steps_by_key.values()
    columns = store.query(
        f"SELECT toString(run_id) AS run, toString(name) AS metric, toInt64(count()) AS n "  # noqa: S608  # our own words
        f"FROM scalars WHERE {_KEYED} AND step >= {{a:Int64}} AND step < {{b:Int64}} "
        f"GROUP BY run_id, name",
        {
            "runs": sorted({key.run for key in steps_by_key}),
            "names": sorted({key.metric for key in steps_by_key}),
            "a": min(span.start for span in spans),
            "b": max(span.end for span in spans),
        },
    ).to_pydict()
    counted = {SeriesKey(run, metric): n for run, metric, n in zip(*columns.values(), strict=True)}
    return {key: counted.get(key, 0) for key in steps_by_key}


def read_points(
    store: MetricStore,
    count_by_key: Mapping[SeriesKey, int],
    steps: Span,
    *,
    needs_times: bool = True,
) -> Iterator[tuple[SeriesKey, Points]]:
    """Yield the points of each series within `steps`, in order of step and then of logging.

    `x` is the step. Series without points are left out. Without `needs_times`, `ts_us` is empty:
    a million points are read twice as fast.
    """
    for runs, names in _batches(count_by_key):
        ordered = _read_ordered(store, runs, names, steps, needs_times=needs_times)
        for key, points in ordered:
            if len(points.step) > 1 and not np.diff(points.step).all():
                yield key, _in_order_of_logging(store, key, steps)
            else:
                yield key, points


def _read_ordered(
    store: MetricStore, runs: list[str], names: list[str], steps: Span, *, needs_times: bool
) -> Iterator[tuple[SeriesKey, Points]]:
    is_single = len(runs) == len(names) == 1
    keys = "" if is_single else "toString(run_id) AS run, toString(name) AS metric, "
    times = f"{_EPOCH_UNIT} AS ts_us, " if needs_times else ""
    table = store.query(
        f"SELECT {keys}{times}step, value FROM scalars FINAL "  # noqa: S608  # our own words
        f"WHERE {_KEYED} AND step >= {{a:Int64}} AND step < {{b:Int64}} "
        f"ORDER BY run_id, name, step",
        {"runs": runs, "names": names, "a": steps.start, "b": steps.end},
    )
    if not is_single:
        parts = _by_series(table)
    elif table.num_rows:
        parts = iter([(SeriesKey(runs[0], names[0]), table)])
    else:
        return
    for key, part in parts:
        step = numpy_column(part, "step")
        ts_us = numpy_column(part, "ts_us") if needs_times else step[:0]
        yield key, Points(x=step, step=step, ts_us=ts_us, value=numpy_column(part, "value"))


def _in_order_of_logging(store: MetricStore, key: SeriesKey, steps: Span) -> Points:
    """Return a series of which several points share a step; the table's key does not order them."""
    table = store.query(
        f"SELECT step, {_EPOCH_UNIT} AS ts_us, value FROM scalars FINAL "  # noqa: S608  # our own words
        f"WHERE run_id = {{run:String}} AND name = {{name:String}} AND step >= {{a:Int64}} "
        f"AND step < {{b:Int64}} ORDER BY step, pos, idx",
        {"run": key.run, "name": key.metric, "a": steps.start, "b": steps.end},
    )
    step = numpy_column(table, "step")
    return Points(step, step, numpy_column(table, "ts_us"), numpy_column(table, "value"))


def read_buckets(
    store: MetricStore,
    keys: Iterable[SeriesKey],
    *,
    rollup_width: int,
    bucket_width: int,
    steps: Span,
) -> Iterator[tuple[SeriesKey, Buckets]]:
    """Yield each series in buckets of steps, from a rollup whose multiple the width is.

    The buckets at the ends are whole: they may hold steps outside `steps`.
    """
    factor = bucket_width // rollup_width
    assert factor * rollup_width == bucket_width, (bucket_width, rollup_width)
    start, end = (steps.start // bucket_width * factor, -(-steps.end // bucket_width) * factor)
    for runs, names in _batches(dict.fromkeys(keys, 0)):
        table = store.query(
            f"SELECT run, metric, b, f.1 AS first_step, f.5 AS first, l.1 AS last_step, "  # noqa: S608  # our own words
            f"l.5 AS last, lo.1 AS low, lo.2 AS low_step, hi.1 AS high, hi.2 AS high_step, odd "
            f"FROM (SELECT toString(run_id) AS run, toString(name) AS metric, "
            f"bucket - positiveModulo(bucket, {{factor:Int64}}) AS b, min(first) AS f, "
            f"max(last) AS l, min(low) AS lo, max(high) AS hi, toInt64(groupBitOr(nonfinite)) AS odd "
            f"FROM rollups WHERE {_KEYED} AND width = {{width:UInt32}} "
            f"AND bucket >= {{a:Int64}} AND bucket < {{b:Int64}} GROUP BY run_id, name, b) "
            f"ORDER BY run, metric, b",
            {
                "runs": runs,
                "names": names,
                "width": rollup_width,
                "factor": factor,
                "a": start,
                "b": end,
            },
        )
        for key, part in _by_series(table):
            yield key, _buckets(part, rollup_width)


def read_rollup_rows(store: MetricStore, key: SeriesKey, *, rollup_width: int) -> dict[str, Any]:
    """Return the merged rollup buckets of one series, column by column, in order of step."""
    table = store.query(
        "SELECT bucket AS b, f.1 AS first_step, f.4 AS first_ts, f.5 AS first, "
        "l.1 AS last_step, l.4 AS last_ts, l.5 AS last, "
        "lo.2 AS low_step, lo.3 AS low_ts, lo.1 AS low, "
        "hi.2 AS high_step, hi.3 AS high_ts, hi.1 AS high, odd "
        "FROM (SELECT bucket, min(first) AS f, max(last) AS l, min(low) AS lo, max(high) AS hi, "
        "toInt64(groupBitOr(nonfinite)) AS odd FROM rollups WHERE run_id = {run:String} "
        "AND name = {name:String} AND width = {width:UInt32} GROUP BY bucket) ORDER BY b",
        {"run": key.run, "name": key.metric, "width": rollup_width},
    )
    return {name: numpy_column(table, name) for name in table.column_names}


def _batches(count_by_key: Mapping[SeriesKey, int]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield runs and metrics whose product is exactly the series, a bounded part at a time."""
    names_by_run: dict[str, list[str]] = defaultdict(list)
    for key in sorted(count_by_key):
        names_by_run[key.run].append(key.metric)
    runs_by_names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for run, names in names_by_run.items():
        runs_by_names[tuple(names)].append(run)
    for wanted, runs in runs_by_names.items():
        batch: list[str] = []
        size = 0
        for run in runs:
            count = sum(count_by_key[SeriesKey(run, name)] for name in wanted)
            if batch and size + count > RAW_BATCH_POINTS:
                yield batch, list(wanted)
                batch, size = [], 0
            batch.append(run)
            size += count
        yield batch, list(wanted)


def _by_series(table: pa.Table) -> Iterator[tuple[SeriesKey, pa.Table]]:
    """Yield the parts of a result that is ordered by run and metric."""
    for (run, metric), part in groups_of(table, ("run", "metric")):
        yield SeriesKey(run, metric), part


def _buckets(part: pa.Table, rollup_width: int) -> Buckets:
    first_step, last_step = numpy_column(part, "first_step"), numpy_column(part, "last_step")
    low_step, high_step = numpy_column(part, "low_step"), numpy_column(part, "high_step")
    return Buckets(
        x=numpy_column(part, "b") * rollup_width,
        first=numpy_column(part, "first"),
        first_x=first_step,
        last=numpy_column(part, "last"),
        last_x=last_step,
        low=numpy_column(part, "low"),
        low_x=low_step,
        low_step=low_step,
        high=numpy_column(part, "high"),
        high_x=high_step,
        high_step=high_step,
        nonfinite=numpy_column(part, "odd"),
    )
