"""The picture that a saved notebook keeps of a run. Pure.

It is HTML without a script, a reference to anything outside of it, or text of the run that is not
escaped. Charts are images of their own (`data:` URLs of SVG), because places that show other
people's notebooks take `<svg>` out of a page, and an image can run nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any, Final, NamedTuple

from runtide.core.events import TERMINAL
from runtide.widget.sketch import HEIGHT, WIDTH, curve_points, short_number, sketch
from runtide.widget.tail import Tail

STILL_CHARTS_MAX: Final = 12
STILL_ROWS_MAX: Final = 60
"""Metrics whose last values are listed."""

_US_PER_S: Final = 1_000_000
_TEXT_CHARS_MAX: Final = 200
_LOOK_BY_STATUS: Final = {
    "Completed": ("✓", "#14743c"),
    "Failed": ("✕", "#b91c1c"),
    "Canceled": ("⊘", "#5b6472"),
    "Running": ("◐", "#1d4fd7"),
    "Finalizing": ("◐", "#1d4fd7"),
    "NotResponding": ("!", "#8a5200"),
}
_WAITING_LOOK: Final = ("○", "#8a5200")
_BOX: Final = (
    "border:1px solid #e2e5ea;border-radius:6px;padding:8px 12px;background:#ffffff;"
    "color:#1b2029;font-family:sans-serif;font-size:13px"
)
# JupyterLab shows an error in the place of a widget whose kernel is gone; the picture is there.
_STYLE: Final = (
    "<style>.jp-OutputArea-child:has(.runtide-still) + "
    ".jp-OutputArea-child:not(:has(.runtide-widget)){display:none}</style>"
)


class Still(NamedTuple):
    """A picture as a notebook keeps it."""

    html: str
    text: str

    def bundle(self, key: str) -> dict[str, str]:
        """Return it by media type, under a class by which the live view finds and hides it."""
        html = f'{_STYLE}<div class="runtide-still {key}" style="{_BOX}">{self.html}</div>'
        return {"text/html": html, "text/plain": self.text}


def empty_still(run_id: str) -> Still:
    """Return the picture of a run of which nothing is known yet."""
    return Still(f"Run {escape(run_id)}", f"Run {run_id}")


def still_of(parts: dict[str, Any], tail: Tail) -> Still:
    """Return the picture of a run: status, facts, last values and the first charts."""
    run = parts["run"]
    icon, color = _LOOK_BY_STATUS.get(run["status"], _WAITING_LOOK)
    head = (
        f'<div style="font-size:15px"><span style="color:{color};font-weight:600">{icon} '
        f"{escape(run['status'])}</span> {escape(run['name'])}</div>"
    )
    html = "".join(
        [
            head,
            _table(_facts(run, parts.get("children"))),
            _values(parts, tail),
            _charts(parts, tail),
        ]
    )
    return Still(html, f"Run {run['run_id']}: {run['status']}")


def _facts(run: dict[str, Any], children: dict[str, Any] | None) -> list[tuple[str, str]]:
    error = run["error"] or {}
    best = (children or {}).get("best")
    facts = [
        ("Run", run["run_id"]),
        ("Experiment", run["experiment"]),
        ("Created", _instant(run["created_us"])),
        ("Ended", _instant(run["ended_us"]) if run["status"] in TERMINAL else ""),
        ("Reason", run["status_reason"]),
        ("Error", str(error.get("message") or "")),
        ("Child runs", str(run["child_count"] or "")),
        ("Best child", f"{best['run_id']} ({short_number(best['value'])})" if best else ""),
    ]
    return [(name, text) for name, text in facts if text]


def _values(parts: dict[str, Any], tail: Tail) -> str:
    rows = []
    for item in parts["metrics"][:STILL_ROWS_MAX]:
        last = (item["last"] or {}).get("value")
        _, newer = tail.values(item["name"])
        value = newer[-1] if newer else last
        shown = short_number(value) if isinstance(value, float) else str(value)
        rows.append((item["name"], "–" if value is None else shown[:_TEXT_CHARS_MAX]))
    left_out = len(parts["metrics"]) - len(rows)
    more = f"<div>and {left_out:,} more metrics</div>" if left_out else ""
    return _table(rows) + more


def _charts(parts: dict[str, Any], tail: Tail) -> str:
    series_by_metric = {series["metric"]: series for series in parts["series"]["series"]}
    names = dict.fromkeys([*series_by_metric, *tail.metrics])
    curves = ((name, curve_points(series_by_metric.get(name), name, tail)) for name in names)
    drawn = [(name, points) for name, points in curves if len(points) > 1]
    images = [_image(name, sketch(name, points)) for name, points in drawn[:STILL_CHARTS_MAX]]
    return "".join(images)


def _image(title: str, svg: str) -> str:
    data = b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(title)}" width="{WIDTH}" height="{HEIGHT}" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><th style="text-align:left;font-weight:400;color:#5b6472">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for name, text in rows
    )
    return f'<table style="margin:8px 0;color:inherit">{cells}</table>' if cells else ""


def _instant(time_us: int | None) -> str:
    if time_us is None:
        return ""
    return datetime.fromtimestamp(time_us / _US_PER_S, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
