"""What the tables must hold, computed from the log the slow and obvious way.

Nothing of the fold is used here: an envelope at a time, a point at a time, in plain Python.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from runtide.core.columns import decode_column
from runtide.core.ids import writer_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.log.port import EventLog, Record
    from runtide.store.port import MetricStore


class Point(NamedTuple):
    """One logged scalar as the table `scalars` or `strings` must hold it."""

    run_id: str
    name: str
    step: int
    ts_us: int
    value: Any
    writer: int
    seq: int
    idx: int
    pos: int


def records(log: EventLog, partition: int = 0) -> Iterator[Record]:
    """Yield every record of one partition."""
    offset = 0
    while found := log.read(partition, offset, bytes_max=8 << 20):
        yield from found
        offset = found[-1].offset + 1


def logged_points(log: EventLog, partition: int = 0) -> list[Point]:
    """Return every point of a partition, envelopes that came twice counted once, in order."""
    seen: set[tuple[str, str, int]] = set()
    points: list[Point] = []
    for record in records(log, partition):
        envelope = orjson.loads(record.value)
        key = (envelope["run"], envelope["writer"], envelope["seq"])
        if key in seen:
            continue
        seen.add(key)
        points += _points_of(envelope, record.offset)
    return points


def missing_envelopes(log: EventLog) -> int:
    """Return how many envelopes of any writer never came: the gaps in their numbers."""
    seqs_by_writer: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record in records(log):
        envelope = orjson.loads(record.value)
        seqs_by_writer[envelope["run"], envelope["writer"]].add(envelope["seq"])
    return sum(max(seqs) - len(seqs) for seqs in seqs_by_writer.values())


def stored_points(store: MetricStore) -> list[Point]:
    """Return every point that the tables hold, in order of logging."""
    scalars = store.query(
        "SELECT run_id, name, step, toUnixTimestamp64Micro(ts) AS ts_us, toString(kind) AS kind, "
        "value, int_value, writer, seq, idx, pos FROM scalars FINAL ORDER BY pos, idx"
    )
    strings = store.query(
        "SELECT run_id, name, step, toUnixTimestamp64Micro(ts) AS ts_us, toString(kind) AS kind, "
        "text, writer, seq, idx, pos FROM strings FINAL ORDER BY pos, idx"
    )
    points = [_stored_scalar(row) for row in scalars.to_pylist()]
    points += [_stored_string(row) for row in strings.to_pylist()]
    return sorted(points, key=lambda point: (point.pos, point.idx))


def comparable(points: list[Point]) -> list[tuple[object, ...]]:
    """Return the points in a form where NaN equals NaN, and 1, 1.0 and True differ."""
    return [
        (
            *point._replace(value=None),
            type(point.value).__name__,
            "nan" if isinstance(point.value, float) and math.isnan(point.value) else point.value,
        )
        for point in points
    ]


def _points_of(envelope: dict[str, Any], pos: int) -> Iterator[Point]:
    idx = 0
    for event in envelope["events"]:
        if event["type"] not in {"scalars", "strings"}:
            idx += 1
            continue
        n = event["n"]
        columns = (decode_column(event[c], n) for c in ("step", "ts_us", "value"))
        for step, ts_us, value in zip(*columns, strict=True):
            yield Point(
                envelope["run"],
                event["name"],
                int(step),
                int(ts_us),
                value,
                writer_number(envelope["writer"]),
                envelope["seq"],
                idx,
                pos,
            )
            idx += 1


def _stored_scalar(row: dict[str, Any]) -> Point:
    kind, value, int_value = row.pop("kind"), row.pop("value"), row.pop("int_value")
    by_kind = {"float": value, "int": int_value, "bool": value == 1.0}
    return Point(**row, value=by_kind[kind])


def _stored_string(row: dict[str, Any]) -> Point:
    kind, text = row.pop("kind"), row.pop("text")
    value = int(text) if kind == "int" else {"str": text, "none": None}[kind]
    return Point(**row, value=value)
