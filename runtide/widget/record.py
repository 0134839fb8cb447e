"""What the widget asks of a run's record."""

from __future__ import annotations

from array import array
from base64 import b64decode
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from runtide.client.run import Run
from runtide.core.parents import GOAL_PROPERTY, METRIC_PROPERTY
from runtide.widget.tail import swapped

CHARTS_MAX: Final = 60
"""Metrics that are drawn, in order of their first logging; of more the number is said."""

POINTS_MAX: Final = 500
"""Points or buckets of a series that are fetched: a chart of the widget has about as many pixels."""

CHILDREN_MAX: Final = 500
"""Runs below a run that are listed."""

LOG_LINES_MAX: Final = 200
"""Lines of the end of a log that are shown."""

_CONSOLE: Final = "user_logs/std_log.txt"
"""The text stream that is shown before others: what a submitted script printed."""

_FLUSH_TIMEOUT_S: Final = 30.0


class PrimaryMetric(NamedTuple):
    """What the children of a sweep are judged by."""

    name: str
    goal: str
    """`minimize` or `maximize`."""


class RunRecord:
    """A run's record as the query API tells it. Every answer holds all that was logged before.

    All methods raise what `runtide.client.reading.Reader.get` raises.
    """

    def __init__(self, run: Run) -> None:
        self.run_id = run.id
        self._workspace = run.experiment.workspace
        self._path = f"/runs/{quote(run.id, safe='')}"

    @property
    def place(self) -> object:
        """What tells servers apart: runs of one place share a connection."""
        return self._workspace.place

    def url(self) -> str:
        """Return where the server answers."""
        return self._workspace.reader.url()

    def authorization(self, url: str) -> dict[str, str]:
        """Return the header that lets in to the server at `url`."""
        return self._workspace.reader.authorization(url)

    def page_url(self) -> str:
        """Return the address of the run's page."""
        return self._workspace.reader.page_url(self.run_id)

    def deliver(self) -> None:
        """Wait until the log has what this process logged.

        Raises:
            NotDelivered: It has not, in time.
        """
        self._workspace.deliver_first(timeout_s=_FLUSH_TIMEOUT_S)

    def run(self) -> dict[str, Any]:
        """Return the run with its `position` in the log."""
        return self._workspace.reader.get(self._path)

    def metrics(self) -> list[dict[str, Any]]:
        """Return the summary of each metric, in order of first logging."""
        items: list[dict[str, Any]] = self._workspace.reader.get(f"{self._path}/metrics/summary")[
            "items"
        ]
        return items

    def series(self, metrics: list[str]) -> list[dict[str, Any]]:
        """Return the points or buckets of each metric that has any, with columns of bytes."""
        if not metrics:
            return []
        question = {
            "runs": [self.run_id],
            "metrics": metrics,
            "max_points": POINTS_MAX,
            "encoding": "columns",
        }
        answer = self._workspace.reader.post("/series", document=question)
        return [_with_bytes(series) for series in answer["series"]]

    def children(self, metric: str | None) -> dict[str, Any]:
        """Return the first runs below this one, with a metric's summary, and how many there are."""
        question: dict[str, Any] = {"limit": CHILDREN_MAX}
        if metric is not None:
            question["metrics"] = '"{}"'.format(metric.replace('"', '""'))
        page = self._workspace.reader.get(f"{self._path}/children", question)
        return {"items": page["items"], "total_count": page["total_count"]}

    def log_tail(self, preferred: str | None = None) -> dict[str, Any] | None:
        """Return the last lines of a text stream: `preferred`, else the console; None without one."""
        items = self._workspace.reader.get(f"{self._path}/logs")["items"]
        files: list[str] = [item["file"] for item in items]
        if not files:
            return None
        wanted = [one for one in files if one in {_CONSOLE, preferred}]
        file = _CONSOLE if _CONSOLE in wanted else (wanted or files)[0]
        question = {"line": -LOG_LINES_MAX, "limit": LOG_LINES_MAX}
        answer = self._workspace.reader.get(f"{self._path}/log-lines/{quote(file)}", question)
        return {key: answer[key] for key in ("file", "line_count", "line", "lines")}


def find_primary_metric(
    run: dict[str, Any], settings: dict[str, Any] | None = None
) -> PrimaryMetric | None:
    """Return what a run's children are judged by, or None if nothing says so.

    The widget's settings `primary_metric` and `goal` come before what the run's sweep says.
    """
    wanted = settings or {}
    if isinstance(name := wanted.get("primary_metric"), str):
        return PrimaryMetric(name, _goal(wanted.get("goal")))
    properties = run["properties"]
    if METRIC_PROPERTY not in properties:
        return None
    return PrimaryMetric(properties[METRIC_PROPERTY], _goal(properties.get(GOAL_PROPERTY)))


def best_child(
    children: list[dict[str, Any]], primary: PrimaryMetric
) -> tuple[dict[str, Any], float] | None:
    """Return the child whose best value of the metric is the best, and the value.

    A child that reached a good value and lost it again counts with the good one.
    """
    which = "min" if primary.goal == "minimize" else "max"
    values = [
        (child, stats[which])
        for child in children
        if (stats := (child.get("metrics") or {}).get(primary.name))
        and isinstance(stats[which], int | float)
    ]
    if not values:
        return None
    pick = min if which == "min" else max
    return pick(values, key=lambda one: one[1])


def column_values(column: dict[str, bytes]) -> array[Any]:
    """Return the numbers of a column of bytes."""
    ((kind, data),) = column.items()
    numbers: array[Any] = array("d" if kind == "f64" else "q")
    numbers.frombytes(data)
    return swapped(numbers)


def _goal(said: object) -> str:
    return "minimize" if str(said).lower().startswith("min") else "maximize"


def _with_bytes(series: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {kind: b64decode(text) for kind, text in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in series.items()
    }
