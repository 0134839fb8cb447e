"""The dashboard under load, in a real browser: 1,500 runs of 300 metrics, 50 charts of 20 runs.

    python -m benchmarks.bench_dashboard [--live-minutes 30]

Reports, each of several visits with an empty cache: how long until the first rows of the table are
painted; until a sort and a filter are; frames and long tasks while fifty charts of twenty runs
scroll by, by the clock and by processor time; the tab's memory, also after minutes of live updates
from fifty running runs; and the age of a point when its chart has drawn it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.request import urlopen

from benchmarks.browsing import Requests, chromium, long_tasks_ms, memory_mib, tab
from benchmarks.dashboard_data import MANY, WIDE, log_many, log_wide
from benchmarks.harness import quantile, report
from benchmarks.serving import serving
from benchmarks.tracing import traced

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VISITS: Final = 5
CHARTED_RUNS: Final = 20
SCROLL_S: Final = 10.0
LIVE_RUNS: Final = 50
AGE_S: Final = 30.0
TRACE_S: Final = 20.0
"""How long the end of the live updates is traced: a trace of minutes would fill the memory."""

FILTERS: Final = ("reef", 'metrics."train/loss".last < 0.15', 'tags.team = "a"')

_ROWS: Final = "document.querySelectorAll('.runs-table tbody tr:not(.spacer-row)')"
_FIRST_ROW: Final = f"{_ROWS}[0]?.textContent"


def main() -> None:
    """Fill a folder, serve it, and look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a folder filled by benchmarks.dashboard_data")
    parser.add_argument("--live-minutes", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if asked.home is None:
            log_many(home, run_count=1_500, metric_count=300, point_count=60, seed=1)
            log_wide(home, metric_count=2_000, point_count=60, seed=1)
        with serving(home) as (host, port), chromium() as browser:
            url = f"http://{host}:{port}"
            measure_table(browser, url)
            measure_scrolling(browser, url)
            measure_wide(browser, url)
            measure_age(browser, url, home)
            measure_live(browser, url, home, minutes=asked.live_minutes)


def measure_table(browser: Browser, url: str) -> None:
    """Report the first rows, a sort by a metric, and a filter."""
    first: list[float] = []
    sort: list[float] = []
    filtered: list[float] = []
    for _ in range(VISITS):
        with tab(browser) as page:
            requests = Requests(page, streams="/live")
            page.goto(f"{url}/experiments/{MANY}?layout=table", wait_until="commit")
            first.append(page.evaluate(f"window.until(() => {_ROWS}.length > 10, 0)"))
            for heading in ("Duration", "Name"):
                requests.wait_for_rest()
                sort.append(changed_ms(page, click(page, heading)))
            for text in FILTERS:
                requests.wait_for_rest()
                filtered.append(changed_ms(page, type_filter(page, text)))
    report(
        "dashboard-table",
        {
            "runs": run_count(url),
            "first_rows_p50_ms": round(quantile(first, 0.5)),
            "first_rows_max_ms": round(max(first)),
            "sort_p50_ms": round(quantile(sort, 0.5)),
            "sort_max_ms": round(max(sort)),
            "filter_p50_ms": round(quantile(filtered, 0.5)),
            "filter_max_ms": round(max(filtered)),
        },
    )


def run_count(url: str) -> int:
    """Return how many runs the experiment of many runs has."""
    with urlopen(f"{url}/api/v1/experiments") as answer:
        items = json.load(answer)["items"]
    return next(int(item["run_count"]) for item in items if item["name"] == MANY)


def changed_ms(page: Page, act: str) -> float:
    """Return how long after `act`, a piece of JavaScript, other rows are painted."""
    duration: float = page.evaluate(
        f"""async () => {{
            const before = {_FIRST_ROW};
            const started = performance.now();
            {act};
            return window.until(() => {_ROWS}.length > 0 && {_FIRST_ROW} !== before, started);
        }}"""
    )
    return duration


def click(page: Page, heading: str) -> str:
    """Return what clicks on the heading of a column."""
    button = page.locator(".runs-table thead button", has_text=heading).first
    button.evaluate("(one) => { window.target = one; }")
    return "window.target.click()"


def type_filter(page: Page, text: str) -> str:
    """Return what puts `text` into the filter box as a keyboard does."""
    page.locator("input.filter").evaluate("(one) => { window.target = one; }")
    page.evaluate("(text) => { window.text = text; }", text)
    return "window.target.value = window.text; window.target.dispatchEvent(new InputEvent('input', {bubbles: true}))"


def measure_scrolling(browser: Browser, url: str) -> None:
    """Report frames and long tasks while charts of twenty runs scroll by."""
    with tab(browser) as page:
        ids = newest_ids(page, url, CHARTED_RUNS)
        page.goto(f"{url}/experiments/{MANY}?layout=charts&sel={'%2C'.join(ids)}")
        page.locator("article.chart canvas").nth(3).wait_for()
        page.wait_for_load_state("networkidle")
        charts = page.locator("article.chart").count()
        long_tasks_ms(page)
        with traced(browser, page) as trace:
            frames: list[float] = page.evaluate(SCROLL, SCROLL_S * 1000)
        tasks = long_tasks_ms(page)
        report(
            "dashboard-scroll",
            {
                "runs": CHARTED_RUNS,
                "charts": charts,
                "frames": len(frames),
                "frame_p50_ms": round(quantile(frames, 0.5), 1),
                "frame_p99_ms": round(quantile(frames, 0.99), 1),
                "frame_max_ms": round(max(frames), 1),
                "tasks_over_50_ms": len(tasks),
                "longest_task_ms": round(max(tasks, default=0.0)),
                **trace.figures(),
                **memory_mib(page),
            },
        )


SCROLL: Final = """
async (duration) => {
  const pane = [...document.querySelectorAll("*")].find((one) => {
    const style = getComputedStyle(one);
    return /auto|scroll/.test(style.overflowY) && one.querySelector("article.chart")
      && one.scrollHeight > one.clientHeight + 100;
  });
  const frames = [];
  const started = performance.now();
  let last = started;
  while (performance.now() - started < duration) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    // Fifty charts of about 270 pixels, two a row, in five seconds.
    pane.scrollTop += 22;
    if (pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 1) pane.scrollTop = 0;
  }
  return frames.slice(2);
}
"""


def measure_wide(browser: Browser, url: str) -> None:
    """Report how long the page of a run of 2,000 metrics takes to show its first charts."""
    first: list[float] = []
    with tab(browser) as page:
        (run_id,) = newest_ids(page, url, 1, experiment=WIDE)
        for _ in range(VISITS):
            page.goto(f"{url}/runs/{run_id}/charts", wait_until="commit")
            first.append(
                page.evaluate("window.until(() => document.querySelector('article canvas'), 0)")
            )
        tasks = long_tasks_ms(page)
        report(
            "dashboard-wide",
            {
                "first_chart_p50_ms": round(quantile(first, 0.5)),
                "longest_task_ms": round(max(tasks, default=0.0)),
                **memory_mib(page),
            },
        )


def measure_age(browser: Browser, url: str, home: Path) -> None:
    """Report how old points are when the chart under the pointer names them."""
    script = live_script(home, runs=1, per_s=20, duration_s=AGE_S + 15)
    assert script.stdout is not None
    run_id = script.stdout.readline().strip()
    with tab(browser) as page:
        page.goto(f"{url}/runs/{run_id}/charts")
        area = page.locator("article.chart .u-over").first
        area.wait_for()
        page.wait_for_load_state("networkidle")
        area.hover(position={"x": (area.bounding_box() or {"width": 300})["width"] - 1, "y": 40})
        seen: list[tuple[int, float]] = page.evaluate(READOUT, AGE_S * 1000)
    lines = [line.split() for line in script.stdout]
    logged_ms = {int(step): float(at_ms) for step, at_ms in lines}
    script.wait()
    ages: list[float] = []
    before = seen[0][0]
    for step, at_ms in seen[1:]:
        # Every point since the last look was drawn in this frame.
        ages += [at_ms - logged_ms[s] for s in range(before + 1, step + 1) if s in logged_ms]
        before = max(before, step)
    report(
        "dashboard-age",
        {
            "points": len(ages),
            "p50_ms": round(quantile(ages, 0.5)),
            "p99_ms": round(quantile(ages, 0.99)),
            "max_ms": round(max(ages)),
        },
    )


READOUT: Final = """
async (duration) => {
  const readout = document.querySelector("article.chart .readout-x");
  const seen = [];
  const started = performance.now();
  let last = -1;
  while (performance.now() - started < duration) {
    await new Promise(requestAnimationFrame);
    const step = Number(readout.textContent.replace(/\\D/g, ""));
    if (step > last) seen.push([step, performance.timeOrigin + performance.now()]);
    last = step;
  }
  return seen;
}
"""


def measure_live(browser: Browser, url: str, home: Path, *, minutes: float) -> None:
    """Report memory and long tasks while fifty runs log, and a page shows them."""
    script = live_script(home, runs=LIVE_RUNS, per_s=2, duration_s=minutes * 60 + TRACE_S + 30)
    assert script.stdout is not None
    script.stdout.readline()
    with tab(browser) as page:
        page.goto(f"{url}/experiments/live")
        page.locator("article.chart canvas").nth(1).wait_for()
        page.wait_for_load_state("networkidle")
        long_tasks_ms(page)
        start = memory_mib(page)
        page.wait_for_timeout(minutes * 60_000)
        tasks = long_tasks_ms(page)
        end = memory_mib(page)
        with traced(browser, page) as trace:
            page.wait_for_timeout(TRACE_S * 1000)
    script.kill()
    script.wait()
    report(
        "dashboard-live",
        {
            "running_runs": LIVE_RUNS,
            "minutes": minutes,
            "tasks_over_50_ms": len(tasks),
            "longest_task_ms": round(max(tasks, default=0.0)),
            **trace.figures(),
            **{f"{name}_start": value for name, value in start.items()},
            **{f"{name}_end": value for name, value in end.items()},
        },
    )


def live_script(home: Path, *, runs: int, per_s: float, duration_s: float) -> subprocess.Popen[str]:
    """Start a script that logs 20 metrics to each run, `per_s` times a second.

    It prints the first run's id, and at its end each step with the milliseconds since 1970 at which
    the first run logged it.
    """
    source = f"""
import time, runtide
runs = [runtide.init("live", f"live-{{i}}", home={str(home)!r}) for i in range({runs})]
print(runs[0].id, flush=True)
logged, due, end = [], time.monotonic(), time.monotonic() + {duration_s}
while due < end:
    for i, run in enumerate(runs):
        if i == 0:
            logged.append(time.time() * 1e3)
        run.log({{f"m{{k:02d}}": len(logged) * 0.5 + k for k in range(20)}}, step=len(logged) - 1)
    due += 1 / {per_s}
    time.sleep(max(0.0, due - time.monotonic()))
for run in runs:
    run.complete()
for step, at_ms in enumerate(logged):
    print(step, at_ms)
"""
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)


def newest_ids(page: Page, url: str, count: int, experiment: str = MANY) -> list[str]:
    """Return the ids of an experiment's newest runs."""
    answer: dict[str, Any] = page.request.get(
        f"{url}/api/v1/runs?experiment={experiment}&limit={count}"
    ).json()
    return [item["run_id"] for item in answer["items"]]


if __name__ == "__main__":
    main()
