"""The one place where stored values become JSON: non-finite numbers, columns, bytes."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import orjson
from starlette.responses import Response

from runtide.core.shapes import metric_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    import pyarrow as pa

Encoding: TypeAlias = Literal["array", "columns"]
"""How a column of numbers travels: as a JSON array, or as base64 of its little-endian bytes."""

COLUMNS_MEDIA_TYPE: Final = "application/vnd.runtide.columns+json"
ARROW_MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"

_NONFINITE_NAME: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class OrjsonResponse(Response):
    """A JSON answer, encoded in one go; non-finite floats must have been replaced before."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return the bytes of the answer's body."""
        return orjson.dumps(content)


def exact_json(value: object) -> Response:
    """Return a JSON answer in which integers of any length are numbers, exactly."""
    try:
        return OrjsonResponse(value)
    except TypeError:
        # orjson stops at 64 bits; the standard library is slow, but knows no such end.
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return Response(body.encode(), media_type="application/json")


def shapes_json(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the shapes of `get_metrics` for a run's lossless entries, as JSON values."""
    return {name: json_value(value) for name, value in metric_values(entries).items()}


def json_number(value: float) -> float | str:
    """Return `value`, or its name if it is not finite: JSON has no such numbers."""
    return value if math.isfinite(value) else _NONFINITE_NAME[str(float(value))]


def json_value(value: Any) -> Any:  # noqa: ANN401  # any JSON-like value, nested at will
    """Return `value` with every non-finite float in it replaced by its name."""
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    return value


def float_column(values: npt.NDArray[np.float64], encoding: Encoding) -> Any:  # noqa: ANN401  # a JSON column
    """Return a column of floats; in an array, non-finite ones are names."""
    if encoding == "columns":
        return {"f64": _base64(values, "<f8")}
    return json_floats(values)


def json_floats(values: npt.NDArray[np.float64]) -> list[Any]:
    """Return floats as a JSON array; non-finite ones are names."""
    numbers: list[Any] = values.tolist()
    if np.isfinite(values).all():
        return numbers
    return [json_number(value) for value in numbers]


def finite_column(values: npt.NDArray[np.float64], encoding: Encoding) -> Any:  # noqa: ANN401  # a JSON column
    """Return a column in which a non-finite value means there is none: null, or NaN packed."""
    if encoding == "columns":
        return {"f64": _base64(np.where(np.isfinite(values), values, np.nan), "<f8")}
    return [value if math.isfinite(value) else None for value in values.tolist()]


def integer_column(
    values: npt.NDArray[np.int64],
    encoding: Encoding,
    *,
    present: npt.NDArray[np.bool_] | None = None,
) -> Any:  # noqa: ANN401  # a JSON column
    """Return a column of integers; where `present` is false, null, or 0 if packed."""
    if encoding == "columns":
        kept = values if present is None else np.where(present, values, 0)
        return {"i64": _base64(kept, "<i8")}
    if present is None:
        return values.tolist()
    return [
        value if there else None
        for value, there in zip(values.tolist(), present.tolist(), strict=True)
    ]


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a small result as dictionaries."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def text_map(value: Any) -> dict[str, Any]:  # noqa: ANN401  # Arrow gives a map as pairs
    """Return a map column's cell as a dictionary."""
    pairs: Mapping[str, Any] | list[tuple[str, Any]] = value
    return dict(pairs)


def _base64(values: npt.NDArray[Any], dtype: str) -> str:
    return b64encode(np.ascontiguousarray(values, dtype=dtype).data).decode()
