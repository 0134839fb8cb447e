"""The picture that a saved notebook keeps."""

import math
import re
from base64 import b64decode
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from runtide.widget.sketch import WIDTH, curve_points, short_number, sketch
from runtide.widget.still import STILL_CHARTS_MAX, STILL_ROWS_MAX, still_of
from runtide.widget.tail import Tail
from tests.unit.widget.records import Record, points

_EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
_NS = "{http://www.w3.org/2000/svg}"


class _Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def parts_of(record: Record) -> dict[str, Any]:
    return {
        "run": record.run(),
        "metrics": record.metrics(),
        "series": {"series": record.series(list(record.values))},
        "children": None,
    }


def images(html: str) -> list[str]:
    """Return the SVG of each image."""
    return [b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", html)]


def test_picture_has_status_last_values_and_charts() -> None:
    record = Record()
    record.status = "Completed"

    still = still_of(parts_of(record), Tail())

    assert "Completed" in still.html
    assert ">2<" in still.html
    (svg,) = images(still.html)
    assert ET.fromstring(svg).find(f"{_NS}path") is not None
    assert still.text == "Run calm-reef: Completed"


def test_points_that_came_last_are_in_the_picture() -> None:
    tail = Tail()
    tail.add({"metric": "loss", "step": [2], "ts_us": [2], "value": [0.125]})

    html = still_of(parts_of(Record()), tail).html

    assert ">0.125<" in html
    assert "0.125" in images(html)[0]


def test_no_text_of_the_run_becomes_markup() -> None:
    record = Record(run_id=_EVIL)
    record.name = _EVIL
    record.values = {_EVIL: [1.0, 2.0]}

    html = still_of(parts_of(record), Tail()).bundle("key")["text/html"]

    allowed = {"style", "div", "span", "table", "tr", "th", "td", "img"}
    assert {tag for tag, _ in _Elements(html).seen} <= allowed
    (svg,) = images(html)
    assert {one.tag for one in ET.fromstring(svg).iter()} <= {
        _NS + name for name in ("svg", "title", "path", "text")
    }


def test_picture_refers_to_nothing_outside_of_it() -> None:
    html = still_of(parts_of(Record()), Tail()).bundle("key")["text/html"]

    references = [
        value
        for _, attributes in _Elements(html).seen
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "background"}
    ]
    assert [value for value in references if not (value or "").startswith("data:image/svg")] == []
    assert "url(" not in html


def test_size_of_the_picture_is_bounded() -> None:
    record = Record()
    record.values = {f"m{i}": [float(i), 2.0] for i in range(500)}

    html = still_of(parts_of(record), Tail()).html

    assert len(images(html)) == STILL_CHARTS_MAX
    assert html.count("<tr>") < STILL_ROWS_MAX + 10
    assert "and 440 more metrics" in html


def test_long_curve_is_drawn_in_pixels_and_keeps_its_spike() -> None:
    values = [0.0] * 20_000
    values[7777] = 1.0
    series = points("r", "m", values)

    svg = sketch("m", curve_points(series, "m", Tail()))

    path = ET.fromstring(svg).find(f"{_NS}path")
    assert path is not None
    corners = path.attrib["d"].split("L")
    assert len(corners) <= 4 * WIDTH
    heights = {corner.split()[1] for corner in corners}
    assert len(heights) == 2


def test_value_that_is_no_number_interrupts_the_line() -> None:
    series = points("r", "m", [1.0, 2.0, math.nan, 3.0, 4.0, math.inf])

    svg = sketch("m", curve_points(series, "m", Tail()))

    assert len(ET.fromstring(svg).findall(f"{_NS}path")) == 2


def test_curve_without_a_finite_value_says_so() -> None:
    assert "no finite values" in sketch(
        "m", curve_points(points("r", "m", [math.nan]), "m", Tail())
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.0, "3"), (1 / 3, "0.3333"), (1.5e9, "1.5e+09"), (-math.inf, "−∞")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short_number(value) == text
