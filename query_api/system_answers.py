"""The bodies of answers about a run's machines, as OpenAPI documents them, and how they are made."""

from typing import Any, Literal

from pydantic import Field

from query_api.answers import Answer, Column
from query_api.core.downsample import Buckets, Points
from query_api.reads.system import SystemSeries
from query_api.series_wire import bucket_columns
from query_api.wire import Encoding, float_column, integer_column


class MeasuredPoints(Answer):
    """Every measurement of one quantity of one host within the span."""

    host: str
    name: str
    kind: Literal["points"]
    n: int
    x: Column = Field(description="Microseconds since 1970.")
    value: Column


class MeasuredBuckets(Answer):
    """One quantity of one host in buckets that keep the first, last, lowest and highest."""

    host: str
    name: str
    kind: Literal["buckets"]
    n_points: int
    n: int
    x: Column = Field(description="Where each bucket starts, in microseconds since 1970.")
    x_end: Column = Field(description="Where each bucket ends; it is not in it.")
    first: Column
    first_x: Column
    last: Column
    last_x: Column
    min: Column = Field(description="Lowest finite value; null, or NaN if packed, without one.")
    min_x: Column
    max: Column = Field(description="Highest finite value; null, or NaN if packed, without one.")
    max_x: Column
    nonfinite: Column = Field(description="Bits: 1 NaN, 2 +Inf, 4 -Inf.")


class SystemAnswer(Answer):
    """What was measured of a run's machines, by host and then by name."""

    position: str
    series: list[MeasuredPoints | MeasuredBuckets]


def system_json(series: SystemSeries, encoding: Encoding) -> dict[str, Any]:
    """Return one series as the contract's JSON: that of `/series` without steps."""
    head: dict[str, Any] = {"host": series.host, "name": series.name}
    match series.content:
        case Points() as points:
            return head | {
                "kind": "points",
                "n": len(points.x),
                "x": integer_column(points.ts_us, encoding),
                "value": float_column(points.value, encoding),
            }
        case Buckets() as buckets:
            columns = bucket_columns(buckets, series.width, encoding)
            return head | {
                "kind": "buckets",
                "n_points": series.point_count,
                "n": len(buckets.x),
                **{k: v for k, v in columns.items() if k not in {"min_step", "max_step"}},
            }
