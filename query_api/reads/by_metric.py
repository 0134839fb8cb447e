"""Series whose x is another metric of the same run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from query_api.core.downsample import Buckets, Points, in_buckets, kept_of_buckets, taken
from query_api.core.join import EVERY_VALUE, ValueSpan, joined, value_bucket_width, within
from query_api.core.plan import Span
from query_api.reads.points import (
    RAW_BATCH_POINTS,
    Extent,
    SeriesKey,
    count_points,
    read_extents,
    read_points,
    read_value_spans,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from query_api.series_request import SeriesRequest
    from runtide.store.port import MetricStore

_EVERY_STEP: Final = Span(-(2**63), 2**63 - 1)


class JoinedSeries(NamedTuple):
    """A series over a metric, in points, or in buckets of one width.

    Attributes:
        point_count: How many of its points are in the span.
        width: Width of the buckets; 0 for points.
        without_x: How many of its points have no x, anywhere.
    """

    key: SeriesKey
    content: Points | Buckets
    point_count: int
    width: float
    without_x: int


def read_over_metric(
    store: MetricStore, request: SeriesRequest, metric: str, extents: Mapping[SeriesKey, Extent]
) -> Iterator[JoinedSeries]:
    """Yield the series of the request, in any order, that have points with an x in the span."""
    places = read_extents(store, request.runs, [metric])
    x_count_by_key = count_points(store, {key: extent.steps for key, extent in places.items()})
    count_by_key = count_points(
        store,
        {key: extent.steps for key, extent in extents.items() if (key.run, metric) in places},
    )
    size_by_key = {
        key: max(count, x_count_by_key[SeriesKey(key.run, metric)])
        for key, count in count_by_key.items()
    }
    span = EVERY_VALUE if request.range is None else ValueSpan(*request.range)
    short = {key: n for key, n in size_by_key.items() if n <= RAW_BATCH_POINTS}
    yield from _short(store, short, metric, span, max_points=request.max_points)
    for key in size_by_key.keys() - short.keys():
        steps = _overlap(extents[key].steps, places[SeriesKey(key.run, metric)].steps)
        cuts = _cuts(steps, -(-size_by_key[key] // RAW_BATCH_POINTS))
        found = _long(store, key, metric, cuts, span, max_points=request.max_points)
        if found is not None:
            yield found._replace(without_x=count_by_key[key] - found.without_x)


def _short(
    store: MetricStore,
    size_by_key: Mapping[SeriesKey, int],
    metric: str,
    span: ValueSpan,
    *,
    max_points: int,
) -> Iterator[JoinedSeries]:
    """Join series that fit into memory, those of a few runs at a time."""
    keys_by_run: dict[str, list[SeriesKey]] = defaultdict(list)
    for key in size_by_key:
        keys_by_run[key.run].append(key)
    batch: dict[SeriesKey, int] = {}
    for i, keys in enumerate(keys_by_run.values(), start=1):
        batch |= {key: size_by_key[key] for key in keys}
        if i < len(keys_by_run) and sum(batch.values()) < RAW_BATCH_POINTS:
            continue
        x_keys = {SeriesKey(key.run, metric): size_by_key[key] for key in batch}
        places = dict(read_points(store, x_keys, _EVERY_STEP, needs_times=False))
        for key, points in read_points(store, batch, _EVERY_STEP):
            both = joined(points, places[SeriesKey(key.run, metric)])
            seen = within(both, span)
            if not len(seen.x):
                continue
            width = _width(seen, max_points)
            content = in_buckets(seen, width) if width else seen
            without_x = len(points.x) - len(both.x)
            yield JoinedSeries(key, content, len(seen.x), width, without_x)
        batch = {}


def _long(
    store: MetricStore,
    key: SeriesKey,
    metric: str,
    cuts: list[Span],
    span: ValueSpan,
    *,
    max_points: int,
) -> JoinedSeries | None:
    """Join a long series piece by piece; `without_x` is how many points *have* an x."""
    x_key = SeriesKey(key.run, metric)
    ends = read_value_spans(store, [key.run], metric)[key.run]
    low, high = max(ends.start, span.start), min(ends.end, span.end)
    if low > high:
        return None
    width = value_bucket_width(low, high, buckets_max=max_points)
    kept = []
    matched = count = 0
    for cut in cuts:
        pair = dict(read_points(store, {key: 0, x_key: 0}, cut))
        if key not in pair or x_key not in pair:
            continue
        both = joined(pair[key], pair[x_key])
        seen = within(both, span)
        matched += len(both.x)
        count += len(seen.x)
        is_few = len(seen.x) <= max_points
        kept.append(seen if is_few else taken(seen, kept_of_buckets(seen, width)))
    if not count:
        return None
    everything = Points(*(np.concatenate(columns) for columns in zip(*kept, strict=True)))
    ordered = taken(everything, np.argsort(everything.x, kind="stable"))
    if count <= max_points:
        return JoinedSeries(key, ordered, count, 0, matched)
    return JoinedSeries(key, in_buckets(ordered, width), count, width, matched)


def _width(points: Points, max_points: int) -> float:
    if len(points.x) <= max_points:
        return 0
    return value_bucket_width(float(points.x[0]), float(points.x[-1]), buckets_max=max_points)


def _overlap(a: Span, b: Span) -> Span:
    start = max(a.start, b.start)
    return Span(start, max(start, min(a.end, b.end)))


def _cuts(steps: Span, count: int) -> list[Span]:
    """Cut a span into at most `count` consecutive ones."""
    size = max(1, -(-(steps.end - steps.start) // count))
    return [
        Span(start, min(start + size, steps.end)) for start in range(steps.start, steps.end, size)
    ]
