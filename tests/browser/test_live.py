"""What changes while somebody looks."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

import runtide
from tests.browser.looking import (
    chart,
    finished_run,
    last_step,
    live_state,
    log_curve,
    plot_area,
    series_requests,
    wait_for_last_step,
    wait_until_folded,
)
from tests.faults.processes import server, wait_until_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_first_run_appears_by_itself(page: Page, url: str, home: Path) -> None:
    """The page that teaches how to log shows what was logged, without a reload."""
    page.goto(url)
    expect(page.get_by_text("Nothing has been logged yet")).to_be_visible()

    with runtide.init("exp", "calm-reef", home=home) as run:
        log_curve(run, range(3))
        page.get_by_role("link", name="exp", exact=True).click()

        row = page.get_by_role("row", name=re.compile("calm-reef"))
        expect(row).to_contain_text("running")
    expect(row).to_contain_text("completed")


def test_chart_grows_while_it_is_looked_at(page: Page, url: str, home: Path) -> None:
    """Deltas are appended: the series is asked for once, however long it grows."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(50))
        page.goto(f"{url}/runs/{run.id}/charts")
        card = chart(page, "train/loss")
        wait_for_last_step(card, 49)
        asked = series_requests(page)

        log_curve(run, range(50, 120))

        wait_for_last_step(card, 119)
        assert asked == []


def test_new_runs_wait_behind_a_pill(page: Page, url: str, home: Path) -> None:
    """A list that somebody reads does not move under the eye."""
    with runtide.init("exp", "calm-reef", home=home) as run:
        log_curve(run, range(3))
    page.goto(f"{url}/experiments/exp")
    expect(page.get_by_role("row", name=re.compile("calm-reef"))).to_be_visible()

    with runtide.init("exp", "swift-kelp", home=home) as run:
        log_curve(run, range(3))

    pill = page.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("swift-kelp"))).to_have_count(0)
    pill.click()
    expect(page.get_by_role("row", name=re.compile("swift-kelp"))).to_be_visible()


def test_hard_reload_loses_nothing(page: Page, url: str, home: Path) -> None:
    """The address holds the view, and the tables hold the points."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(80))
        page.goto(f"{url}/runs/{run.id}/charts?smooth=0.5&y=log")
        card = chart(page, "train/loss")
        wait_for_last_step(card, 79)
        log_curve(run, range(80, 100))
        wait_for_last_step(card, 99)

        page.reload()

        wait_for_last_step(card, 99)
        expect(page.get_by_label("log y")).to_be_checked()
        expect(page.get_by_label("Smoothing")).to_have_value("0.5")


def test_zoom_asks_for_exactly_its_range(page: Page, url: str, home: Path) -> None:
    """Dragging asks the server for what was marked, and double-clicking needs no answer."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(101))
    page.goto(f"{url}/runs/{run.id}/charts")
    card = chart(page, "train/loss")
    wait_for_last_step(card, 100)
    asked = series_requests(page)
    box = plot_area(card).bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=5)
    page.mouse.up()

    marked = page.get_by_role("button", name=re.compile(r"^(19|20) – 6[01]"))
    expect(marked).to_be_visible()
    low, high = re.findall(r"\d+", marked.inner_text())
    # The server's ranges end before their end, and what is seen includes it.
    assert [request["range"] for request in asked] == [[int(low), int(high) + 1]]
    plot_area(card).dblclick()
    wait_for_last_step(card, 100)
    assert len(asked) == 1


def test_page_catches_up_after_the_server_was_away(page: Page, home: Path) -> None:
    """What was logged in between appears once, after the stream is back."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(30))
        with server(home) as process:
            url = wait_until_ready(home, process)
            page.goto(f"{url}/runs/{run.id}/charts")
            card = chart(page, "train/loss")
            wait_for_last_step(card, 29)
        expect(live_state(page)).to_have_text("reconnecting")
        log_curve(run, range(30, 60))

        with server(home, port=urlsplit(url).port or 0):
            expect(live_state(page)).to_have_text("live", timeout=30_000)
            wait_for_last_step(card, 59)
            points = page.get_by_role("row", name=re.compile("train.loss"))
            page.get_by_role("link", name="Overview").click()
            expect(points).to_contain_text("60")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        pytest.param("Models", "No model is registered", id="whose code was never fetched"),
        pytest.param("calm-reef", "Latest values", id="whose record was never fetched"),
    ],
)
def test_page_opened_while_the_server_is_away_comes_by_itself(
    page: Page, home: Path, link: str, shown: str
) -> None:
    """It says what to do, and nobody has to press anything once that is done."""
    with server(home) as process:
        url = wait_until_ready(home, process)
        wait_until_folded(page, url, finished_run(home).id)
        page.goto(f"{url}/experiments/exp?layout=table")
        expect(page.get_by_role("link", name="calm-reef")).to_be_visible()
    expect(live_state(page)).to_have_text("reconnecting")

    page.get_by_role("link", name=link).click()

    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    with server(home, port=urlsplit(url).port or 0):
        expect(page.get_by_text(shown)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_page_of_another_version_asks_to_be_loaded_again(page: Page, url: str) -> None:
    """Its code has another name after an upgrade: the old one is not there any more."""
    page.route("**/assets/models-page*.js", lambda route: route.fulfill(status=404))
    page.goto(url)

    page.get_by_role("link", name="Models").click()

    expect(page.get_by_role("alert")).to_contain_text("Runtide was upgraded")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No model is registered")).to_be_visible()


def test_crosshair_names_the_value_under_it(page: Page, url: str, home: Path) -> None:
    """The readout is the exact point, not what lies between."""
    with runtide.init("exp", "calm-reef", home=home) as run:
        run.log("m", 1.25, step=0)
        run.log("m", 7.5, step=10)
    page.goto(f"{url}/runs/{run.id}/charts")
    card = chart(page, "m")
    expect(card.locator(".plot-note")).to_have_count(0)

    assert last_step(card) == 10
    expect(card.locator(".readout-value")).to_have_text("7.5")
