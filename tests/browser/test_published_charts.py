"""The charts of the four JSON schemas: read out, chosen from, and saved."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import runtide
from tests.browser.looking import chart, serious_findings, wait_until_folded

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("silent")]


def published(schema_type: str, **data: Any) -> dict[str, Any]:
    return {"schema_type": schema_type, "schema_version": "1.0.0", "data": data}


def run_with_charts(home: Path) -> str:
    """Log each of the four, with a bin that has no samples."""
    table = [[8, 8, 0, 0], [7, 2, 6, 1], [0, 0, 8, 8]]
    with runtide.init("exp", home=home) as run:
        run.log_confusion_matrix(
            "confusion",
            published("confusion_matrix", class_labels=["cat", "dog"], matrix=[[8, 2], [1, 9]]),
        )
        run.log_accuracy_table(
            "accuracy",
            published(
                "accuracy_table",
                class_labels=["cat", "dog"],
                probability_tables=[table, table],
                percentile_tables=[table, table],
                probability_thresholds=[0, 0.5, 1],
                percentile_thresholds=[0, 0.5, 1],
            ),
        )
        run.log_residuals(
            "residuals", published("residuals", bin_edges=[-1, 0, 1, 2], bin_counts=[3, 9, None])
        )
        run.log_predictions(
            "predictions",
            published(
                "predictions",
                bin_averages=[1.0, None, 3.0],
                bin_errors=[0.1, None, 0.3],
                bin_counts=[5, 0, 7],
                bin_edges=[0, 1, 2, 3],
            ),
        )
    return run.id


def test_matrix_is_counts_or_shares(page: Page, url: str, home: Path) -> None:
    """And each cell says which part of its row and of its column it is."""
    run = run_with_charts(home)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/charts")
    card = chart(page, "confusion")
    cells = card.locator("td:not(:empty)")
    expect(cells).to_have_text(["8", "2", "1", "9"])
    expect(card).to_contain_text("85 % right")

    card.get_by_role("button", name="Share of row").click()
    expect(cells).to_have_text(["80 %", "20 %", "10 %", "90 %"])
    cells.first.hover()

    expect(card.locator("output")).to_have_text(
        "cat as cat: 8, 80 % of its row, 88.9 % of its column"
    )


def test_curves_are_those_that_one_chooses(page: Page, url: str, home: Path) -> None:
    """Of the classes that are shown; the pointer names the nearest point."""
    run = run_with_charts(home)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/charts")
    card = chart(page, "accuracy")
    left = card.locator("figure").first
    expect(left.locator(".curve")).to_have_count(2)

    left.locator("svg").hover()
    expect(left.locator("output")).to_have_text(re.compile(r"^(cat|dog): 0\.875 at 0\.25$"))
    card.get_by_role("button", name="dog").click()
    expect(left.locator(".curve")).to_have_count(1)
    left.get_by_label("Curve").select_option(label="Lift")
    expect(left.locator(".axis-name").last).to_have_text("lift")
    left.get_by_label("Curve").select_option(label="Calibration")

    expect(left.locator(".axis-name").first).to_have_text("predicted probability")
    assert serious_findings(page) == []


def test_bins_are_read_out_and_those_without_samples_left_out(
    page: Page, url: str, home: Path
) -> None:
    """Null is no value, and no reason to draw nothing."""
    run = run_with_charts(home)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/charts")

    residuals = chart(page, "residuals")
    residuals.locator("svg").hover()
    expect(residuals.locator("output")).to_have_text("0 … 1: 9 (75 %)")
    predictions = chart(page, "predictions")
    predictions.locator("svg").hover()

    expect(predictions.locator("output")).to_have_text(re.compile(r"^(1 ± 0\.1|3 ± 0\.3) at "))


def test_pictures_are_saved(page: Page, url: str, home: Path) -> None:
    """With their own colours, as they are seen."""
    run = run_with_charts(home)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/charts")
    card = chart(page, "residuals")
    card.hover()

    with page.expect_download() as saved:
        card.get_by_role("button", name="Save residuals as SVG").click()
    drawing = saved.value.path().read_text()
    with page.expect_download() as saved:
        card.get_by_role("button", name="Save residuals as PNG").click()

    assert drawing.startswith("<svg")
    assert 'fill="rgb(37, 99, 235)"' in drawing
    assert saved.value.suggested_filename == "residuals.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
