"""The rows that a fold has decided on, column by column, for every table of the read model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from processors.core.rollup import WIDTHS, Points, bucket_numbers, group_starts, in_order, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from processors.core.arrays import Integers, Numbers
    from processors.core.rollup import Places

TableRows: TypeAlias = dict[str, Any]
"""Equally long columns by name: NumPy arrays, lists, and for tuples a list of such columns."""

STEP_NONE_FIRST = (2**63 - 1, 2**64 - 1, 2**32 - 1, 2**63 - 1, 0.0)
STEP_NONE_LAST = (-(2**63), 0, 0, -(2**63), 0.0)
VALUE_NONE_LOW = (float("inf"), 2**63 - 1, 2**63 - 1)
VALUE_NONE_HIGH = (float("-inf"), -(2**63), -(2**63))
"""What stands for "no such point" in `metrics` and `rollups`: neutral under min and max."""


class RowBuilder:
    """Collects what every event of a batch adds to the tables, and lays it out in columns."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._points: list[tuple[str, str, Numbers, Integers, Integers, int, int, int, int]] = []
        self._kinds: dict[tuple[str, str], tuple[int, int, str]] = {}

    def add(self, table: str, **row: object) -> None:
        """Add one row."""
        columns = self._rows[table]
        for name, value in row.items():
            columns[name].append(value)

    def add_kind(self, run: str, name: str, kind: str, *, pos: int, idx: int) -> None:
        """Say that a metric of this kind was seen; the first time is what counts."""
        self._kinds.setdefault((run, name), (pos, idx, kind))

    def add_points(
        self,
        run: str,
        name: str,
        numbers: Numbers,
        *,
        step: Integers,
        ts_us: Integers,
        writer: int,
        seq: int,
        idx: int,
        pos: int,
    ) -> None:
        """Add the points of one scalars event, the first of which has place `idx`."""
        if len(step):
            self.add_kind(run, name, "scalar", pos=pos, idx=idx)
            self._points.append((run, name, numbers, step, ts_us, writer, seq, idx, pos))

    def absorb(self, other: RowBuilder) -> None:
        """Add everything that `other` has collected."""
        for table, columns in other._rows.items():
            for name, values in columns.items():
                self._rows[table][name] += values
        self._points += other._points
        for key, seen in other._kinds.items():
            self._kinds.setdefault(key, seen)

    def tables(self) -> dict[str, TableRows]:
        """Return the rows of every table that has some."""
        tables: dict[str, TableRows] = {}
        if self._points:
            tables |= self._point_tables()
        if self._kinds:
            tables["metrics"] = self._metric_rows(tables.pop("metrics", None))
        return tables | {name: dict(columns) for name, columns in self._rows.items()}

    def _point_tables(self) -> dict[str, TableRows]:
        runs, names, numbers, step, ts_us, writer, seq, idx, pos = zip(*self._points, strict=True)
        counts = np.array([len(chunk) for chunk in step], np.int64)

        def each(values: Sequence[int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
            return np.repeat(np.array(values, dtype), counts)

        starts = np.cumsum(counts) - counts
        places_in_event = np.arange(counts.sum()) - np.repeat(starts, counts)
        points = Points(
            series=each(range(len(counts)), np.int64),
            step=np.concatenate(step),
            ts_us=np.concatenate(ts_us),
            value=np.concatenate([n.values for n in numbers]),
            pos=each(pos, np.int64),
            idx=each(idx, np.int64) + places_in_event,
        )
        run_codes, run_names = _coded(runs)
        name_codes, name_names = _coded(names)
        scalars = {
            "run_id": (each(run_codes, np.int32), run_names),
            "name": (each(name_codes, np.int32), name_names),
            "step": points.step,
            "ts": points.ts_us,
            "kind": np.concatenate([n.kinds for n in numbers]),
            "value": points.value,
            "int_value": np.concatenate([n.int_values for n in numbers]),
            "writer": each(writer, np.uint64),
            "seq": each(seq, np.uint64),
            "idx": points.idx,
            "pos": points.pos,
        }
        ordered = in_order(points)
        return {
            "scalars": scalars,
            "rollups": _stacked([_summary(ordered, runs, names, width=width) for width in WIDTHS]),
            "metrics": _summary(ordered, runs, names, width=None),
        }

    def _metric_rows(self, numeric: TableRows | None) -> TableRows:
        kinds = list(self._kinds.items())
        bare: TableRows = {
            "run_id": [run for (run, _), _ in kinds],
            "name": [name for (_, name), _ in kinds],
            "first_seen": [list(column) for column in zip(*(v for _, v in kinds), strict=True)],
            "first": [[v] * len(kinds) for v in STEP_NONE_FIRST],
            "last": [[v] * len(kinds) for v in STEP_NONE_LAST],
            "low": [[v] * len(kinds) for v in VALUE_NONE_LOW],
            "high": [[v] * len(kinds) for v in VALUE_NONE_HIGH],
            "nonfinite": [0] * len(kinds),
        }
        if numeric is None:
            return bare
        seen = [self._kinds[key] for key in zip(numeric["run_id"], numeric["name"], strict=True)]
        numeric["first_seen"] = [list(column) for column in zip(*seen, strict=True)]
        return _stacked([bare, numeric])


def _summary(
    points: Points, runs: Sequence[str], names: Sequence[str], *, width: int | None
) -> TableRows:
    starts = group_starts(points, width=width)
    at = places(points, starts)
    series = points.series[starts]
    rows: TableRows = {
        "run_id": [runs[i] for i in series],
        "name": [names[i] for i in series],
        **_extremes(points, at),
        "nonfinite": at.nonfinite,
    }
    if width is not None:
        rows["width"] = np.full(len(starts), width, np.int64)
        rows["bucket"] = bucket_numbers(points.step[starts], width=width)
    return rows


def _extremes(points: Points, at: Places) -> TableRows:
    def by_step(where: Integers) -> list[npt.NDArray[Any]]:
        return [
            points.step[where],
            points.pos[where],
            points.idx[where],
            points.ts_us[where],
            points.value[where],
        ]

    def by_value(where: Integers, none: tuple[float, int, int]) -> list[npt.NDArray[Any]]:
        # Zeros are equal whatever their sign; adding one makes them the same, so that it does not
        # matter which of them came first.
        found = (points.value[where] + 0.0, points.step[where], points.ts_us[where])
        return [
            np.where(where < 0, np.array(absent, column.dtype), column)
            for column, absent in zip(found, none, strict=True)
        ]

    return {
        "first": by_step(at.first),
        "last": by_step(at.last),
        "low": by_value(at.low, VALUE_NONE_LOW),
        "high": by_value(at.high, VALUE_NONE_HIGH),
    }


def _coded(texts: Sequence[str]) -> tuple[list[int], list[str]]:
    code_by_text: dict[str, int] = {}
    codes = [code_by_text.setdefault(text, len(code_by_text)) for text in texts]
    return codes, list(code_by_text)


def _stacked(parts: Sequence[TableRows]) -> TableRows:
    return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def _joined(columns: Sequence[Any]) -> Any:  # noqa: ANN401  # a column is an array, a list, or a list of columns
    if isinstance(columns[0], list) and columns[0] and isinstance(columns[0][0], list | np.ndarray):
        return [_joined(fields) for fields in zip(*columns, strict=True)]
    return [value for column in columns for value in column]
