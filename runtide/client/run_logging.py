"""`Run.log` and what logs values: scalars, lists, rows, tables, batches."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from time import time_ns
from typing import Any, Final

from runtide.client.arrays import array_points
from runtide.client.buffer import TableRows
from runtide.client.outbox import OUTBOX_WAIT_S
from runtide.client.run_core import RunCore
from runtide.client.segments import ListPiece, head_chars, row_chars
from runtide.client.values import (
    cell,
    cells,
    require_fits,
    step_number,
    table_columns,
)
from runtide.client.writer import now_us
from runtide.core import limits, names
from runtide.core.columns import Cell
from runtide.core.shown import shown
from runtide.errors import UsageError

_ABSENT: Final = object()

_INT_MAX: Final = 2**63 - 1
_STEP_MAX: Final = limits.STEP_MAX

POINTS_CROWDED: Final = 30_000
"""Points of one metric in memory that are collected before the flush interval is over."""

POINTS_BUFFERED_MAX: Final = 500_000
"""Points of one metric in memory at which the caller yields its turn until they are collected.
Only callers that do nothing but log get there; they wait for this process's own CPU, never I/O."""

_CROWDED: Final = 3 * POINTS_CROWDED
_FULL: Final = 3 * POINTS_BUFFERED_MAX
_NAP_S: Final = 0.001


class LoggingMethods(RunCore):
    """The logging of values. Each method returns at once; a thread sends what was logged."""

    def log(
        self,
        name: str | Mapping[str, Any],
        value: object = _ABSENT,
        description: str = "",
        step: int | None = None,
    ) -> None:
        """Log one value of a metric, or one value of each metric of a dict.

        The same name again makes a series. NaN and infinities are kept.

        Args:
            name: The metric's name, or a dict of values by name.
            value: A float, int, bool, string, None, or a NumPy or tensor scalar.
            description: Accepted for the sake of older scripts; not kept.
            step: The position in the run. Without it, the metric's highest step so far plus one.

        Raises:
            UsageError: The value or the step is none of these; nothing was logged.
        """
        # This is the hot path: a look-up, two tests and one append, which is atomic (see
        # `runtide.client.buffer`). Everything unusual is in `_log_unusual`.
        try:
            rows = self._rows_by_name[name]  # type: ignore[index]  # a dict is not hashable: handled
        except (KeyError, TypeError):
            self._log_unusual(name, value, description, step)
            return
        kind = type(value)
        if (
            description == ""
            and (
                kind is float or kind is bool or (kind is int and -_INT_MAX <= value <= _INT_MAX)  # type: ignore[operator]  # an int
            )
            and (step is None or (type(step) is int and -_STEP_MAX <= step <= _STEP_MAX))
        ):
            rows.extend((value, step, time_ns()))
            if len(rows) > _CROWDED:
                self._make_room(rows)
            return
        self._log_unusual(name, value, description, step)

    def log_list(self, name: str, value: Iterable[object], description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log a list of values under one name: any iterable, of any length.

        Lists under one name concatenate.

        Raises:
            UsageError: It is no iterable, or holds something else than scalars.
        """
        key = names.metric_name(name)
        if isinstance(value, str):
            message = f"value of {key!r} is the string {shown(value)}: want an iterable of values"
            raise UsageError(message)
        piece = ListPiece(cells(value, what=f"value of {key!r}"))
        self._rows(key).extend((piece, None, time_ns()))

    def log_row(self, name: str, description: str | None = None, **kwargs: object) -> None:  # noqa: ARG002  # kept for older scripts
        """Log one row of a table: each keyword is a column.

        Rows under one name make one table, also with those of `log_table`. A column that a row
        lacks is None there.

        Raises:
            UsageError: There is no column, or a value is no scalar.
        """
        key = names.metric_name(name)
        if not kwargs:
            message = f"row of {key!r} has no columns: give each as a keyword, as in `x=1, y=0.4`"
            raise UsageError(message)
        self._log_rows(
            key,
            {
                names.metric_name(column): [cell(value, what=f"column {column!r} of {key!r}")]
                for column, value in kwargs.items()
            },
        )

    def log_table(self, name: str, value: object, description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log a table: a dict of columns, or a pandas or polars frame.

        Raises:
            UsageError: It is none of these, the columns differ in length, or a cell is no scalar.
        """
        key = names.metric_name(name)
        self._log_rows(key, table_columns(value, what=f"table {key!r}"))

    def log_batch(
        self,
        name: str,
        values: object,
        steps: object = None,
        timestamps: object = None,
    ) -> None:
        """Log many points of one metric at once, at the speed of their array.

        Args:
            name: The metric's name.
            values: A NumPy array, `array.array`, tensor, or any iterable of scalars.
            steps: As many integers. Without them, each point's step is the one before plus one.
            timestamps: As many event times: integers of microseconds since 1970, or floats of
                seconds. Without them, now.

        Raises:
            UsageError: The lengths differ, or a value is refused; nothing was logged.

        Unlike the other methods it may wait, for at most a few seconds, while half a million
        points of this metric have not been taken over yet.
        """
        key = names.metric_name(name)
        flat, n = array_points(values, steps, timestamps, logged_us=now_us(), what=f"{key!r}")
        if not n:
            return
        rows = self._rows(key)
        rows.extend(flat)
        # An array waits in one entry, so entries alone do not say how much is buffered.
        if n * len(rows) > 3 * POINTS_BUFFERED_MAX:
            self._wait_for_room(rows, 0)
        elif len(rows) > _CROWDED:
            self._make_room(rows)

    def _log_unusual(self, name: object, value: object, description: object, step: object) -> None:
        if description is not None and not isinstance(description, str):
            # Other trackers take the step in this place.
            message = f"description is {shown(description)}: pass a step as `step=`"
            raise UsageError(message)
        if isinstance(name, Mapping):
            if value is not _ABSENT:
                message = f"value is {shown(value)} beside a dict: want the dict alone"
                raise UsageError(message)
            self._log_all(name, step_number(step))
            return
        key = names.metric_name(name)
        if value is _ABSENT:
            message = f"{key!r} has no value: want `log({key!r}, value)`"
            raise UsageError(message)
        point = _scalar(value, key)
        number = step_number(step)
        self._rows(key).extend((point, number, time_ns()))

    def _log_all(self, values: Mapping[Any, Any], step: int | None) -> None:
        # Everything is checked before anything is logged, so that a wrong call logs nothing.
        points = {names.metric_name(name): _scalar(value, name) for name, value in values.items()}
        all_rows = [self._rows(name) for name in points]
        ts_ns = time_ns()
        for rows, point in zip(all_rows, points.values(), strict=True):
            rows.extend((point, step, ts_ns))
            if len(rows) > _CROWDED:
                self._make_room(rows)

    def _log_rows(self, name: str, columns: dict[str, list[Cell]]) -> None:
        widths = row_chars(columns)
        if widths:
            widest = max(range(len(widths)), key=widths.__getitem__)
            require_fits(
                head_chars(columns) + widths[widest],
                lambda: {column: values[widest] for column, values in columns.items()},
                what=f"row {widest} of {name!r}",
            )
        self._writer.buffer.claim(name, "table")
        self._enlist()
        self._writer.buffer.add(TableRows(name, columns, now_us()))

    def _rows(self, name: str) -> list[Any]:
        """Return the buffer of the metric `name`."""
        rows = self._rows_by_name.get(name)
        if rows is None:
            self._enlist()
            rows = self._writer.buffer.series_rows(name)
        return rows

    def _make_room(self, rows: list[Any]) -> None:
        """Have a long buffer collected before its time."""
        if len(rows) > _FULL:
            self._wait_for_room(rows, _FULL)
        elif self._writer.sender is not None:
            self._writer.sender.wake()

    def _wait_for_room(self, rows: list[Any], length: int) -> None:
        """Yield this thread's turn until `rows` was collected down to `length`."""
        deadline_s = time.monotonic() + OUTBOX_WAIT_S
        while len(rows) > length and time.monotonic() < deadline_s:
            if self._writer.sender is not None:
                self._writer.sender.wake()
            time.sleep(_NAP_S)


def _scalar(value: object, name: object) -> Cell:
    what = f"value of {name!r}"
    if isinstance(value, list | tuple | range | set | frozenset | Iterator):
        message = f"{what} is {shown(value)}: use `log_list` for several values"
        raise UsageError(message)
    if isinstance(value, Mapping):
        message = (
            f"{what} is a dict: use `log_row` for a row, or `log({{...}})` for several metrics"
        )
        raise UsageError(message)
    if getattr(value, "ndim", 0):
        message = f"{what} is an array of shape {getattr(value, 'shape', None)}: use `log_list` or `log_batch`"
        raise UsageError(message)
    return cell(value, what=what)
