"""What a person does with a chart, and what it then says."""

import csv
import io
import math
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import Download, Locator, Page, expect

import runtide
from runtide import Run
from tests.browser.looking import (
    AXE,
    chart,
    live_state,
    log_curve,
    plot_area,
    series_requests,
    wait_for_last_step,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANY = 10_000_000
SPIKE_STEP = 7_654_321
FOLD_DEADLINE_S = 200


def point_at(card: Locator, share: float, *, down: float = 0.5) -> None:
    """Move the pointer over a chart, to a share of its width and height."""
    area = plot_area(card)
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    mouse = area.page.mouse
    mouse.move(box["x"] + box["width"] * share - 3, box["y"] + box["height"] * down)
    mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * down)


def choose(card: Locator, action: str) -> None:
    """Choose something from a chart's menu."""
    card.get_by_label(re.compile("^Save or share")).click()
    card.get_by_role("button", name=action).click()


def saved(card: Locator, action: str) -> Download:
    with card.page.expect_download() as waiting:
        choose(card, action)
    return waiting.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def long_run(home: Path, values: np.ndarray) -> Run:
    with runtide.init("exp", "long", home=home) as run:
        run.log_batch("signal", values, steps=np.arange(len(values)))
    return run


def wait_until_folded(page: Page, url: str) -> None:
    """Wait until the tables hold all that was logged; ten million points take their time."""
    deadline_s = time.monotonic() + FOLD_DEADLINE_S
    while page.request.get(f"{url}/api/v1/ready").json()["lag_count"] != 0:
        assert time.monotonic() < deadline_s, "the fold did not reach the end of the log"
        page.wait_for_timeout(200)


def epochs_run(home: Path) -> Run:
    """Log a loss each step, and the epoch at the even ones."""
    run = runtide.init("exp", "epochs", home=home)
    for step in range(100):
        run.log("loss", 1 / (step + 1), step=step)
        if step % 2 == 0:
            run.log("epoch", step / 10, step=step)
    run.flush()
    return run


def test_spike_among_ten_million_points_is_read_at_every_zoom(
    page: Page, url: str, home: Path
) -> None:
    """The pointer covers several buckets, or a bucket thousands of points; one of them is it."""
    values = np.random.default_rng(1).standard_normal(MANY)
    values[SPIKE_STEP] = 1000.0
    run = long_run(home, values)
    wait_until_folded(page, url)
    found = {}

    for reach in (None, 1_000_000, 50_000, 2_000, 20):
        low, high = 0, MANY - 1
        zoom = ""
        if reach is not None:
            low, high = SPIKE_STEP - reach, SPIKE_STEP + 2 * reach
            zoom = f"?zoom={low}..{high}"
        page.goto(f"{url}/runs/{run.id}/charts{zoom}")
        card = chart(page, "signal")
        expect(card.locator(".plot-note")).to_have_count(0)
        point_at(card, (SPIKE_STEP - low) / (high - low))
        readout = card.locator(".readout")
        expect(readout).to_contain_text("1000")
        found[reach] = readout.inner_text()

    assert "max 1000 at step 7,654,321" in found[None].replace("\n", " ")
    assert "max 1000 at step 7,654,321" in found[2_000].replace("\n", " ")
    assert found[20].startswith("7,654,321")


def test_any_metric_is_x_and_live_points_find_their_place(page: Page, url: str, home: Path) -> None:
    """The server joins what is there, the page what comes; neither guesses the odd steps."""
    with epochs_run(home) as run:
        page.goto(f"{url}/runs/{run.id}/charts")
        card = chart(page, "loss")
        wait_for_last_step(card, 99)
        page.get_by_label("x", exact=True).select_option(label="epoch")
        expect(card.locator(".plot-hint")).to_have_text("50 points without epoch")
        expect(page).to_have_url(re.compile("x=metric%3Aepoch"))
        asked = series_requests(page)

        run.log("loss", 0.001, step=200)
        run.log("epoch", 20.0, step=200)
        run.flush()

        point_at(card, 0.999)
        expect(card.locator(".readout-x")).to_have_text("20")
        expect(card.locator(".readout-value")).to_have_text("0.001")
        assert asked == []


def test_log_axes_say_what_they_leave_out(page: Page, url: str, home: Path) -> None:
    """Step zero has no logarithm, and a link holds both axes."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(100))
    page.goto(f"{url}/runs/{run.id}/charts?xscale=log&y=log")
    card = chart(page, "train/loss")

    expect(card.locator(".plot-hint")).to_have_text("≤ 0 has no place here")
    expect(page.get_by_label("log x")).to_be_checked()
    # Half of a log axis from 1 to 99 is 10.
    point_at(card, 0.5)
    expect(card.locator(".readout-x")).to_have_text("10")


def test_shift_drag_moves_and_asks_once(page: Page, url: str, home: Path) -> None:
    """The picture follows the pointer; the server is asked for where it comes to rest."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(401))
    page.goto(f"{url}/runs/{run.id}/charts?zoom=100..200")
    card = chart(page, "train/loss")
    wait_for_last_step(card, 200)
    asked = series_requests(page)

    point_at(card, 0.8)
    box = plot_area(card).bounding_box()
    assert box is not None
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60, steps=8)
    page.mouse.up()
    page.keyboard.up("Shift")

    expect(page.get_by_role("button", name=re.compile(r"^1(49|50) – 25[01]"))).to_be_visible()
    wait_for_last_step(card, int(re.findall(r"zoom=\d+\.\.(\d+)", page.url)[0]))
    assert len(asked) == 1


def test_wheel_zooms_only_with_a_modifier(page: Page, url: str, home: Path) -> None:
    """Without one it scrolls the page; with one, many notches are one question."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(101))
    page.goto(f"{url}/runs/{run.id}/charts")
    card = chart(page, "train/loss")
    wait_for_last_step(card, 100)
    asked = series_requests(page)

    point_at(card, 0.5)
    page.mouse.wheel(0, -100)
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")

    expect(page).to_have_url(re.compile(r"zoom=\d+\.\.\d+"))
    low, high = map(int, re.findall(r"zoom=(\d+)\.\.(\d+)", page.url)[0])
    assert 20 < low < 50 < high < 80
    plot_area(card).dblclick()
    wait_for_last_step(card, 100)
    assert len(asked) == 1


def test_full_screen_is_a_link_and_escape_leaves_it(
    page: Page, url: str, home: Path, complaints: list[str]
) -> None:
    """Everything within reach of the keyboard, nothing serious for axe."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(100))
    page.goto(f"{url}/experiments/exp")
    expect(page.get_by_role("row", name=re.compile("completed"))).to_be_visible()
    page.goto(f"{url}/runs/{run.id}/charts")
    card = chart(page, "train/loss")
    wait_for_last_step(card, 99)

    card.get_by_role("button", name="Full screen").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="train/loss")
    expect(dialog).to_be_visible()
    expect(page).to_have_url(re.compile("chart=train%2Floss"))
    page.reload()
    expect(dialog.locator(".plot-note")).to_have_count(0)
    dialog.get_by_label(re.compile("^Save or share")).click()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run('dialog').then((result) => result.violations)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")

    expect(page).not_to_have_url(re.compile("chart="))
    expect(dialog).to_have_count(0)
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert complaints == []


def test_pictures_are_saved_as_drawn(page: Page, url: str, home: Path) -> None:
    """The vector picture has the title, the axis and a line a run; the other is a PNG."""
    with runtide.init("exp", "calm-reef", home=home) as run:
        log_curve(run, range(100))
    page.goto(f"{url}/runs/{run.id}/charts")
    card = chart(page, "train/loss")
    wait_for_last_step(card, 99)

    png = saved(card, "Save as PNG")
    svg = saved(card, "Save as SVG")

    assert png.suggested_filename == "train-loss.png"
    assert content(png).startswith(b"\x89PNG")
    root = ET.fromstring(content(svg))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "train/loss"
    assert texts[-1] == "step"
    lines = [p.get("d", "") for p in root.iter("{http://www.w3.org/2000/svg}path")]
    assert max(line.count("L") for line in lines) == 99


def test_csv_has_every_point_in_view_exactly(page: Page, url: str, home: Path) -> None:
    """More points than one answer holds, and numbers that no picture shows."""
    values = np.random.default_rng(2).standard_normal(60_000)
    values[30_001], values[30_002] = math.nan, -math.inf
    run = long_run(home, values)
    page.goto(f"{url}/runs/{run.id}/charts?zoom=100..59000")
    card = chart(page, "signal")
    expect(card.locator(".plot-note")).to_have_count(0)

    download = saved(card, "Save as CSV")

    expect(card.get_by_text("Saved 58,901 rows")).to_be_visible()
    rows = list(csv.DictReader(io.StringIO(content(download).decode())))
    assert [int(row["step"]) for row in rows] == list(range(100, 59_001))
    got = np.array([float(row["value"].replace("Infinity", "inf")) for row in rows])
    assert np.array_equal(got, values[100:59_001], equal_nan=True)
    assert {(row["run_id"], row["run"], row["metric"]) for row in rows} == {
        (run.id, "long", "signal")
    }


def test_link_of_a_chart_is_copied(page: Page, url: str, home: Path) -> None:
    """Whoever opens it sees the chart in full."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(10))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}/runs/{run.id}/charts?smooth=0.5")
    card = chart(page, "train/loss")
    expect(card.locator(".plot-note")).to_have_count(0)

    choose(card, "Copy link")

    expect(card.get_by_text("Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{url}/runs/{run.id}/charts?smooth=0.5&chart=train%2Floss"


def test_only_what_is_near_the_screen_is_asked_for_and_kept(
    page: Page, url: str, home: Path
) -> None:
    """Sixty charts are asked for as they come into view, and leave no canvas when they go."""
    with runtide.init("exp", home=home) as run:
        for step in range(5):
            run.log({f"m{i:02}": step * i for i in range(60)}, step=step)
    asked = series_requests(page)
    page.goto(f"{url}/runs/{run.id}/charts")
    expect(chart(page, "m00").locator(".plot-note")).to_have_count(0)
    first = {metric for request in asked for metric in request["metrics"]}

    page.get_by_role("heading", name="m59").scroll_into_view_if_needed()
    last = chart(page, "m59")
    expect(last.locator(".plot-note")).to_have_count(0)

    assert len(first) < 40
    metrics = [metric for request in asked for metric in request["metrics"]]
    assert len(metrics) == len(set(metrics))
    expect(chart(page, "m00").locator("canvas")).to_have_count(0)


def test_last_of_many_charts_is_reached(page: Page, url: str, home: Path) -> None:
    """By scrolling and by a link, though cards come a few a frame and are drawn only near."""
    with runtide.init("exp", home=home) as run:
        for step in range(2):
            run.log({f"m{i:03d}": float(step) for i in range(300)}, step=step)
    page.goto(f"{url}/runs/{run.id}/charts")
    expect(page.locator("article h3")).to_have_count(300)
    expect(chart(page, "m299")).to_have_count(0)

    page.get_by_role("heading", name="m299").scroll_into_view_if_needed()
    expect(chart(page, "m299").locator("canvas")).to_be_visible()

    page.goto(f"{url}/runs/{run.id}/charts?chart=m298")
    expect(page.get_by_role("dialog", name="m298").locator("canvas")).to_be_visible()


def test_pointed_line_marks_its_row(page: Page, url: str, home: Path) -> None:
    """And the legend at the pointer begins with the nearest run."""
    for name, height in [("calm-reef", 1.0), ("swift-kelp", 9.0)]:
        with runtide.init("exp", name, home=home) as run:
            run.log_batch("m", [height] * 20)
    wait_until_folded(page, url)
    page.goto(f"{url}/experiments/exp")
    card = chart(page, "m")
    expect(card.locator(".plot-note")).to_have_count(0)

    point_at(card, 0.5, down=0.05)

    expect(card.locator(".readout-name")).to_have_text(["swift-kelp", "calm-reef"])
    row = page.get_by_role("row", name=re.compile("swift-kelp"))
    expect(row).to_have_class(re.compile("hovered"))


def test_phone_shows_a_chart_in_full(page: Page, url: str, home: Path) -> None:
    """Nothing hangs over the edge, and the readout stays inside."""
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(100))
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(f"{url}/runs/{run.id}/charts?chart=train/loss")

    dialog = page.get_by_role("dialog", name="train/loss")
    expect(live_state(page)).to_have_text("live")
    expect(dialog.locator(".plot-note")).to_have_count(0)
    point_at(dialog, 0.4)
    box = dialog.locator(".readout").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_chart_is_drawn_before_it_is_scrolled_into_view(page: Page, url: str, home: Path) -> None:
    """One that is a little below what is shown has its canvas, and one far below has none."""
    with runtide.init("exp", home=home) as run:
        for step in range(2):
            run.log({f"m{i:02d}": step * i for i in range(30)}, step=step)
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(f"{url}/runs/{run.id}/charts")
    wait_for_last_step(chart(page, "m00"), 1)
    tops = page.locator("article.card").evaluate_all(
        "(cards) => cards.map((card) => card.getBoundingClientRect().top)"
    )
    soon = next(i for i, top in enumerate(tops) if top > 800)
    late = next(i for i, top in enumerate(tops) if top > 800 + 400)
    assert tops[soon] < 800 + 250

    expect(page.locator("article.card").nth(soon).locator("canvas")).to_have_count(1)
    expect(page.locator("article.card").nth(late).locator("canvas")).to_have_count(0)
