"""The log of a run, as long as it may be."""

import re
from contextlib import chdir
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import runtide
from tests.browser.looking import serious_findings, wait_until_folded

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("silent")]


def run_that_printed(home: Path, folder: Path, text: str, *, file: str = "train.log") -> str:
    """Log a run with one text file below ./logs, and return its id."""
    with chdir(folder), runtide.init("exp", home=home) as run:
        path = folder / "logs" / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    return run.id


def line(page: Page, text: str) -> Locator:
    return page.locator(".log-lines li").filter(has_text=text)


def test_any_line_of_a_long_log_is_a_link_away(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """The end is shown first, few lines are in the page, and an address names a line."""
    run = run_that_printed(home, tmp_path, "".join(f"line {i}\n" for i in range(1, 60_001)))

    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")
    expect(line(page, "line 60000")).to_be_in_viewport()
    expect(page.get_by_text("60,000 lines")).to_be_visible()
    assert page.locator(".log-lines li").count() < 200
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs#L25000")
    page.reload()
    expect(page.locator(".log-lines li.linked")).to_have_text(re.compile(r"25,000\s*line 25000$"))
    expect(line(page, "line 25000")).to_be_in_viewport()
    page.get_by_role("link", name="Link to line 25,003").click()
    assert page.url.endswith("#L25003")
    page.get_by_role("button", name="Jump to end").click()

    expect(line(page, "line 60000")).to_be_in_viewport()


def test_log_follows_its_end_unless_one_scrolls_away(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """New lines move nothing under the eye of who reads earlier ones."""
    with chdir(tmp_path), runtide.init("exp", home=home) as run:
        path = tmp_path / "logs" / "train.log"
        path.parent.mkdir()
        path.write_text("".join(f"line {i}\n" for i in range(500)))
        run.flush()
        wait_until_folded(page, url, run.id)
        page.goto(f"{url}/runs/{run.id}/logs")
        expect(line(page, "line 499")).to_be_in_viewport()
        with path.open("a") as log:
            log.write("more\n")
        expect(line(page, "more")).to_be_in_viewport()

        page.locator(".log-scroll").hover()
        page.mouse.wheel(0, -3000)
        expect(line(page, "more")).to_have_count(0)
        top = page.locator(".log-number").first.inner_text()
        with path.open("a") as log:
            log.write("the last\n")

        expect(page.get_by_text("502 lines")).to_be_visible()
        assert page.locator(".log-number").first.inner_text() == top
        page.get_by_role("button", name="Jump to end").click()
        expect(line(page, "the last")).to_be_in_viewport()


def test_search_finds_what_is_not_in_the_page(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """The whole log is searched, and the address holds the search."""
    lines = [f"line {i}" for i in range(30_000)]
    lines[10_000], lines[20_000] = "a Needle [1]", "a needle [2]"
    run = run_that_printed(home, tmp_path, "\n".join(lines))
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")
    expect(line(page, "line 29999")).to_be_in_viewport()
    box = page.get_by_role("searchbox", name="Search the log")
    found = page.locator(".log-search output")
    current = page.locator(".log-lines li.current")

    page.keyboard.press("/")
    page.keyboard.type("needle [")
    expect(found).to_have_text("1 of 2")
    expect(current).to_contain_text("a Needle [1]")
    expect(current.locator("mark")).to_have_text("Needle [")
    box.press("Enter")
    expect(found).to_have_text("2 of 2")
    expect(current).to_contain_text("a needle [2]")
    page.get_by_role("button", name="Match capitals").click()
    expect(found).to_have_text("1 of 1")
    page.reload()
    expect(found).to_have_text("1 of 1")
    expect(current).to_contain_text("a needle [2]")
    box.fill("ne+dle \\[2")
    expect(found).to_have_text("0 of 0")
    page.get_by_role("button", name="Regular expression").click()
    expect(found).to_have_text("1 of 1")


def test_wrong_expression_says_what_to_do(
    page: Page, url: str, home: Path, tmp_path: Path, complaints: list[str]
) -> None:
    """What the server refuses is said where one typed it."""
    run = run_that_printed(home, tmp_path, "text\n")

    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs?q=(&regex=1")

    expect(page.get_by_role("alert")).to_contain_text("search for it as plain text")
    # The browser itself notes the answer's status.
    assert [text for text in complaints if "400" not in text] == []
    complaints.clear()


def test_next_error_is_a_click_away(page: Page, url: str, home: Path, tmp_path: Path) -> None:
    """Wherever in the log it is; a metric that is called error is none."""
    lines = [f"validation error: {i}" for i in range(20_000)]
    lines[7_000] = "\x1b[31mTraceback\x1b[0m (most recent call last):"
    lines[7_001] = "ValueError: boom"
    run = run_that_printed(home, tmp_path, "\n".join(lines))
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")

    page.get_by_role("button", name="Next error").click()
    expect(page.locator(".log-lines li.current")).to_contain_text("Traceback")
    page.get_by_role("button", name=re.compile("^Next error 1")).click()

    expect(page.locator(".log-lines li.current")).to_contain_text("ValueError: boom")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_terminal_and_can_be_read(  # fixtures
    page: Page, url: str, home: Path, tmp_path: Path, theme: str
) -> None:
    """Sixteen, 256 and all of them; what a progress bar overwrote is gone, markup is text."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    sixteen = "".join(
        f"\x1b[{30 + i}mc{i}\x1b[{90 + i}mb{i}\x1b[4{i}mg{i}\x1b[0m" for i in range(8)
    )
    table = "".join(f"\x1b[38;5;{i}mt{i} \x1b[0m" for i in range(0, 256, 9))
    run = run_that_printed(
        home,
        tmp_path,
        f"{sixteen}\n{table}\n\x1b[38;2;255;255;0mtrue\x1b[0m\n10 %\r55 %\r100 %\n<b>bold</b>\n",
    )

    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")

    expect(line(page, "true").locator("span[style]")).to_have_text("true")
    expect(line(page, "100 %")).to_have_text(re.compile(r"4\s*100 %$"))
    expect(line(page, "<b>bold</b>")).to_be_visible()
    expect(page.locator(".log-lines li")).to_have_count(5)
    assert serious_findings(page) == []


def test_long_lines_wrap_when_they_are_told_to(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """Unwrapped, the box scrolls sideways and the page does not; wrapped, neither."""
    page.set_viewport_size({"width": 390, "height": 844})
    run = run_that_printed(home, tmp_path, "".join(f"{i} {'word ' * 60}\n" for i in range(300)))
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")
    box = page.locator(".log-scroll")
    expect(line(page, "299 word")).to_be_visible()

    wide = "(box) => box.scrollWidth > box.clientWidth"
    assert box.evaluate(wide)
    page.get_by_label("wrap").check()
    expect(page.locator(".log-scroll.wraps")).to_be_visible()

    assert not box.evaluate(wide)
    assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390
    expect(line(page, "299 word")).to_be_in_viewport()


def test_log_is_saved_as_it_was_written(page: Page, url: str, home: Path, tmp_path: Path) -> None:
    """The file has what the page leaves out."""
    text = "\x1b[1mbold\x1b[0m\n10 %\r100 %\n"
    run = run_that_printed(home, tmp_path, text, file="a b.log")
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/logs")

    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()

    assert saved.value.suggested_filename == "a b.log"
    assert saved.value.path().read_bytes() == text.encode()
