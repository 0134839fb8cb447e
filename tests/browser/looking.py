"""What a person does with the pages and reads off them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

import runtide

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

    from runtide import Run

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"


def log_curve(run: Run, steps: range) -> None:
    """Log a loss and an accuracy at each step, and deliver them."""
    for step in steps:
        run.log(
            {"train/loss": math.exp(-step / 50), "train/accuracy": 1 - 1 / (step + 1)}, step=step
        )
    run.flush()


def finished_run(home: Path, *, name: str = "calm-reef", experiment: str = "exp") -> Run:
    """Log a run with a bit of everything."""
    with runtide.init(experiment, name, config={"lr": 0.1}, tags={"team": "a"}, home=home) as run:
        log_curve(run, range(100))
        run.log("best", 0.5)
        run.log("phase", "warm-up")
        run.log("phase", "train")
        run.log("gap", math.nan)
        run.log("gap", 1.0)
        run.log_list("norms", [1.0, 2.0, 4.0])
        run.log_table("curve", {"x": [1, 2, 3], "y": [0.2, 0.4, 0.3]})
        labels = {"class_labels": ["cat", "dog"], "matrix": [[8, 2], [1, 9]]}
        run.log_confusion_matrix(
            "confusion",
            {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": labels},
        )
    return run


def wait_until_folded(page: Page, url: str, run_id: str) -> None:
    """Wait until the tables hold all that the log holds of a run, however slow the machine is."""
    answer = page.request.get(f"{url}/api/v1/runs/{run_id}?fresh=true")
    assert answer.ok, answer.text()


def serious_findings(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds that shuts somebody out: the rule, and the first element."""
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        (one["id"], one["nodes"][0]["html"][:120])
        for one in violations
        if one["impact"] in {"serious", "critical"}
    ]


def live_state(page: Page) -> Locator:
    """Return what the header says about the live stream."""
    return page.locator("header .live")


def chart(page: Page, metric: str) -> Locator:
    """Return the card of one metric's chart."""
    heading = page.get_by_role("heading", name=metric, exact=True)
    return page.locator("article.chart").filter(has=heading)


def plot_area(card: Locator) -> Locator:
    """Return the part of a chart inside its axes."""
    return card.locator(".u-over")


def last_step(card: Locator) -> int:
    """Point at the right end of a chart, and return the step that it says."""
    area = plot_area(card)
    box = area.bounding_box()
    assert box is not None
    area.page.mouse.move(box["x"] + 5, box["y"] + 20)
    area.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20)
    return int(card.locator(".readout-x").inner_text())


def wait_for_last_step(card: Locator, step: int) -> None:
    """Look at the chart until its last step is `step`.

    The pointer stays where it is while the chart grows under it.
    """
    last_step(card)
    expect(card.locator(".readout-x")).to_have_text(str(step), timeout=20_000)


def series_requests(page: Page) -> list[Any]:
    """Return the list that the body of every later request for series is added to."""
    asked: list[Any] = []

    def note(request: Request) -> None:
        if request.url.endswith("/series"):
            asked.append(request.post_data_json)

    page.on("request", note)
    return asked
