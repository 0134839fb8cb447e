"""Every page, in both themes and sizes: nothing complains, and everybody can use it."""

import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

import runtide
from tests.browser.looking import (
    finished_run,
    live_state,
    log_curve,
    serious_findings,
    wait_until_folded,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABS = ("", "/charts", "/tables", "/images", "/files", "/logs", "/children")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_complains_or_shuts_anybody_out(
    page: Page, url: str, home: Path, complaints: list[str], theme: Literal["light", "dark"]
) -> None:
    """The console stays silent, and axe finds nothing serious."""
    run = finished_run(home)
    page.emulate_media(color_scheme=theme)
    found = {}

    for path in ["/", "/experiments/exp", *(f"/runs/{run.id}{tab}" for tab in TABS)]:
        page.goto(url + path)
        expect(live_state(page)).to_have_text("live")
        expect(page.locator(".skeleton")).to_have_count(0)
        found[path] = serious_findings(page)

    assert {path: some for path, some in found.items() if some} == {}
    assert complaints == []


@pytest.mark.parametrize("tab", TABS)
def test_phone_shows_a_page_without_scrolling_sideways(
    page: Page, url: str, home: Path, tab: str
) -> None:
    """Wide things scroll within themselves."""
    run = finished_run(home)
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(f"{url}/runs/{run.id}{tab}")

    expect(live_state(page)).to_have_text("live")
    assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390


def test_every_kind_is_drawn_after_its_rule(page: Page, url: str, home: Path) -> None:
    """A number is a number, repeated ones a line, texts are counted, a matrix is a heat map."""
    run = finished_run(home)

    page.goto(f"{url}/runs/{run.id}/charts")

    cards = page.locator("article.chart h3")
    expect(cards).to_have_text(
        ["gap", "phase", "confusion", "curve", "norms", "train/accuracy", "train/loss"]
    )
    expect(page.locator(".kpi", has_text="best")).to_contain_text("0.5")
    expect(page.locator(".bar", has_text="warm-up")).to_contain_text("1")
    expect(page.locator(".matrix td:not(.none)").nth(1)).to_have_text("8")


def test_failed_run_says_first_what_went_wrong(page: Page, url: str, home: Path) -> None:
    """The error is above everything else."""
    run = runtide.init("exp", home=home)
    run.fail("the loss is not a number")

    page.goto(f"{url}/runs/{run.id}")

    problem = page.locator(".overview > :first-child")
    expect(problem).to_contain_text("The run failed")
    expect(problem).to_contain_text("the loss is not a number")


def test_filter_and_sort_are_the_servers(page: Page, url: str, home: Path) -> None:
    """They hold for every run there is, not for those on the screen, and are in the address."""
    for name, loss in [("calm-reef", 3.0), ("swift-kelp", 1.0), ("bold-tern", 2.0)]:
        with runtide.init("exp", name, home=home) as run:
            run.log("loss", loss)
        wait_until_folded(page, url, run.id)
    page.goto(f"{url}/experiments/exp")
    names = page.locator(".runs-table tbody .col-name a")
    expect(names).to_have_count(3)

    page.get_by_role("button", name="loss").click()
    expect(names).to_have_text(["calm-reef", "bold-tern", "swift-kelp"])
    page.get_by_label("Filter the runs").fill("metrics.loss.last < 2.5")
    expect(names).to_have_text(["bold-tern", "swift-kelp"])
    page.reload()
    expect(names).to_have_text(["bold-tern", "swift-kelp"])
    page.get_by_label("Filter the runs").fill("metrics.loss.last < 1.5")
    expect(names).to_have_text(["swift-kelp"])


def test_keys_move_select_and_open(page: Page, url: str, home: Path) -> None:
    """A list can be worked through without a pointer."""
    for name in ["calm-reef", "swift-kelp"]:
        with runtide.init("exp", name, home=home) as run:
            log_curve(run, range(3))
        wait_until_folded(page, url, run.id)
    page.goto(f"{url}/experiments/exp")
    expect(page.locator(".runs-table tbody .col-name a")).to_have_count(2)

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("Charts of the selected run")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("calm-reef")
    page.keyboard.press("[")
    expect(page.get_by_role("heading", level=1)).to_have_text("swift-kelp")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_children_open_under_their_parent(page: Page, url: str, home: Path) -> None:
    """A sweep is one row until it is opened."""
    with runtide.init("exp", "sweep", home=home) as parent:
        for alpha in (0.1, 0.2):
            with parent.child_run(name=f"alpha {alpha}") as child:
                child.log("mse", alpha)
    wait_until_folded(page, url, parent.id)
    page.goto(f"{url}/experiments/exp")

    page.get_by_role("button", name=re.compile("2 child runs of sweep")).first.click()

    names = page.locator(".runs-table tbody .col-name a")
    expect(names).to_have_text(["sweep", "alpha 0.2", "alpha 0.1"])


def test_theme_is_switched_and_remembered(page: Page, url: str) -> None:
    """The choice outlives a reload, and is there before the first paint."""
    page.emulate_media(color_scheme="light")
    page.goto(url)

    page.get_by_role("button", name="Dark theme").click()
    page.reload()

    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(14, 16, 20)"


def test_unknown_run_says_what_to_do(page: Page, url: str) -> None:
    """An address that leads nowhere is no empty page."""
    page.goto(f"{url}/runs/nowhere")

    expect(page.get_by_role("alert")).to_contain_text("Nothing is there")


def test_page_is_small(page: Page, url: str) -> None:
    """The first JavaScript stays under 200 kB compressed; it is sent within that uncompressed."""
    sizes: list[int] = []
    page.on(
        "response", lambda answer: sizes.append(len(answer.body()) if is_script(answer.url) else 0)
    )

    page.goto(url)
    expect(live_state(page)).to_have_text("live")

    assert 0 < sum(sizes) < 400_000, json.dumps(sizes)


def is_script(url: str) -> bool:
    return url.endswith(".js")
