"""A curve as a small SVG, for pictures that must be seen without a script. Pure.

The live chart is the dashboard's own; this is what remains of it where nothing can run. It keeps
every extreme: of the points that fall into one pixel the lowest and the highest are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any, Final, NamedTuple

from runtide.widget.record import column_values
from runtide.widget.tail import Tail

WIDTH: Final = 300
HEIGHT: Final = 110

_LEFT: Final = 6
_TOP: Final = 18
_BOTTOM: Final = 16
_COLOR: Final = "#0072b2"
_QUIET: Final = "#5b6472"
_SIGNIFICANT: Final = 4
_BUCKET_POINTS: Final = ("first", "min", "max", "last")


class Point(NamedTuple):
    """A value at a step."""

    x: float
    y: float


def curve_points(series: dict[str, Any] | None, metric: str, tail: Tail) -> list[Point]:
    """Return what is known of a metric's curve in order of steps: the series, then the tail."""
    steps, values = tail.values(metric)
    points = [Point(*pair) for pair in zip(steps, values, strict=True)]
    if series is not None:
        points += _fetched_points(series)
    return sorted(points, key=lambda point: point.x)


def sketch(title: str, points: list[Point]) -> str:
    """Return the SVG of a curve; NaN and the infinities interrupt its line.

    Its text is the title, the first and last step, and the lowest and highest value.
    """
    finite = [point for point in points if math.isfinite(point.y)]
    if not finite:
        return _svg(title, [_text(_LEFT, HEIGHT / 2, "no finite values")])
    low, high = min(p.y for p in finite), max(p.y for p in finite)
    first, last = finite[0].x, finite[-1].x
    wide, tall = WIDTH - 2 * _LEFT, HEIGHT - _TOP - _BOTTOM

    def place(point: Point) -> Point:
        share = (point.x - first) / (last - first) if last > first else 0.5
        rise = (point.y - low) / (high - low) if high > low else 0.5
        return Point(_LEFT + wide * share, _TOP + tall * (1 - rise))

    lines = [
        [place(point) for point in run]
        for is_finite, run in groupby(points, lambda point: math.isfinite(point.y))
        if is_finite
    ]
    parts = [_line(line) if len(line) > 1 else _dot(line[0]) for line in lines]
    parts += [
        _text(_LEFT, 12, title, weight="600"),
        _text(WIDTH - _LEFT, 12, f"{short_number(low)} … {short_number(high)}", anchor="end"),
        _text(_LEFT, HEIGHT - 3, short_number(first)),
        _text(WIDTH - _LEFT, HEIGHT - 3, short_number(last), anchor="end"),
    ]
    return _svg(title, parts)


def short_number(value: float) -> str:
    """Return four significant digits; whole numbers below a million are whole."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:  # noqa: PLR2004  # as the dashboard does
        return str(int(value))
    return f"{value:.{_SIGNIFICANT}g}"


def _fetched_points(series: dict[str, Any]) -> Iterator[Point]:
    def column(name: str) -> Iterable[float]:
        return column_values(series[name])

    if series["kind"] == "points":
        yield from map(Point, column("x"), column("value"))
        return
    for name in _BUCKET_POINTS:
        bucket_points = map(Point, column(f"{name}_x"), column(name))
        yield from (point for point in bucket_points if not math.isnan(point.y))
    bits = zip(column("x"), column("nonfinite"), strict=True)
    yield from (Point(x, math.nan) for x, bit in bits if bit)


def _line(points: list[Point]) -> str:
    path = "M" + "L".join(f"{p.x:.1f} {p.y:.1f}" for p in _thinned(points))
    return f'<path d="{path}" fill="none" stroke="{_COLOR}" stroke-width="1.5"/>'


def _dot(point: Point) -> str:
    return f'<circle cx="{point.x:.1f}" cy="{point.y:.1f}" r="2" fill="{_COLOR}"/>'


def _thinned(points: list[Point]) -> Iterator[Point]:
    """Yield the first, lowest, highest and last point of each pixel, in order."""
    for _, run in groupby(points, lambda point: int(point.x)):
        column = list(run)
        order = range(len(column))
        lowest = min(order, key=lambda i: column[i].y)
        highest = max(order, key=lambda i: column[i].y)
        yield from (column[i] for i in sorted({0, lowest, highest, len(column) - 1}))


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "400") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="sans-serif" font-size="11" fill="{_QUIET}" '
        f'font-weight="{weight}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(title: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
