"""The SQL page: ask, be told what is wrong, share, and begin with a question."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import finished_run, serious_findings, wait_until_folded
from tests.faults.processes import served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CURVE = "SELECT run_id, step, value FROM scalars WHERE name = {metric:String} ORDER BY step"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with one run; nothing here changes it."""
    folder = tmp_path_factory.mktemp("sql")
    finished_run(folder)
    return folder


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Return the address of one server for all tests of the file."""
    with served(home) as address:
        yield address


@pytest.fixture
def asking(page: Page, url: str) -> Page:
    """Open the page once everything is in the tables."""
    run_id = page.request.get(f"{url}/api/v1/runs?fresh=true").json()["items"][0]["run_id"]
    wait_until_folded(page, url, run_id)
    page.goto(f"{url}/sql")
    expect(editor(page)).to_be_visible()
    expect(page.locator(".sql-table").first).to_be_visible()
    return page


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="SQL statement")


def write(page: Page, statement: str) -> None:
    """Put a statement in place of what is in the editor.

    Into an empty one: a browser gives text that it puts in place of coloured text an inline style.
    """
    editor(page).press("ControlOrMeta+a")
    editor(page).press("Delete")
    page.keyboard.insert_text(statement)


def rows(page: Page) -> Locator:
    return page.locator(".sql-grid tbody tr:not(.spacer-row)")


def test_statement_is_completed_run_drawn_and_saved(
    asking: Page, complaints: list[str], tmp_path: Path
) -> None:
    page = asking
    editor(page).click()
    page.keyboard.type("SELECT * FROM metr")
    page.get_by_role("option", name="metrics").click()
    expect(editor(page)).to_have_text("SELECT * FROM metrics")

    write(page, CURVE)
    page.get_by_label("metric", exact=True).fill("train/loss")
    editor(page).press("Control+Enter")
    expect(page.locator(".sql-answer")).to_contain_text("100 rows")
    expect(rows(page).first).to_contain_text("1")
    page.get_by_role("button", name="value", exact=True).click()
    expect(rows(page).first).to_contain_text("99")

    page.get_by_role("button", name="Chart", exact=True).click()
    expect(page.locator(".sql-chart canvas").first).to_be_visible()

    for name in ("CSV", "Parquet"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
    with (tmp_path / "CSV").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 100
    assert pq.read_table(tmp_path / "Parquet")["step"].to_pylist() == list(range(100))
    assert complaints == []


def test_error_says_what_is_wrong_and_where(asking: Page) -> None:
    page = asking
    write(page, "SELECT nonsense FROM runs")
    page.get_by_role("button", name="Run Ctrl").click()

    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    expect(page.locator(".cm-mistake")).to_have_text("nonsense")
    editor(page).press("End")
    editor(page).press("Space")
    expect(page.locator(".cm-mistake")).to_have_count(0)


def test_link_carries_the_statement_and_runs_nothing(asking: Page, url: str) -> None:
    """It may be anybody's: the reader decides."""
    page = asking
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{url}/sql?sql={quote(CURVE)}&p.metric=best")
    expect(editor(page)).to_have_text(CURVE)
    expect(page.get_by_label("metric", exact=True)).to_have_value("best")
    expect(page.locator(".sql-table").first).to_be_visible()

    assert f"{url}/api/v1/sql" not in asked
    page.get_by_role("button", name="Run Ctrl").click()
    expect(page.locator(".sql-answer")).to_contain_text("1 row")
    write(page, "SELECT 1 AS one")
    page.wait_for_url("**/sql?sql=SELECT%201%20AS%20one**")


def test_statement_that_takes_long_is_canceled(asking: Page) -> None:
    page = asking
    many = "(SELECT arrayJoin(range(1000000)) AS n)"
    write(page, f"SELECT count() FROM {many} a CROSS JOIN {many} b WHERE sipHash64(a.n, b.n) = 1")
    editor(page).press("Control+Enter")
    page.get_by_role("button", name="Cancel", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("canceled")
    expect(page.get_by_role("button", name="Run Ctrl")).to_be_enabled()


def test_question_of_the_cookbook_asks_for_what_it_needs(asking: Page) -> None:
    page = asking
    page.get_by_role("button", name="Questions", exact=True).click()
    page.get_by_role("complementary").get_by_role("button", name="ten best runs").click()
    expect(page.get_by_label("experiment", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="Run Ctrl")).to_be_disabled()

    page.keyboard.type("exp")
    page.get_by_label("metric", exact=True).fill("train/loss")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)

    rows(page).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("calm-reef")
    page.go_back()
    page.get_by_role("button", name="History", exact=True).click()
    expect(page.locator(".sql-list li")).to_have_count(1)


def test_page_complains_of_nothing_and_shuts_nobody_out(
    asking: Page, complaints: list[str]
) -> None:
    """In both themes, and on a phone."""
    page = asking
    write(page, "SELECT * FROM scalars")
    editor(page).press("Control+Enter")
    expect(rows(page).first).to_be_visible()

    found = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found[theme] = serious_findings(page)
    page.set_viewport_size({"width": 390, "height": 844})

    assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390
    assert page.evaluate("document.querySelector('.top').scrollWidth") <= 390
    assert found == {"light": [], "dark": []}
    assert complaints == []
