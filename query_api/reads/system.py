"""What was measured of the machines that a run is on, in as many points as a chart can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from query_api.core.downsample import Buckets, Points, in_buckets
from query_api.core.plan import Span, bucket_width
from query_api.reads.grouping import groups_of, numpy_column

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_MEASURED: Final = (
    "SELECT toString(host) AS host, toString(name) AS name, toUnixTimestamp64Micro(ts) AS ts_us, "
    "value FROM system FINAL WHERE run_id = {run:String} "
    "AND ts >= fromUnixTimestamp64Micro({a:Int64}) AND ts < fromUnixTimestamp64Micro({b:Int64}) "
    "ORDER BY host, name, ts, pos, idx"
)


class SystemSeries(NamedTuple):
    """One quantity of one host over time, in microseconds: its points, or buckets of them.

    Attributes:
        point_count: How many points of the series the span holds.
        width: Width of the buckets; 0 for points.
    """

    host: str
    name: str
    content: Points | Buckets
    point_count: int
    width: int


def read_system(
    store: MetricStore, run_id: str, times: Span, *, max_points: int
) -> list[SystemSeries]:
    """Return what was measured of a run's machines in `times`, by host and then by name."""
    parameters = {"run": run_id, "a": times.start, "b": times.end}
    table = store.query(_MEASURED, parameters)
    return [
        _series(host, name, numpy_column(part, "ts_us"), numpy_column(part, "value"), max_points)
        for (host, name), part in groups_of(table, ("host", "name"))
    ]


def _series(
    host: str,
    name: str,
    ts_us: np.typing.NDArray[np.int64],
    value: np.typing.NDArray[np.float64],
    max_points: int,
) -> SystemSeries:
    points = Points(x=ts_us, step=ts_us, ts_us=ts_us, value=value)
    if len(ts_us) <= max_points:
        return SystemSeries(host, name, points, len(ts_us), 0)
    width = bucket_width(Span(int(ts_us[0]), int(ts_us[-1]) + 1), buckets_max=max_points)
    return SystemSeries(host, name, in_buckets(points, width), len(ts_us), width)
