"""What people change: seen at once, by everybody who looks, and taken back when refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

import runtide
from runtide import Run
from tests.browser.looking import finished_run, live_state, log_curve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def started(home: Path) -> Iterator[Run]:
    """Start a run that is logging, and end it with the test."""
    run = runtide.init("exp", "swift-kelp", home=home)
    log_curve(run, range(5))
    run.get_status()
    yield run
    run.complete()


def folded_run(home: Path, name: str = "calm-reef") -> Run:
    """Log a run, and wait until its tables are there: a page that asks earlier is told 404."""
    run = finished_run(home, name=name)
    run.get_status()
    return run


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(live_state(page)).to_have_text("live")


def name_of(page: Page) -> Locator:
    return page.locator(".run-head .run-name")


def row(page: Page, name: str) -> Locator:
    link = page.get_by_role("link", name=name, exact=True)
    return page.locator(".runs-table tbody tr").filter(has=link)


def choose(page: Page, name: str, item: str) -> None:
    """Choose an item of the menu of the row of a run."""
    row(page, name).hover()
    row(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def complaints_of_axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in violations
        if one["impact"] in {"serious", "critical"}
    ]


def test_name_description_and_tags_are_edited_where_they_stand(
    page: Page, context: BrowserContext, url: str, home: Path, complaints: list[str]
) -> None:
    """Another page that shows the run follows without being loaded again."""
    run = folded_run(home)
    other = context.new_page()
    open_page(other, f"{url}/experiments/exp?layout=table")
    open_page(page, f"{url}/runs/{run.id}")

    name_of(page).dblclick()
    page.get_by_label("Name of the run").fill("ridge, tuned")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add a description").click()
    page.get_by_label("Description of the run").fill("the best\nso far")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="+ tag").click()
    page.get_by_label("New tag").fill("stage: final")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove tag team").click()

    expect(name_of(page)).to_have_text("ridge, tuned")
    expect(page.locator(".description p")).to_have_text("the best\nso far")
    expect(page.locator(".run-head .tag-removable")).to_have_text(["stage: final✕"])
    expect(row(other, "ridge, tuned")).to_contain_text("stage: final")

    page.reload()
    expect(name_of(page)).to_have_text("ridge, tuned")
    expect(page.locator(".description p")).to_have_text("the best\nso far")
    expect(page.locator(".run-head .tag-removable")).to_have_text(["stage: final✕"])
    assert run.name == "calm-reef"
    assert run.get_tags() == {"stage": "final"}
    assert complaints_of_axe(page) == []
    assert complaints == []


def test_editing_can_be_left_without_a_change(page: Page, url: str, home: Path) -> None:
    run = folded_run(home)
    changed: list[str] = []
    page.on("request", lambda asked: changed.append(asked.url) if asked.method == "PATCH" else None)
    open_page(page, f"{url}/runs/{run.id}")

    page.locator(".run-head .editable").hover()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the run").fill("other")
    page.keyboard.press("Escape")
    expect(name_of(page)).to_have_text("calm-reef")
    page.get_by_role("button", name="Add a description").click()
    page.get_by_label("Description of the run").fill("x")
    page.get_by_role("button", name="Back").click()

    expect(page.get_by_role("button", name="Add a description")).to_be_visible()
    assert changed == []


def test_change_is_seen_before_it_is_answered_and_taken_back_when_refused(
    page: Page, url: str, home: Path
) -> None:
    """A full disk or a broker that is away must not leave a name on the page that nobody has."""
    run = folded_run(home)
    held: list[Route] = []
    page.route(
        f"**/api/v1/runs/{run.id}",
        lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
    )
    open_page(page, f"{url}/runs/{run.id}")

    name_of(page).dblclick()
    page.get_by_label("Name of the run").fill("too early")
    page.keyboard.press("Enter")
    expect(name_of(page)).to_have_text("too early")

    expect(page.locator(".notice")).to_have_count(0)
    held[0].fulfill(
        status=503,
        content_type="application/problem+json",
        body='{"code": "log-unavailable", "detail": "the log takes nothing: free some space"}',
    )

    expect(name_of(page)).to_have_text("calm-reef")
    expect(page.locator(".notice")).to_contain_text("Not changed.")
    expect(page.locator(".notice")).to_contain_text("free some space")


def test_run_is_renamed_and_coloured_from_its_row(
    page: Page, url: str, home: Path, complaints: list[str]
) -> None:
    """The colour is the run's: whoever opens its page sees the same."""
    run = folded_run(home)
    open_page(page, f"{url}/experiments/exp")
    before = row(page, "calm-reef").locator(".swatch").evaluate("e => e.style.background")

    choose(page, "calm-reef", "Rename")
    page.get_by_label("Name of the run").fill("keel")
    page.keyboard.press("Enter")
    expect(row(page, "keel")).to_be_visible()
    row(page, "keel").hover()
    row(page, "keel").get_by_role("button", name="Actions for keel").click()
    assert complaints_of_axe(page) == []
    page.get_by_role("menuitemradio", name="Colour 4", exact=True).click()

    swatch = row(page, "keel").locator(".swatch")
    expect(swatch).not_to_have_css("background-color", before)
    chosen = swatch.evaluate("e => getComputedStyle(e).backgroundColor")
    expect(page.locator(".tag", has_text="runtide")).to_have_count(0)

    open_page(page, f"{url}/runs/{run.id}")
    expect(page.locator(".run-head .swatch")).to_have_css("background-color", chosen)
    assert run.get_tags()["runtide.color"] == "4"
    assert complaints == []


def test_menu_is_used_by_keys_alone(page: Page, url: str, home: Path) -> None:
    folded_run(home)
    open_page(page, f"{url}/experiments/exp")
    button = row(page, "calm-reef").get_by_role("button", name="Actions for calm-reef")

    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Archive")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


def test_deleted_runs_are_gone_until_undone_or_restored_from_the_bin(
    page: Page, url: str, home: Path, complaints: list[str]
) -> None:
    for name in ("a", "b", "c"):
        folded_run(home, name=name)
    open_page(page, f"{url}/experiments/exp")
    names = page.locator(".runs-table tbody .col-name a")

    page.get_by_label("Select a", exact=True).check()
    page.get_by_label("Select b", exact=True).check()
    page.locator(".count").get_by_role("button", name="Delete").click()
    expect(page.locator(".notice")).to_contain_text("2 runs deleted")
    expect(names).to_have_text(["c"])
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_text(["c", "b", "a"])

    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        choose(page, "b", "Delete")
    expect(names).to_have_text(["c", "a"])
    page.get_by_role("button", name="Bin", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?bin=1$"))
    expect(names).to_have_text(["b"])
    with page.expect_response(re.compile("/restore")):
        choose(page, "b", "Restore")
    expect(names).to_have_count(0)

    open_page(page, f"{url}/experiments/exp")
    expect(names).to_have_text(["c", "b", "a"])
    assert complaints == []


def test_selected_runs_are_archived_together_and_brought_back(
    page: Page, url: str, home: Path, complaints: list[str]
) -> None:
    """An archived run is out of the way and not gone."""
    for name in ("a", "b", "c"):
        folded_run(home, name=name)
    open_page(page, f"{url}/experiments/exp")

    page.get_by_label("Select a", exact=True).check()
    page.get_by_label("Select b", exact=True).check()
    page.locator(".count").get_by_role("button", name="Archive").click()
    expect(page.locator(".notice")).to_contain_text("2 runs archived")
    names = page.locator(".runs-table tbody .col-name a")
    expect(names).to_have_text(["c"])
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_text(["c", "b", "a"])

    choose(page, "b", "Archive")
    expect(names).to_have_text(["c", "a"])
    page.get_by_role("button", name="Archived", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?archived=1$"))
    expect(names).to_have_text(["c", "b", "a"])
    expect(row(page, "b")).to_have_class(re.compile("archived"))

    row(page, "b").get_by_role("link", name="b", exact=True).click()
    expect(page.locator(".archived-mark")).to_contain_text("archived")
    with page.expect_response(
        lambda answer: '"archived":false' in (answer.request.post_data or "")
    ):
        page.locator(".archived-mark").get_by_role("button", name="Unarchive").click()
    expect(page.locator(".archived-mark")).to_have_count(0)

    open_page(page, f"{url}/experiments/exp")
    expect(names).to_have_text(["c", "b", "a"])
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_running_run_is_canceled_after_a_question(
    page: Page, url: str, started: Run, complaints: list[str], theme: Literal["light", "dark"]
) -> None:
    """The status says so at once, and whatever the script does later."""
    page.emulate_media(color_scheme=theme)
    open_page(page, f"{url}/runs/{started.id}")
    button = page.locator(".run-head").get_by_role("button", name="Cancel", exact=True)

    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its script is not stopped")
    assert complaints_of_axe(page) == []
    dialog.get_by_role("button", name="Keep it running").click()
    expect(page.locator(".run-head .status")).to_contain_text("running")

    button.click()
    dialog.get_by_role("button", name="Cancel run").click()
    expect(page.locator(".run-head .status")).to_contain_text("canceled")
    expect(button).to_have_count(0)

    log_curve(started, range(5, 9))
    started.complete()
    assert started.get_status() == "Canceled"
    expect(page.locator(".run-head .status")).to_contain_text("canceled")
    assert complaints == []


def test_saved_view_is_a_name_for_an_address_that_everybody_shares(
    page: Page, context: BrowserContext, url: str, home: Path, complaints: list[str]
) -> None:
    folded_run(home)
    other = context.new_page()
    open_page(other, f"{url}/experiments/exp")
    other.locator(".views-menu summary").click()
    open_page(page, f"{url}/experiments/exp")
    page.get_by_title("Sort by Name").click()
    page.locator(".segments").get_by_role("button", name="Table").click()
    seen = page.url

    page.locator(".views-menu summary").click()
    page.get_by_label("Name of the view").fill("names / only")
    page.get_by_role("button", name="Save view").click()
    link = page.get_by_role("link", name="names / only")
    expect(link).to_have_attribute("aria-current", "true")
    assert complaints_of_axe(page) == []

    theirs = other.get_by_role("link", name="names / only")
    expect(theirs).to_be_visible()
    theirs.click()
    expect(other).to_have_url(seen)
    expect(other.locator(".views-menu")).not_to_have_attribute("open", "")

    page.get_by_role("button", name="Delete view names / only").click()
    expect(link).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("View “names / only” deleted")
    page.get_by_role("button", name="Undo").click()
    page.locator(".views-menu summary").click()
    expect(link).to_be_visible()
    open_page(other, f"{url}/experiments/exp")
    other.locator(".views-menu summary").click()
    expect(theirs).to_be_visible()
    assert complaints == []


def test_phone_edits_without_scrolling_sideways(page: Page, url: str, home: Path) -> None:
    run = folded_run(home, name="a-run-with-quite-a-long-name-for-a-small-screen")
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{url}/runs/{run.id}")

    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("Name of the run")).to_be_focused()
    page.keyboard.press("Escape")
    expect(name_of(page)).to_be_visible()
    page.get_by_role("button", name=re.compile("Actions for")).click()
    expect(page.get_by_role("menu")).to_be_in_viewport(ratio=1)

    assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390
