"""Whole arrays as points: what `Run.log_batch` was given, checked and copied. Pure.

An array that gives its bytes through the buffer protocol is copied as bytes and never becomes
Python objects. NumPy is not imported: an array of another number format converts itself.
"""

from __future__ import annotations

import sys
from array import array
from itertools import repeat
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from runtide.client.segments import Batch, integers
from runtide.client.values import cells, step_number
from runtide.core import limits
from runtide.core.shown import shown
from runtide.errors import UsageError

_NS_PER_US: Final = 1_000
_US_PER_S: Final = 1_000_000
_TIMES_WANTED: Final = "want integers of microseconds since 1970, or floats of seconds"


_Kind: TypeAlias = Literal["f64", "i64", "bool"]

_KIND_BY_FORMAT: Final[dict[tuple[str, int], _Kind]] = {
    ("d", 8): "f64",
    ("q", 8): "i64",
    ("l", 8): "i64",
    ("?", 1): "bool",
}
"""Formats of the buffer protocol, with the bytes of one value, that travel as they are."""

_WIDER_BY_CODE: Final[dict[str, tuple[_Kind, str]]] = {
    **dict.fromkeys("feg", ("f64", "<f8")),
    **dict.fromkeys("iIhHbB", ("i64", "<i8")),
}
"""Formats that become one of those without loss, but for the long double's."""


class _Numbers(NamedTuple):
    kind: _Kind
    n: int
    data: bytes


def array_points(
    values: object, steps: object, timestamps: object, *, logged_us: int, what: str
) -> tuple[list[Any], int]:
    """Return value, step, nanoseconds, over and over, and the number of points.

    Raises:
        UsageError: The lengths differ, or something is not what `Run.log_batch` takes.
    """
    numbers = _numbers(values, what=what)
    if numbers is None:
        return _listed_points(values, steps, timestamps, logged_us=logged_us, what=what)
    step_data = None if steps is None else _step_data(steps, what=what)
    ts_data = None if timestamps is None else _ts_data(timestamps, what=what)
    for column, data in (("steps", step_data), ("timestamps", ts_data)):
        if data is not None:
            _require_length(column, len(data) // 8, numbers.n, what=what)
    if not numbers.n:
        return [], 0
    batch = Batch(numbers.kind, numbers.n, numbers.data, step_data, ts_data, logged_us)
    return [batch, None, logged_us * _NS_PER_US], numbers.n


def _listed_points(
    values: object, steps: object, timestamps: object, *, logged_us: int, what: str
) -> tuple[list[Any], int]:
    if isinstance(values, str):
        message = f"values of {what} are the string {shown(values)}: want an array or an iterable"
        raise UsageError(message)
    points = cells(values, what=f"values of {what}")
    n = len(points)
    flat: list[Any] = [None] * (3 * n)
    flat[0::3] = points
    if steps is not None:
        listed = integers(_step_data(steps, what=what))
        _require_length("steps", len(listed), n, what=what)
        flat[1::3] = listed
    if timestamps is None:
        flat[2::3] = repeat(logged_us * _NS_PER_US, n)
    else:
        ts_us = integers(_ts_data(timestamps, what=what))
        _require_length("timestamps", len(ts_us), n, what=what)
        flat[2::3] = [ts * _NS_PER_US for ts in ts_us]
    return flat, n


def _numbers(values: object, *, what: str) -> _Numbers | None:
    """Return the numbers of an array, or None if `values` is no array of numbers."""
    view = _view(values)
    if view is None and not isinstance(values, list | tuple) and hasattr(values, "__array__"):
        try:
            values = values.__array__()
        except Exception as exc:
            # Whatever a foreign library raises, such as for a tensor that needs its gradient.
            message = f"values of {what} do not turn into an array ({exc}): want a plain array"
            raise UsageError(message) from exc
        view = _view(values)
    if view is None or isinstance(values, bytes | bytearray):
        return None
    if view.ndim != 1:
        message = f"values of {what} have {view.ndim} dimensions: want one"
        raise UsageError(message)
    kind = _KIND_BY_FORMAT.get((view.format.lstrip("@=<"), view.itemsize))
    if kind is not None and sys.byteorder == "little":
        return _Numbers(kind, len(view), view.tobytes())
    wider = _WIDER_BY_CODE.get(view.format.lstrip("@=<"))
    if wider is not None and hasattr(values, "astype"):
        return _Numbers(wider[0], len(view), values.astype(wider[1]).tobytes())
    return None


def _view(values: object) -> memoryview | None:
    try:
        return memoryview(values)  # type: ignore[arg-type]  # TypeError is handled
    except (TypeError, ValueError, BufferError):
        return None


def _step_data(steps: object, *, what: str) -> bytes:
    numbers = _numbers(steps, what=f"steps of {what}")
    if numbers is not None and numbers.kind == "i64":
        listed = integers(numbers.data)
        if listed and (min(listed) < -limits.STEP_MAX or max(listed) > limits.STEP_MAX):
            message = f"steps of {what} go beyond ±2^62: want smaller ones"
            raise UsageError(message)
        return numbers.data
    checked: list[int] = []
    for step in cells(steps, what=f"steps of {what}"):
        number = step_number(step)
        if number is None:
            message = f"steps of {what} hold None: want an integer for each value"
            raise UsageError(message)
        checked.append(number)
    return array("q", checked).tobytes()


def _ts_data(timestamps: object, *, what: str) -> bytes:
    numbers = _numbers(timestamps, what=f"timestamps of {what}")
    try:
        if numbers is not None and numbers.kind == "i64":
            times = integers(numbers.data)
        else:
            times = array("q", map(_ts_us, cells(timestamps, what=f"timestamps of {what}")))
    except (TypeError, ValueError, OverflowError) as exc:
        message = f"timestamps of {what} hold something else than times ({exc}): {_TIMES_WANTED}"
        raise UsageError(message) from exc
    if times and (min(times) < 0 or max(times) > limits.TIME_US_MAX):
        message = f"timestamps of {what} go from {min(times)} to {max(times)} µs: {_TIMES_WANTED}"
        raise UsageError(message)
    return times.tobytes()


def _ts_us(value: object) -> int:
    if type(value) is float:
        return round(value * _US_PER_S)
    if type(value) is int:
        return value
    message = f"{shown(value)} is no time"
    raise TypeError(message)


def _require_length(column: str, got: int, want: int, *, what: str) -> None:
    if got != want:
        message = f"{what} has {want:,} values and {got:,} {column}: give as many of both"
        raise UsageError(message)
