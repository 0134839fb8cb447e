"""Several runs beside each other: what differs is found, drawn and said."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import runtide
from tests.browser.looking import (
    chart,
    last_step,
    live_state,
    log_curve,
    plot_area,
    serious_findings,
    wait_for_last_step,
    wait_until_folded,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runtide import Run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABS = ("", "/parameters", "/tables", "/images", "/text")


def log_sweep(home: Path) -> list[Run]:
    """Log two learning rates with two seeds each; the last run lacks the image of step 5."""
    runs = []
    for number, (lr, seed) in enumerate([(0.1, 1), (0.1, 2), (0.01, 1), (0.01, 2)]):
        config = {"lr": lr, "opt": {"name": "sgd"}, "seed": seed}
        with runtide.init("sweep", f"trial-{number}", config=config, home=home) as run:
            log_curve(run, range(20))
            run.log("val/loss", lr + seed / 100)
            run.log_table("confused", {"name": ["cat", "dog"], "count": [number, 7]})
            for step in (0, 5) if number < 3 else (0,):
                run.log_image("sample", np.full((8, 8, 3), 40 * number + step, np.uint8), step=step)
            (home / "notes.txt").write_text("".join(f"line {i}\n" for i in range(20)) + f"{lr}\n")
            run.upload_file("notes.txt", str(home / "notes.txt"))
        runs.append(run)
    return runs


def open_comparison(
    page: Page, url: str, runs: Sequence[Run], tab: str = "", more: str = ""
) -> None:
    ids = ",".join(run.id for run in runs)
    page.goto(f"{url}/compare{tab}?runs={ids}{more}")
    expect(live_state(page)).to_have_text("live")
    expect(page.locator(".skeleton")).to_have_count(0)


def choice(page: Page, label: str) -> Locator:
    """Return the list of options with exactly this label."""
    words = page.get_by_text(label, exact=True)
    return page.locator("label").filter(has=words).locator("select")


def row(page: Page, key: str) -> Locator:
    """Return the cells of one row of the table of values."""
    name = page.get_by_role("rowheader", name=key, exact=True)
    return page.locator("tr").filter(has=name).locator("td")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_tab_complains_or_shuts_anybody_out(
    page: Page, url: str, home: Path, complaints: list[str], theme: Literal["light", "dark"]
) -> None:
    """The console stays silent, and axe finds nothing serious."""
    runs = log_sweep(home)
    page.emulate_media(color_scheme=theme)
    found = {}

    for tab in TABS:
        open_comparison(page, url, runs, tab, "&bands=-config.seed&overlay=train%252Floss")
        found[tab] = serious_findings(page)
    page.goto(f"{url}/compare/parameters?experiment=sweep")
    expect(page.locator(".parallel")).to_be_visible()
    found["all"] = serious_findings(page)

    assert {tab: some for tab, some in found.items() if some} == {}
    assert complaints == []


@pytest.mark.parametrize("tab", TABS)
def test_phone_shows_a_comparison_without_scrolling_sideways(
    page: Page, url: str, home: Path, tab: str
) -> None:
    """Wide things scroll within themselves."""
    page.set_viewport_size({"width": 390, "height": 844})

    open_comparison(page, url, log_sweep(home), tab)

    assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390


def test_selected_runs_are_compared_by_a_key(page: Page, url: str, home: Path) -> None:
    """The way there is short, and the address holds who is compared."""
    wait_until_folded(page, url, log_sweep(home)[-1].id)
    page.goto(f"{url}/experiments/sweep")
    expect(page.locator(".runs-table tbody .col-name a")).to_have_count(4)

    for key in ("j", "x", "j", "x", "c"):
        page.keyboard.press(key)

    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    expect(page.locator(".run-chip a")).to_have_text(["trial-3", "trial-2"])
    expect(page.locator("article.chart h3")).to_have_text(
        ["train/accuracy", "train/loss", "val/loss"]
    )
    page.reload()
    expect(page.locator(".run-chip a")).to_have_text(["trial-3", "trial-2"])


def test_runs_are_added_and_taken_away_on_the_page(page: Page, url: str, home: Path) -> None:
    """A run of another experiment is found by its name, and says where it is from."""
    runs = log_sweep(home)
    with runtide.init("other", "lone-wolf", home=home) as run:
        log_curve(run, range(5))
    open_comparison(page, url, runs[:2])

    page.get_by_label("Add a run").fill("wolf")
    page.get_by_role("button", name=re.compile("lone-wolf")).click()
    page.get_by_role("button", name="Take away: trial-0").click()

    expect(page.locator(".run-chip a")).to_have_text(["sweep / trial-1", "other / lone-wolf"])
    expect(page).to_have_url(re.compile(f"runs={runs[1].id}(%2C|,){run.id}"))


def test_seeds_are_drawn_as_one_group(page: Page, url: str, home: Path) -> None:
    """All but the seed decides: two lines with a band where there were four."""
    open_comparison(page, url, log_sweep(home))

    choice(page, "Groups").select_option("-config.seed")

    legend = page.get_by_role("list", name="Groups").get_by_role("listitem")
    expect(legend).to_have_text(["lr 0.01 (2 runs)", "lr 0.1 (2 runs)"])
    card = chart(page, "train/loss")
    last_step(card)
    expect(card.locator(".readout-name")).to_have_count(2)
    expect(card.locator(".readout-name").first).to_contain_text("(2 runs)")


def test_metrics_are_searched_folded_and_overlaid(page: Page, url: str, home: Path) -> None:
    """Hundreds of charts are of use only if the right ones are found."""
    open_comparison(page, url, log_sweep(home))
    cards = page.locator("article.chart h3")

    page.get_by_label("Search metrics", exact=True).fill("/^val|acc/")
    expect(cards).to_have_text(["train/accuracy", "val/loss"])
    page.get_by_label("Search metrics", exact=True).fill("/(/")
    expect(page.get_by_role("alert")).to_contain_text("no regular expression")
    page.get_by_label("Search metrics", exact=True).fill("")
    page.get_by_role("button", name="train", exact=False).first.click()
    expect(cards).to_have_text(["val/loss"])
    page.locator("summary", has_text="Overlay").click()
    page.get_by_role("checkbox", name="train/loss").check()
    page.get_by_role("checkbox", name="train/accuracy").check()

    expect(cards).to_have_text(["train/loss, train/accuracy", "val/loss"])


def test_runs_go_on_while_they_are_compared(page: Page, url: str, home: Path) -> None:
    """Points arrive in charts and tables; nothing is asked for again."""
    with runtide.init("exp", "a", home=home) as run, runtide.init("exp", "b", home=home) as other:
        log_curve(run, range(5))
        log_curve(other, range(5))
        open_comparison(page, url, [run, other])
        card = chart(page, "train/loss")
        expect(plot_area(card)).to_be_visible()
        wait_for_last_step(card, 4)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        log_curve(run, range(5, 9))

        wait_for_last_step(card, 8)
        page.get_by_role("link", name="Tables", exact=True).click()
        cells = row(page, "train/loss")
        expect(cells.first).to_have_text(f"{math.exp(-8 / 50):.4g}")
        log_curve(run, range(9, 12))
        expect(cells.first).to_have_text(f"{math.exp(-11 / 50):.4g}")
        assert [one for one in asked if "/series" in one or "/runs?" in one] == []


def test_tables_say_what_differs_and_by_how_much(page: Page, url: str, home: Path) -> None:
    """Rows that differ come first; a difference is neither good nor bad."""
    open_comparison(page, url, log_sweep(home)[::2], "/tables")
    headers = page.locator("tbody th.key")
    expect(headers.nth(1)).to_have_text("lr")
    expect(row(page, "opt.name")).to_have_text(["sgd", "sgd"])

    page.get_by_label("Only differences").check()
    choice(page, "Baseline").select_option(label="trial-0")

    expect(row(page, "opt.name")).to_have_count(0)
    expect(row(page, "lr").nth(1)).to_have_text("0.01−0.09 (−90 %)")
    expect(row(page, "val/loss").nth(1)).to_have_text("0.02−0.09 (−81.8 %)")
    expect(page).to_have_url(re.compile("only=differences"))


def test_logged_tables_stand_side_by_side(page: Page, url: str, home: Path) -> None:
    """A cell that is unlike the first run's is marked."""
    open_comparison(page, url, log_sweep(home)[:2], "/tables")

    page.get_by_role("button", name="Logged tables (1)").click()

    cells = page.locator(".side tbody tr:not(.spacer-row)").first.locator("td")
    expect(cells).to_have_text(["0", "cat", "0", "cat", "1"])
    expect(page.locator(".side td.differs")).to_have_text(["1"])


def test_images_move_through_the_steps_together(page: Page, url: str, home: Path) -> None:
    """A step that a run has no image of is said, never filled in with another."""
    open_comparison(page, url, log_sweep(home)[2:], "/images")
    output = page.locator(".step-choice output")
    expect(output).to_have_text("step 5 · 2 of 2")
    expect(page.locator(".no-image")).to_contain_text("No image at step 5: its last before is at")

    page.keyboard.press("ArrowLeft")

    expect(output).to_have_text("step 0 · 1 of 2")
    expect(page.locator(".no-image")).to_have_count(0)
    expect(page.get_by_alt_text("sample of trial-3 at step 0")).to_be_visible()


def test_texts_of_two_runs_are_compared(page: Page, url: str, home: Path) -> None:
    """The config by default, else a file that both have; what is equal is folded."""
    open_comparison(page, url, log_sweep(home)[::2], "/text")
    expect(page.locator("td.removed.line")).to_have_text(["−lr: 0.1"])
    expect(page.locator("td.added.line")).to_have_text(["+lr: 0.01"])

    choice(page, "Text").select_option("notes.txt")
    page.get_by_role("button", name="Unified").click()

    expect(page.locator("tr.removed")).to_contain_text("0.1")
    expect(page.locator("tr.added")).to_contain_text("0.01")
    page.get_by_role("button", name="17 equal lines").click()
    expect(page.get_by_text("line 0", exact=True)).to_be_visible()


def test_brush_keeps_the_runs_whose_value_lies_there(page: Page, url: str, home: Path) -> None:
    """All runs of an experiment are a line each; those that are kept can be compared."""
    wait_until_folded(page, url, log_sweep(home)[-1].id)
    page.goto(f"{url}/experiments/sweep")
    page.get_by_role("link", name="Parameters", exact=True).click()
    expect(page.locator(".axis-head summary")).to_have_text(
        ["lr", "seed", "train/accuracy", "val/loss"]
    )

    canvas = page.locator(".parallel canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x = box["x"] + 64
    page.mouse.move(x, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] / 3, steps=4)
    page.mouse.up()

    expect(page.get_by_text("2 of 4 runs kept")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 of 4 runs kept")).to_be_visible()
    page.get_by_role("button", name="Compare these").click()
    expect(page.locator(".run-chip a")).to_have_text(["trial-1", "trial-0"])


def test_association_says_what_it_is_and_over_how_many_runs(
    page: Page, url: str, home: Path
) -> None:
    """The strongest key comes first, and leads to its picture."""
    open_comparison(page, url, log_sweep(home), "/parameters")

    first = page.locator(".associations tbody tr").first
    expect(first).to_contain_text("lr")
    expect(first).to_contain_text("+0.89")
    expect(first.locator("td").last).to_have_text("4")
    page.get_by_role("button", name="seed", exact=True).click()
    expect(page.locator(".scatter .caption")).to_contain_text("over 4 runs")
    expect(page.get_by_role("img", name="val/loss over seed: 4 runs")).to_be_visible()


def test_id_of_no_run_is_said(page: Page, url: str, home: Path) -> None:
    """A link may be older than the data folder; what there is is shown."""
    runs = log_sweep(home)[:1]
    page.goto(f"{url}/compare?runs={runs[0].id},nowhere")

    expect(page.get_by_role("alert")).to_contain_text("No run has the id nowhere")
    expect(page.locator(".run-chip a")).to_have_text(["trial-0"])
