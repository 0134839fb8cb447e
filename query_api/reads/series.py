"""Many series over one span of an axis, in as many points as a chart can show."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from query_api.core.downsample import Bits, Buckets, Points, in_buckets, taken
from query_api.core.plan import (
    TIME_RAW_POINTS_MAX,
    Plan,
    Span,
    bucket_width,
    plan_steps,
    plan_times,
)
from query_api.reads.by_metric import read_over_metric
from query_api.reads.points import (
    Extent,
    SeriesKey,
    count_points,
    read_buckets,
    read_extents,
    read_points,
    read_rollup_rows,
)
from query_api.reads.runs import created_us_by_run, visible_ids
from query_api.series_request import MetricAxis

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from query_api.series_request import SeriesRequest
    from runtide.store.port import MetricStore

_EVERYTHING: Final = Span(-(2**63), 2**63 - 1)
_SHARED_WIDTHS_FROM: Final = 16
"""From this many series on, widths are powers of two, so that few statements serve them all."""


class SeriesAnswer(NamedTuple):
    """One series: its points, or buckets of them of one width.

    Attributes:
        point_count: How many points of the series the span holds.
        width: Width of the buckets; 0 for points.
        without_x: How many of the series' points have no x, where x is a metric.
    """

    key: SeriesKey
    content: Points | Buckets
    point_count: int
    width: float
    without_x: int | None = None


def read_series(
    store: MetricStore, request: SeriesRequest, *, workspace: str | None = None
) -> list[SeriesAnswer]:
    """Return the series of the request that have points there, by run and then by metric.

    Of the runs those count that there are in `workspace`; None is all of them.
    """
    seen = visible_ids(store, request.runs, workspace=workspace)
    request = request.model_copy(update={"runs": list(seen)})
    if not request.runs or not request.metrics:
        return []
    extents = read_extents(store, request.runs, request.metrics)
    if isinstance(request.x, MetricAxis):
        joined = read_over_metric(store, request, request.x.metric, extents)
        return sorted((SeriesAnswer(*one) for one in joined), key=lambda answer: answer.key)
    span = _EVERYTHING if request.range is None else Span(*map(int, request.range))
    if request.x == "step":
        answers = _by_step(store, extents, span, max_points=request.max_points)
    else:
        origin_by_run = created_us_by_run(store, request.runs) if request.x == "relative" else {}
        answers = _by_time(store, extents, span, origin_by_run, max_points=request.max_points)
    return sorted(answers, key=lambda answer: answer.key)


def _by_step(
    store: MetricStore, extents: Mapping[SeriesKey, Extent], span: Span, *, max_points: int
) -> list[SeriesAnswer]:
    steps_by_key = {
        key: clipped
        for key, extent in extents.items()
        if (clipped := _clipped(extent.steps, span)) is not None
    }
    count_by_key = count_points(store, steps_by_key)
    is_coarse = len(steps_by_key) >= _SHARED_WIDTHS_FROM
    plan_by_key = {
        key: plan_steps(
            steps, point_count=count_by_key[key], max_points=max_points, is_coarse=is_coarse
        )
        for key, steps in steps_by_key.items()
    }
    answers = []
    for has_buckets in (False, True):
        raw = {
            key: count_by_key[key]
            for key, plan in plan_by_key.items()
            if plan.rollup_width is None and (plan.bucket_width is not None) == has_buckets
        }
        for key, points in read_points(store, raw, span, needs_times=not has_buckets):
            width = plan_by_key[key].bucket_width or 0
            content = in_buckets(points, width) if width else points
            answers.append(SeriesAnswer(key, content, len(points.x), width))
    keys_by_plan: dict[Plan, list[SeriesKey]] = defaultdict(list)
    for key, plan in plan_by_key.items():
        if plan.rollup_width is not None:
            keys_by_plan[plan].append(key)
    for plan, keys in keys_by_plan.items():
        assert plan.rollup_width is not None, plan
        assert plan.bucket_width is not None, plan
        clipped = Span(
            min(steps_by_key[key].start for key in keys), max(steps_by_key[key].end for key in keys)
        )
        for key, buckets in read_buckets(
            store,
            keys,
            rollup_width=plan.rollup_width,
            bucket_width=plan.bucket_width,
            steps=clipped,
        ):
            answers.append(SeriesAnswer(key, buckets, count_by_key[key], plan.bucket_width))
    return answers


def _by_time(
    store: MetricStore,
    extents: Mapping[SeriesKey, Extent],
    span: Span,
    origin_by_run: Mapping[str, int],
    *,
    max_points: int,
) -> list[SeriesAnswer]:
    count_by_key = count_points(store, {key: extent.steps for key, extent in extents.items()})
    raw: dict[SeriesKey, int] = {}
    answers = []
    for key, extent in extents.items():
        origin = origin_by_run.get(key.run, 0)
        plan = plan_times(
            extent.times, extent.steps, point_count=count_by_key[key], max_points=max_points
        )
        if plan.rollup_width is None:
            raw[key] = count_by_key[key]
            continue
        answers += _long_by_time(
            store, key, span, origin, rollup_width=plan.rollup_width, max_points=max_points
        )
    for key, points in read_points(store, raw, _EVERYTHING):
        within = _on_time_axis(points, span, origin_by_run.get(key.run, 0))
        answers += _in_time_buckets(key, within, max_points=max_points)
    return answers


def _long_by_time(
    store: MetricStore,
    key: SeriesKey,
    span: Span,
    origin: int,
    *,
    rollup_width: int,
    max_points: int,
) -> list[SeriesAnswer]:
    """Answer for a series too long to read: by its rollup buckets' own extreme points.

    A rollup bucket that the span cuts is read point by point, so that an extreme outside does
    not hide one inside.
    """
    rows = read_rollup_rows(store, key, rollup_width=rollup_width)
    times = np.stack([rows[f"{name}_ts"] for name in ("first", "last", "low", "high")]) - origin
    has_finite = rows["low"] <= rows["high"]
    times[2:] = np.where(has_finite, times[2:], times[:1])
    starts, ends = times.min(axis=0), times.max(axis=0)
    touched = (ends >= span.start) & (starts < span.end)
    if not touched.any():
        return []
    numbers = rows["b"][touched].tolist()
    steps = Span(numbers[0] * rollup_width, (numbers[-1] + 1) * rollup_width)
    count = count_points(store, {key: steps})[key]
    inside = touched & (starts >= span.start) & (ends < span.end)
    if count <= TIME_RAW_POINTS_MAX:
        inside &= False
        cuts = [steps]
    else:
        numbers = rows["b"][touched & ~inside].tolist()
        cuts = [Span(b * rollup_width, (b + 1) * rollup_width) for b in numbers]
    parts = [_representatives(rows, inside, has_finite, origin)]
    for cut in cuts:
        for _, points in read_points(store, {key: 0}, cut):
            within = _on_time_axis(points, span, origin)
            count -= len(points.x) - len(within.x)
            parts.append((within, np.zeros(len(within.x), np.int64)))
    joined = [np.concatenate(columns) for columns in zip(*((*p, b) for p, b in parts), strict=True)]
    order = np.argsort(joined[0], kind="stable")
    *columns, bits = (column[order] for column in joined)
    return _in_time_buckets(
        key, Points(*columns), max_points=max_points, point_count=count, extra_bits=bits
    )


def _representatives(
    rows: Mapping[str, Any],
    inside: npt.NDArray[np.bool_],
    has_finite: npt.NDArray[np.bool_],
    origin: int,
) -> tuple[Points, Bits]:
    """Return the points that rollup buckets are made of, and what the buckets' others were."""
    parts = []
    for name in ("first", "low", "high", "last"):
        kept = inside & has_finite if name in {"low", "high"} else inside
        ts_us = rows[f"{name}_ts"][kept]
        columns = (ts_us - origin, rows[f"{name}_step"][kept], ts_us, rows[name][kept])
        parts.append((*columns, rows["odd"][kept]))
    *joined, bits = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Points(*joined), bits


def _on_time_axis(points: Points, span: Span, origin: int) -> Points:
    x = points.ts_us - origin
    kept = (x >= span.start) & (x < span.end)
    moved = Points(x, points.step, points.ts_us, points.value)
    if not kept.all():
        moved = taken(moved, kept)
    if len(moved.x) > 1 and (np.diff(moved.x) < 0).any():
        order = np.argsort(moved.x, kind="stable")
        moved = taken(moved, order)
    return moved


def _in_time_buckets(
    key: SeriesKey,
    points: Points,
    *,
    max_points: int,
    point_count: int | None = None,
    extra_bits: Bits | None = None,
) -> list[SeriesAnswer]:
    if not len(points.x):
        return []
    count = len(points.x) if point_count is None else point_count
    width = 0
    if count > max_points:
        seen = Span(int(points.x[0]), int(points.x[-1]) + 1)
        width = bucket_width(seen, buckets_max=max_points)
    content = in_buckets(points, width, extra_bits=extra_bits) if width else points
    return [SeriesAnswer(key, content, count, width)]


def _clipped(steps: Span, span: Span) -> Span | None:
    start, end = max(steps.start, span.start), min(steps.end, span.end)
    return Span(start, end) if start < end else None
