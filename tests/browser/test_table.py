"""The runs table: found, sorted, grouped, arranged, selected and exported, all in the address."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

import runtide
from tests.browser.looking import (
    live_state,
    series_requests,
    serious_findings,
    wait_until_folded,
)
from tests.faults.processes import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUN_COUNT = 130
"""More than one page of the API."""

EXAMPLE = 'status = running and metrics.loss.last < 0.2 and tags.team = "a"'
"""What the first users were promised, as they type it."""


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server with an experiment `many` of short runs, and `wide` of one."""
    home = tmp_path_factory.mktemp("stocked") / "home"
    home.mkdir()
    for i in range(RUN_COUNT):
        config = {"lr": (0.1, 0.2)[i % 2], "optimizer": {"name": ("adam", "sgd", "lion")[i % 3]}}
        tags = {"team": "ab"[i % 2]}
        with runtide.init("many", f"run-{i:03d}", config=config, tags=tags, home=home) as run:
            run.log_batch("loss", [2.0, 1.0, i / 100])
            run.log("acc", i)
    with runtide.init("wide", "wide-0", home=home) as run:
        run.log({f"m{i:03d}": float(i) for i in range(200)})
    with served(home) as url:
        # A filter that finds nothing yet would leave the runs that come behind their pill.
        httpx.get(f"{url}/api/v1/runs?fresh=true", timeout=60).raise_for_status()
        yield url


def names(page: Page) -> Locator:
    return page.locator(".runs-table tbody .col-name a")


def headings(page: Page) -> Locator:
    return page.locator(".runs-table thead th:not(.col-name) .sort-title")


def filter_box(page: Page) -> Locator:
    return page.get_by_label("Filter the runs")


def cell(page: Page, run: str, column: int) -> Locator:
    """Return a cell of a run's row, by its place among all columns, from 1."""
    row = page.locator("tr", has=page.get_by_role("link", name=run, exact=True))
    return row.locator(f'td[aria-colindex="{column}"]')


def test_example_filter_works_as_it_is_typed(page: Page, url: str, home: Path) -> None:
    """Statuses in any case, a metric, a tag: what the documentation shows first."""
    low = runtide.init("exp", "low", tags={"team": "a"}, home=home)
    high = runtide.init("exp", "high", tags={"team": "a"}, home=home)
    for run, loss in ((low, 0.1), (high, 0.3)):
        run.log("loss", loss)
        run.flush()
    wait_until_folded(page, url, high.id)
    page.goto(f"{url}/experiments/exp?layout=table")
    expect(names(page)).to_have_count(2)

    filter_box(page).press_sequentially(EXAMPLE)

    expect(names(page)).to_have_text(["low"])
    expect(page.locator(".count")).to_contain_text("1 run")
    low.complete()
    high.complete()


def test_filter_is_built_from_what_the_box_offers(
    page: Page, stocked: str, complaints: list[str]
) -> None:
    """Half an expression is no question: nothing is asked that the server must refuse."""
    page.goto(f"{stocked}/experiments/many?layout=table")
    expect(names(page).first).to_have_text("run-129")
    box = filter_box(page)

    box.press_sequentially("optim")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text([re.compile("config.optimizer.name.*text · 130 runs")])
    box.press("Tab")
    expect(options.first).to_contain_text("is")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("."))
    box.press("Enter")
    expect(box).to_have_value("config.optimizer.name = ")
    box.press_sequentially("li")
    box.press("Tab")
    expect(box).to_have_value('config.optimizer.name = "lion" ')
    expect(options).to_have_text(["and", "or"])
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)

    expect(page.locator(".count")).to_contain_text("43 runs")
    assert 'config.optimizer.name = "lion"' in unquote(page.url)
    assert complaints == []


def test_plain_words_search_names(page: Page, stocked: str) -> None:
    page.goto(f"{stocked}/experiments/many?layout=table")

    filter_box(page).fill("run-12")

    expect(names(page)).to_have_text([f"run-{i}" for i in range(129, 119, -1)])


def test_wrong_filter_is_marked_where_it_is_wrong(page: Page, stocked: str) -> None:
    """The server's words under the box; the runs stay those of the last filter."""
    page.goto(f"{stocked}/experiments/many?layout=table")
    filter_box(page).fill("config.lr = 0.1")
    expect(page.locator(".count")).to_contain_text("65 runs")

    filter_box(page).fill("config.lr = 0.1 and speed > 3")
    filter_box(page).press("Enter")

    complaint = page.get_by_role("alert")
    expect(complaint).to_contain_text("filter has 'speed' at character 21: want one of")
    expect(complaint.locator("mark")).to_have_text("speed")
    expect(page.locator(".count")).to_contain_text("65 runs")
    filter_box(page).fill("config.lr = 0.1 and duration > 3000")
    expect(page.get_by_text("No run matches")).to_be_visible()
    expect(complaint).to_have_count(0)


def test_columns_are_chosen_moved_pinned_and_hidden(page: Page, stocked: str) -> None:
    """And a reload of the address shows the same table."""
    page.goto(f"{stocked}/experiments/many?layout=table")
    shown = ["Status", "Duration", "Created", "lr", "optimizer.name", "loss", "acc", "Tags"]
    expect(headings(page)).to_have_text(shown[:-1])
    page.locator(".columns-menu summary").click()

    page.locator(".columns-menu").get_by_label("Search columns").fill("loss")
    page.get_by_label("loss max", exact=True).check()
    page.get_by_role("button", name="Hide Created").click()
    page.get_by_role("button", name="Move loss up").click()
    page.get_by_role("button", name="Keep acc at the left").click()
    page.keyboard.press("Escape")

    arranged = ["acc", "Status", "Duration", "lr", "loss", "optimizer.name", "loss max"]
    expect(headings(page)).to_have_text(arranged)
    page.reload()
    expect(headings(page)).to_have_text(arranged)
    expect(cell(page, "run-129", 2)).to_have_text("129")
    expect(cell(page, "run-129", 9)).to_have_text("2")


def test_heading_is_dragged_to_another_place_and_width(page: Page, stocked: str) -> None:
    page.goto(f"{stocked}/experiments/many?layout=table")
    expect(headings(page).first).to_have_text("Status")

    headings(page).nth(5).drag_to(headings(page).nth(0))
    expect(headings(page).nth(0)).to_have_text("loss")
    edge = page.get_by_role("separator", name="Width of Status")
    width = int(edge.get_attribute("aria-valuenow") or 0)
    box = edge.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 103, box["y"] + 8, steps=4)
    page.mouse.up()
    expect(edge).to_have_attribute("aria-valuenow", str(width + 100))
    edge.press("ArrowLeft")

    expect(edge).to_have_attribute("aria-valuenow", str(width + 84))
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", str(width + 84))
    expect(headings(page).nth(0)).to_have_text("loss")


def test_only_columns_near_the_screen_are_in_the_page(page: Page, stocked: str) -> None:
    """Hundreds of columns are a fact of life; hundreds of cells a row would not scroll."""
    columns = ",".join(f"metrics.m{i:03d}.last" for i in range(200))
    page.goto(f"{stocked}/experiments/wide?layout=table&cols={columns}")
    expect(cell(page, "wide-0", 2)).to_have_text("0")
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-colcount", "201")
    assert page.locator(".runs-table tbody td").count() < 25

    page.evaluate("document.querySelector('.table-scroll').scrollLeft = 1e6")

    expect(cell(page, "wide-0", 201)).to_have_text("199")
    expect(cell(page, "wide-0", 2)).to_have_count(0)
    expect(names(page)).to_be_in_viewport()


def test_groups_sum_up_all_their_runs(page: Page, stocked: str) -> None:
    """Mean, least and greatest of every run of the group, loaded at first or not."""
    page.goto(f"{stocked}/experiments/many?layout=table&sort=name")
    expect(names(page).first).to_have_text("run-000")
    page.locator(".group-menu summary").click()
    page.locator(".group-menu").get_by_label("lr").check()
    page.keyboard.press("Escape")
    groups = page.locator(".group-row")

    first = groups.filter(has_text="0.1").first
    expect(first.locator(".group-count")).to_have_text("65")
    expect(first.locator("td[aria-colindex='8']")).to_have_text("64" + "0 … 128")
    page.get_by_role("button", name="Close lr: 0.1").click()

    expect(groups).to_have_count(2)
    expect(names(page).first).to_have_text("run-001")
    page.reload()
    expect(first.locator(".group-count")).to_have_text("65")
    page.get_by_label("Select the runs of lr: 0.1").check()
    expect(page.locator(".count")).to_contain_text("65 selected")


def test_keys_move_select_and_open_groups(page: Page, stocked: str) -> None:
    """Everything that a pointer does in the table a keyboard does."""
    page.goto(f"{stocked}/experiments/many?layout=table&sort=name")
    expect(names(page).first).to_have_text("run-000")
    grid = page.get_by_role("grid")
    grid.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".count")).to_contain_text("3 selected")
    page.keyboard.press("End")
    expect(page.locator("tr.cursor")).to_contain_text("run-129")
    expect(page.locator("tr.cursor")).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(page.locator("tr.cursor")).to_contain_text("run-000")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".count")).to_contain_text("2 selected")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("run-001")


def test_shift_selects_what_lies_between(page: Page, stocked: str) -> None:
    page.goto(f"{stocked}/experiments/many?layout=table&sort=name")

    page.get_by_label("Select run-003").click()
    page.get_by_label("Select run-008").click(modifiers=["Shift"])

    expect(page.locator(".count")).to_contain_text("6 selected")
    page.get_by_label("Select run-005").click(modifiers=["Shift"])
    expect(page.locator(".count")).to_contain_text("2 selected")


def test_export_has_every_run_and_what_is_shown_of_it(page: Page, stocked: str) -> None:
    """Not only what is loaded."""
    columns = "status,config.optimizer.name,metrics.loss.last"
    page.goto(f"{stocked}/experiments/many?layout=table&sort=name&cols={columns}")
    expect(names(page).first).to_have_text("run-000")

    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()

    assert download.value.suggested_filename == "many.csv"
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "name,status,config.optimizer.name,metrics.loss.last"
    assert lines[1] == "run-000,Completed,adam,0"
    assert lines[-1] == "run-129,Completed,adam,1.29"
    assert len(lines) == RUN_COUNT + 1


def test_live_values_never_reorder_what_is_read(page: Page, url: str, home: Path) -> None:
    """The new order waits behind a pill."""
    runs = [runtide.init("exp", name, home=home) for name in ("calm-reef", "swift-kelp")]
    for run, loss in zip(runs, (1.0, 2.0), strict=True):
        run.log("loss", loss)
        run.flush()
    wait_until_folded(page, url, runs[-1].id)
    page.goto(f"{url}/experiments/exp?layout=table&sort=metrics.loss.last")
    expect(names(page)).to_have_text(["calm-reef", "swift-kelp"])
    expect(live_state(page)).to_have_text("live")

    runs[0].log("loss", 3.0)
    runs[0].flush()

    row = page.get_by_role("row", name=re.compile("calm-reef"))
    expect(row).to_contain_text("3")
    pill = page.get_by_role("button", name="new order")
    expect(pill).to_be_visible()
    expect(names(page)).to_have_text(["calm-reef", "swift-kelp"])
    pill.click()
    expect(names(page)).to_have_text(["swift-kelp", "calm-reef"])
    expect(pill).to_have_count(0)
    for run in runs:
        run.complete()


def test_sparkline_grows_without_being_asked_for_again(page: Page, url: str, home: Path) -> None:
    with runtide.init("exp", "calm-reef", home=home) as run:
        run.log_batch("loss", [3.0, 2.0, 1.0])
        run.flush()
        page.goto(f"{url}/experiments/exp?layout=table")
        line = page.locator(".sparkline path")
        expect(line).to_have_attribute("d", "M0.0 0.0L24.0 7.0L48.0 14.0")
        asked = series_requests(page)

        run.log("loss", 5.0)
        run.flush()

        expect(line).to_have_attribute("d", "M0.0 7.0L16.0 10.5L32.0 14.0L48.0 0.0")
        assert asked == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_table_shuts_nobody_out(
    page: Page, stocked: str, complaints: list[str], theme: str
) -> None:
    """Groups, menus and completions open: the console stays silent, axe finds nothing serious."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(f"{stocked}/experiments/many?layout=table&group=config.lr&pin=status")
    expect(page.locator(".group-row").first).to_be_visible()
    page.locator(".columns-menu summary").click()
    found = [serious_findings(page)]
    page.keyboard.press("Escape")
    filter_box(page).press_sequentially("metrics.loss.last <")
    expect(page.get_by_role("listbox")).to_have_count(1)
    found.append(serious_findings(page))

    assert found == [[], []]
    assert complaints == []
