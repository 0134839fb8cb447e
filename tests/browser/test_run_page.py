"""The tabs of a run: what is in its record can be seen, found, and taken away."""

import csv
import io
import json
import platform
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import runtide
from tests.browser.looking import chart, log_curve, serious_findings, wait_until_folded
from tests.quiet import NO_CAPTURES
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("silent")]


def test_overview_answers_in_one_screen(page: Page, url: str, home: Path) -> None:
    """What it is, when, how far, with what, and how each number went."""
    config = {"model": {"layers": [{"width": 64}, {"width": 128}]}, "lr": 0.1}
    config |= {f"option {i}": i for i in range(10)}
    with runtide.init("exp", "calm-reef", config=config, tags={"team": "a"}, home=home) as run:
        run.description = "What it is for."
        run.add_properties({"git.commit": "3f2a91c"})
        log_curve(run, range(100))

    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}")

    expect(page.get_by_text("What it is for.")).to_be_visible()
    expect(page.locator(".vitals")).to_contain_text("Last step99")
    expect(page.locator(".timeline li")).to_have_text(
        [re.compile("^Created"), re.compile("^running"), re.compile("^completed")]
    )
    expect(page.locator(".spark path").first).to_have_attribute("d", re.compile("^M0"))
    tree = page.get_by_role("list", name="Config")
    expect(tree.get_by_role("listitem")).to_have_count(15)
    tree.get_by_role("button", name="model").click()
    expect(tree.get_by_role("listitem")).to_have_count(12)
    page.get_by_role("searchbox", name="Search in Config").fill("128")
    expect(tree.get_by_role("listitem")).to_have_count(4)
    expect(tree).to_contain_text("128")
    expect(page.get_by_text("3f2a91c")).to_be_visible()
    assert serious_findings(page) == []


def test_what_is_around_a_run_is_seen_while_it_goes_on(
    page: Page, url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its machine in charts that grow, its code and command, and what it printed."""
    for name in NO_CAPTURES:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("RUNTIDE_SYSTEM_INTERVAL_S", "0.2")
    monkeypatch.setenv("AZUREML_GIT_COMMIT", "3f2a91c4d5e6")
    run = runtide.init("exp", home=home)
    print("epoch 1")
    run.flush()
    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}/system")

    processors = chart(page, "Processors (%)")
    expect(processors.locator(".legend li")).to_have_text(["machine", "processes"])
    area = processors.locator(".u-over")

    def last_time() -> str:
        box = area.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 5, box["y"] + 20)
        page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20)
        return processors.locator(".readout-x").inner_text()

    first_time = last_time()
    wait_until(lambda: last_time() != first_time, what="the chart has grown")
    assert serious_findings(page) == []

    run.complete()
    page.goto(f"{url}/runs/{run.id}")
    origin = page.locator(".section").filter(has_text="Started with")
    expect(origin).to_contain_text("Commit3f2a91c4d5")
    expect(origin).to_contain_text(f"Python{platform.python_version()}")
    expect(page.locator(".timeline li").nth(1)).to_contain_text(re.compile("^running"))
    page.get_by_role("link", name="all packages").click()
    expect(page.get_by_role("region", name="lines")).to_contain_text("orjson==")
    page.get_by_role("link", name="Logs").click()
    expect(page.get_by_text("epoch 1")).to_be_visible()


def test_link_to_the_view_is_copied(page: Page, url: str, home: Path) -> None:
    """What is shared is what is seen, with every control."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with runtide.init("exp", home=home) as run:
        log_curve(run, range(3))
    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}/charts")
    page.get_by_label("log y").check()

    page.get_by_role("button", name="Copy link to this view").click()

    want = f"{url}/runs/{run.id}/charts?y=log"
    page.wait_for_function(
        "async (want) => (await navigator.clipboard.readText()) === want", arg=want
    )


def run_with_files(home: Path, folder: Path) -> str:
    """Upload a file of every kind that has a preview."""
    files: dict[str, str | bytes] = {
        "page.html": "<script>document.title = 'harm'</script><h1>title</h1>",
        "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
        "<script>parent.document.title = 'harm'</script></svg>",
        "table.csv": 'name,score\n"a, b",0.5\nc,1\n',
        "deep/er/values.json": json.dumps({"metrics": {"loss": [0.5, 0.25]}}),
        "notes.md": "# Notes\n\nline three\n",
        "model.bin": b"\x00\x01",
        "long.txt": "0123456789\n" * 30_000,
        "broken.json": "{",
    }
    for name, content in files.items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with runtide.init("exp", home=home) as run:
        run.upload_folder("outputs", str(folder / "files"))
    return run.id


def test_files_are_looked_into_and_never_run(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """Each kind in its own way, and markup as the text that it is."""
    run = run_with_files(home, tmp_path)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/files")
    preview = page.locator(".preview")

    def look(name: str) -> None:
        page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
        expect(preview.get_by_role("heading")).to_contain_text(name)

    look("page.html")
    expect(preview).to_contain_text("<script>document.title = 'harm'</script>")
    look("drawing.svg")
    expect(preview.locator("img")).to_have_js_property("naturalWidth", 9)
    preview.get_by_role("button", name="Text").click()
    expect(preview).to_contain_text("<svg xmlns")
    assert "harm" not in page.title()
    look("table.csv")
    expect(preview.locator("tbody tr").first.locator("td")).to_have_text(["a, b", "0.5"])
    look("values.json")
    expect(preview.locator(".json-rows")).to_contain_text("loss")
    preview.get_by_role("button", name="Text").click()
    expect(preview.locator(".numbered")).to_contain_text('{"metrics"')
    look("broken.json")
    expect(preview.locator(".numbered")).to_contain_text("{")
    look("notes.md")
    expect(preview.locator(".line-numbers")).to_have_text("1\n2\n3")
    look("long.txt")
    expect(preview.locator(".caption")).to_have_text("The first 256 kB; download it for the rest.")
    look("model.bin")
    expect(preview).to_contain_text("No preview for this kind of file.")
    page.reload()
    expect(preview).to_contain_text("model.bin")
    assert serious_findings(page) == []


def test_files_are_found_by_name(page: Page, url: str, home: Path, tmp_path: Path) -> None:
    """In any folder, and their sizes add up."""
    run = run_with_files(home, tmp_path)
    wait_until_folded(page, url, run)
    page.goto(f"{url}/runs/{run}/files")
    expect(page.get_by_text("8 files, ")).to_be_visible()

    page.get_by_role("searchbox", name="Search the files").fill("VALUES")

    expect(page.locator(".tree button")).to_have_count(1)
    expect(page.locator(".tree button")).to_contain_text("values.json")


def test_table_is_sorted_searched_and_saved_as_a_whole(page: Page, url: str, home: Path) -> None:
    """What is on the screen is the table's own first row, not that of the rows in the page."""
    n = 5_000
    scores = [float((i * 7919) % n) for i in range(n)]
    with runtide.init("exp", home=home) as run:
        labels = [f"{'cat' if i % 2 else 'dog'} {i}" for i in range(n)]
        run.log_table("scores", {"x": list(range(n)), "score": scores, "label": labels})
    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}/tables")
    first = page.locator(".grid tbody tr:not(.spacer-row)").first.locator("td")
    expect(first).to_have_text(["0", "0", "0", "dog 0"])
    top = scores.index(n - 1)

    page.get_by_role("button", name="score", exact=True).click()
    expect(first).to_have_text([str(top), str(top), str(n - 1), labels[top]])
    page.get_by_role("searchbox", name="Search the rows").fill("DOG 49")
    expect(page.get_by_role("status").filter(has_text="of 5,000 rows")).to_be_visible()
    best = max((i for i in range(n) if labels[i].startswith("dog 49")), key=scores.__getitem__)
    expect(first.last).to_have_text(labels[best])
    page.reload()
    expect(first.last).to_have_text(labels[best])
    page.get_by_role("searchbox", name="Search the rows").fill("")
    # Until all rows are back, the end of the table is that of those that were found.
    expect(first.last).to_have_text(labels[top])
    page.locator(".table-scroll").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    expect(page.locator(".grid tbody tr:not(.spacer-row)").last).to_contain_text("dog 0")
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()

    read = list(csv.reader(io.StringIO(saved.value.path().read_text())))
    assert saved.value.suggested_filename == "scores.csv"
    assert read[:2] == [["x", "score", "label"], ["0", "0.0", "dog 0"]]
    assert len(read) == n + 1
    assert serious_findings(page) == []


def test_images_are_moved_through_by_step(page: Page, url: str, home: Path) -> None:
    """One slider for all names, by keyboard; one image can be looked at closely."""
    with runtide.init("exp", home=home) as run:
        for step in (0, 10, 20):
            picture = np.full((4, 6, 3), 10 * step, np.uint8)
            run.log_image("sample", plot=picture, step=step, description=f"after {step}")
        run.log_image("final", plot=np.zeros((2, 2), np.uint8), step=20)
    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}/images")
    sample = page.locator("article.image").filter(has_text="sample")
    expect(sample).to_contain_text("step 20 · 3 of 3")
    expect(sample).to_contain_text("6 × 4")

    page.get_by_role("slider", name="Step").press("ArrowLeft")
    expect(sample).to_contain_text("step 10 · 2 of 3")
    expect(sample).to_contain_text("after 10")
    page.get_by_role("button", name="Look at sample").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("step 10 · 2 of 3")
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("step 0 · 1 of 3")
    page.keyboard.press("+")
    expect(dialog.get_by_title("Fit (0)")).to_have_text("150 %")
    dialog.locator(".viewer-pane").dblclick()
    expect(dialog.get_by_title("Fit (0)")).to_have_text("100 %")
    assert serious_findings(page) == []
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(sample).to_contain_text("step 0 · 1 of 3")


def test_child_leads_to_its_parent_and_siblings(page: Page, url: str, home: Path) -> None:
    """Up by its link, sideways by the list and by the buttons."""
    with runtide.init("exp", "sweep", home=home) as parent:
        with parent.child_run(name="alpha 0.1") as other:
            other.log("mse", 0.1)
        with parent.child_run(name="alpha 0.2") as child:
            child.log("mse", 0.2)
    wait_until_folded(page, url, child.id)
    page.goto(f"{url}/runs/{child.id}/children")

    names = page.locator(".runs-table tbody .col-name a")
    expect(names).to_have_text(["alpha 0.2", "alpha 0.1"])
    page.get_by_role("button", name="Next run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"alpha 0\.1$"))
    page.locator("#main").get_by_role("link", name="sweep", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("sweep")
    page.get_by_role("link", name="2 child runs").click()
    expect(names).to_have_text(["alpha 0.2", "alpha 0.1"])


def test_failed_run_shows_the_end_of_its_log(
    page: Page, url: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last words, in their colours, and the way to all of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    run = runtide.init("exp", home=home)
    (tmp_path / "logs" / "stderr.txt").write_text("a\n" * 50 + "\x1b[31mboom\x1b[0m\n")
    run.fail("the loss is not a number")

    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}")

    expect(page.locator(".problem-detail > div").last).to_have_text("boom")
    expect(page.locator(".problem-detail > div").last.locator("span[style]")).to_have_count(1)
    page.get_by_role("link", name="Whole log").click()
    expect(page.locator(".log-lines li").last).to_contain_text("boom")


def test_run_of_two_thousand_metrics_is_shown_at_once(page: Page, url: str, home: Path) -> None:
    """The overview shows the first and says of how many; nothing draws what is not seen."""
    with runtide.init("exp", home=home) as run:
        for i in range(2_000):
            run.log_batch(f"m{i}", [0.1, 0.2, 0.3])

    wait_until_folded(page, url, run.id)
    page.goto(f"{url}/runs/{run.id}")

    expect(page.get_by_role("row")).to_have_count(13)
    expect(page.get_by_text("and 1,988 more")).to_be_visible()
    expect(chart(page, "m0").locator(".plot-note")).to_have_count(0)
