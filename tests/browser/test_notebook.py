"""The widget in a real JupyterLab."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import runtide
from tests.browser.looking import log_curve
from tests.browser.notebook import jupyter_lab, run_next_cell, save, still, widget
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_widget_follows_a_run_to_its_end_and_leaves_a_picture(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """The kernel alone talks to the server, and the picture outlives the kernel."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with jupyter_lab(tmp_path, home=home) as lab:
        with runtide.init("exp", "calm-reef", home=home) as run:
            run.add_properties({"origin": "<b>here</b>"})
            log_curve(run, range(30))
            lab.write(
                "import runtide; from runtide.widget import RunDetails\n"
                f"run = runtide.Workspace.get('default').get_run({run.id!r})",
                "RunDetails(run).show()",
            )
            lab.open(page)
            run_next_cell(page)
            run_next_cell(page)
            shown = widget(page)
            expect(shown.locator(".widget-head")).to_contain_text("running")
            expect(shown.locator(".follow")).to_have_text("live")
            loss = shown.locator(".card", has_text="train/loss")
            expect(loss.locator(".note")).to_have_text("0.5599")
            expect(still(page)).to_be_hidden()

            log_curve(run, range(30, 60))
            run.child_run("first").complete()

            expect(loss.locator(".note")).to_have_text("0.3073")
            expect(shown.locator(".child-runs tbody tr")).to_contain_text("completed")
        expect(shown.locator(".widget-head")).to_contain_text("completed")
        expect(shown.locator(".follow")).to_have_text("ended")
        assert not [address for address in asked if address.startswith(url)]

        expect(still(page)).to_contain_text("Completed")
        save(page)

        wait_until(lambda: "Completed" in lab.saved_html(), what="the file has the picture")
        assert "data:image/svg+xml" in lab.saved_html()
        lab.restart_kernel(page)
        page.reload()

        expect(still(page)).to_be_visible()
        expect(still(page)).to_contain_text("Completed")
        expect(still(page).get_by_alt_text("train/loss")).to_be_visible()
        lost = page.get_by_text("model not found")
        expect(lost).to_be_attached()
        expect(lost).to_be_hidden()
