"""The command palette: anywhere, by typing a part of its name."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import finished_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()


def test_run_is_opened_by_a_part_of_its_name(
    page: Page, url: str, home: Path, complaints: list[str]
) -> None:
    """Also from another experiment, and whatever has the focus."""
    finished_run(home, name="swift-kelp", experiment="first")
    run = finished_run(home, name="calm-reef", experiment="second")
    page.goto(url)
    expect(page.get_by_role("link", name="second")).to_be_visible()
    page.get_by_role("link", name="first").click()
    page.locator("input.filter").focus()

    open_palette(page)
    page.keyboard.type("second ree")
    option = page.get_by_role("dialog").get_by_role("option", name="calm-reef")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{url}/runs/{run.id}")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert complaints == []


def test_arrows_choose_and_escape_leaves_everything_as_it_was(
    page: Page, url: str, home: Path
) -> None:
    finished_run(home)
    page.goto(f"{url}/experiments/exp")
    expect(page.get_by_role("link", name="calm-reef")).to_be_visible()
    page.get_by_role("button", name="Search Ctrl K").click()
    options = page.get_by_role("dialog").get_by_role("option")
    expect(page.get_by_role("option", name="calm-reef")).to_be_visible()
    expect(options.first).to_have_attribute("aria-selected", "true")

    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{url}/experiments/exp")
    expect(page.get_by_role("button", name="Search Ctrl K")).to_be_focused()


def test_page_offers_what_it_can_do(page: Page, url: str, home: Path) -> None:
    run = finished_run(home)
    page.goto(f"{url}/runs/{run.id}")
    expect(page.get_by_role("heading", name="calm-reef")).to_be_visible()

    open_palette(page)
    page.keyboard.type("charts")
    option = page.get_by_role("dialog").get_by_role("option").first
    expect(option).to_have_text(re.compile("charts", re.IGNORECASE))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/charts$"))
