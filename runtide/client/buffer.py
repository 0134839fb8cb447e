"""What a run's callers have logged and the sender has not taken yet. Pure: no clock, no I/O.

Callers append, one thread at a time drains, and no lock lies between them. That is sound because
every step that touches a shared list is one C call, which no other Python thread can interrupt:

    caller      rows.extend((value, step, ts))       appends all three or none
    drainer     n = len(rows)                        some whole number of points
                taken = rows[:n]
                del rows[:n]                         takes away exactly what was copied

A point that arrives between these lines stands behind `n` and stays for the next time. The list
object itself is never replaced, so a caller that looked it up earlier cannot append to one that
nobody reads. Where Python runs without its global lock (3.13t), lists lock themselves around each
of these calls, and only the drainer takes from the front, so the argument holds there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from runtide.client.segments import (
    EventDocument,
    Steps,
    metric_events,
    table_events,
    text_events,
)
from runtide.core.columns import Cell
from runtide.errors import UsageError

Kind: TypeAlias = Literal["scalar", "table", "image", "chart"]

_METHODS: Final[dict[Kind, str]] = {
    "scalar": "`log`, `log_list` or `log_batch`",
    "table": "`log_row` or `log_table`",
    "image": "`log_image`",
    "chart": "a chart's method",
}


class Series:
    """The buffer of one metric's values."""

    __slots__ = ("name", "rows", "steps")

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[Any] = []
        """Value, step, nanoseconds, over and over."""
        self.steps = Steps()

    def drained(self) -> Iterator[EventDocument]:
        """Take what is there, and yield it as events."""
        n = len(self.rows)
        taken = self.rows[:n]
        del self.rows[:n]
        return metric_events(self.name, taken, self.steps)


class TextStream:
    """The buffer of one file's text."""

    __slots__ = ("file", "rows")

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows: list[Any] = []
        """Text, nanoseconds, over and over."""

    def drained(self) -> Iterator[EventDocument]:
        """Take what is there, and yield it as events."""
        n = len(self.rows)
        taken = self.rows[:n]
        del self.rows[:n]
        return text_events(self.file, taken)


class TableRows:
    """Rows of one table that wait among a run's other facts."""

    __slots__ = ("columns", "name", "ts_us")

    def __init__(self, name: str, columns: dict[str, list[Cell]], ts_us: int) -> None:
        self.name = name
        self.columns = columns
        self.ts_us = ts_us


class RunBuffer:
    """Everything one writer has logged and not sent."""

    def __init__(self) -> None:
        self.rows_by_name: dict[str, list[Any]] = {}
        """The `rows` of each metric's series, for the caller's thread to extend."""
        self._kind_by_name: dict[str, Kind] = {}
        self._series_by_name: dict[str, Series] = {}
        self._text_by_file: dict[str, TextStream] = {}
        self._journal: list[EventDocument | TableRows | Series | TextStream] = []
        # Owned by the drainer: those whose first appearance in the journal it has passed.
        self._series: list[Series | TextStream] = []

    def series_rows(self, name: str) -> list[Any]:
        """Return the rows of the metric `name`, which from now on is one of values.

        Raises:
            UsageError: The name holds something else.
        """
        self.claim(name, "scalar")
        fresh = Series(name)
        series = self._series_by_name.setdefault(name, fresh)
        if series is fresh:
            # The journal tells the drainer of a new series, so that it never walks a dict that
            # callers change, and metrics keep the order in which a script first logged them.
            self._journal.append(series)
        return self.rows_by_name.setdefault(name, series.rows)

    def text_rows(self, file: str) -> list[Any]:
        """Return the rows of the text stream `file`: text, nanoseconds, over and over."""
        fresh = TextStream(file)
        stream = self._text_by_file.setdefault(file, fresh)
        if stream is fresh:
            self._journal.append(stream)
        return stream.rows

    def claim(self, name: str, kind: Kind) -> None:
        """Note that `name` holds things of `kind`.

        Raises:
            UsageError: It holds things of another kind.
        """
        held = self._kind_by_name.setdefault(name, kind)
        if held != kind:
            message = (
                f"{name!r} was logged with {_METHODS[held]}, now with {_METHODS[kind]}: "
                f"give one of them another name"
            )
            raise UsageError(message)

    def add(self, entry: EventDocument | TableRows) -> None:
        """Add one fact behind all that were added before."""
        self._journal.append(entry)

    def close_quick_path(self) -> None:
        """Make the next value of every metric pass `series_rows` again."""
        self.rows_by_name.clear()

    def forget(self) -> None:
        """Drop what is buffered, because it is another process's to send."""
        self.close_quick_path()
        self._journal = []
        self._series = []
        self._series_by_name = {}
        self._text_by_file = {}

    def is_empty(self) -> bool:
        """Return whether there is nothing to drain."""
        return not self._journal and not any(series.rows for series in self._series)

    def drained(self) -> Iterator[EventDocument]:
        """Take what is there, and yield it as events, facts in their order.

        One drainer at a time; it must use up the iterator.
        """
        n = len(self._journal)
        taken = self._journal[:n]
        del self._journal[:n]
        waiting: TableRows | None = None
        for entry in taken:
            if isinstance(entry, TableRows):
                if waiting is not None and _joined(waiting, entry):
                    continue
                if waiting is not None:
                    yield from table_events(waiting.name, waiting.columns, waiting.ts_us)
                waiting = entry
                continue
            if waiting is not None:
                yield from table_events(waiting.name, waiting.columns, waiting.ts_us)
                waiting = None
            if isinstance(entry, Series | TextStream):
                self._series.append(entry)
                yield from entry.drained()
            else:
                yield entry
        if waiting is not None:
            yield from table_events(waiting.name, waiting.columns, waiting.ts_us)
        for series in self._series:
            if series.rows:
                yield from series.drained()


def _joined(rows: TableRows, more: TableRows) -> bool:
    """Put `more` behind `rows` if they are rows of one table with the same columns."""
    if rows.name != more.name or list(rows.columns) != list(more.columns):
        return False
    for name, values in more.columns.items():
        rows.columns[name] += values
    return True
