"""Series on the wire: JSON with plain or packed columns, and an Arrow stream in long form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from query_api.core.downsample import Buckets, Places, Points
from query_api.wire import Encoding, finite_column, float_column, integer_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from query_api.reads.series import SeriesAnswer

_PLACES = {"x", "x_end", "first_x", "last_x", "min_x", "max_x"}
"""Columns of places on the axis: integers, or floats where the axis is a metric."""

_ARROW_SCHEMA = pa.schema(
    [
        ("run", pa.dictionary(pa.int32(), pa.string())),
        ("metric", pa.dictionary(pa.int32(), pa.string())),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
        *((name, pa.int64()) for name in ("x", "x_end", "step", "ts_us")),
        ("value", pa.float64()),
        ("first", pa.float64()),
        ("first_x", pa.int64()),
        ("last", pa.float64()),
        ("last_x", pa.int64()),
        ("min", pa.float64()),
        ("min_x", pa.int64()),
        ("min_step", pa.int64()),
        ("max", pa.float64()),
        ("max_x", pa.int64()),
        ("max_step", pa.int64()),
        ("nonfinite", pa.int64()),
    ]
)
"""Points fill `step`, `ts_us` and `value`; buckets fill the rest; the others' are null."""


def series_json(answer: SeriesAnswer, encoding: Encoding) -> dict[str, Any]:
    """Return one series as the contract's JSON."""
    head: dict[str, Any] = {"run": answer.key.run, "metric": answer.key.metric}
    if answer.without_x is not None:
        head["n_without_x"] = answer.without_x
    match answer.content:
        case Points() as points:
            return head | {
                "kind": "points",
                "n": len(points.x),
                "x": _places(points.x, encoding),
                "step": integer_column(points.step, encoding),
                "ts_us": integer_column(points.ts_us, encoding),
                "value": float_column(points.value, encoding),
            }
        case Buckets() as buckets:
            return head | {
                "kind": "buckets",
                "n_points": answer.point_count,
                "n": len(buckets.x),
                **bucket_columns(buckets, answer.width, encoding),
            }


def series_arrow(answers: Sequence[SeriesAnswer]) -> bytes:
    """Return all series as one Arrow stream, a row a point or bucket."""
    sink = pa.BufferOutputStream()
    schema = _ARROW_SCHEMA
    if any(answer.content.x.dtype.kind == "f" for answer in answers):
        schema = pa.schema(
            [pa.field(f.name, pa.float64()) if f.name in _PLACES else f for f in schema]
        )
    with pa.ipc.new_stream(sink, schema) as writer:
        for answer in answers:
            writer.write_batch(_record_batch(answer, schema))
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def bucket_columns(buckets: Buckets, width: float, encoding: Encoding) -> dict[str, Any]:
    """Return the columns of buckets of one width as JSON columns."""
    present = buckets.low <= buckets.high
    return {
        "x": _places(buckets.x, encoding),
        "x_end": _places(buckets.x + width, encoding),
        "first": float_column(buckets.first, encoding),
        "first_x": _places(buckets.first_x, encoding),
        "last": float_column(buckets.last, encoding),
        "last_x": _places(buckets.last_x, encoding),
        "min": finite_column(buckets.low, encoding),
        "min_x": _places(buckets.low_x, encoding, present=present),
        "min_step": integer_column(buckets.low_step, encoding, present=present),
        "max": finite_column(buckets.high, encoding),
        "max_x": _places(buckets.high_x, encoding, present=present),
        "max_step": integer_column(buckets.high_step, encoding, present=present),
        "nonfinite": integer_column(buckets.nonfinite, encoding),
    }


def _places(
    places: Places, encoding: Encoding, *, present: npt.NDArray[np.bool_] | None = None
) -> Any:  # noqa: ANN401  # a JSON column
    """Return a column of places; where none is present it is null, or packed 0 or NaN."""
    if places.dtype.kind == "i":
        return integer_column(places.astype(np.int64), encoding, present=present)
    floats = places.astype(np.float64)
    if present is None:
        return float_column(floats, encoding)
    return finite_column(np.where(present, floats, np.nan), encoding)


def _record_batch(answer: SeriesAnswer, schema: pa.Schema) -> pa.RecordBatch:
    content = answer.content
    count = len(content.x)
    columns: dict[str, pa.Array] = {"x": pa.array(content.x)}
    if isinstance(content, Points):
        kind = "points"
        columns |= {
            "step": pa.array(content.step),
            "ts_us": pa.array(content.ts_us),
            "value": pa.array(content.value),
        }
    else:
        kind = "buckets"
        absent = ~(content.low <= content.high)
        columns |= {
            "x_end": pa.array(content.x + answer.width),
            "first": pa.array(content.first),
            "first_x": pa.array(content.first_x),
            "last": pa.array(content.last),
            "last_x": pa.array(content.last_x),
            "min": pa.array(content.low, mask=absent),
            "min_x": pa.array(content.low_x, mask=absent),
            "min_step": pa.array(content.low_step, mask=absent),
            "max": pa.array(content.high, mask=absent),
            "max_x": pa.array(content.high_x, mask=absent),
            "max_step": pa.array(content.high_step, mask=absent),
            "nonfinite": pa.array(content.nonfinite),
        }
    for name, text in (("run", answer.key.run), ("metric", answer.key.metric), ("kind", kind)):
        codes = pa.array(np.zeros(count, np.int32))
        columns[name] = pa.DictionaryArray.from_arrays(codes, pa.array([text]))
    return pa.record_batch(
        [
            columns[field.name] if field.name in columns else pa.nulls(count, field.type)
            for field in schema
        ],
        schema=schema,
    )
