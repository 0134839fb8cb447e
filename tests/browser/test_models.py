"""The pages about models: found, read, edited."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import runtide
from runtide import Model, Workspace
from tests.browser.looking import live_state, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def run(home: Path, url: str) -> runtide.Run:
    """Return a run that registered two versions of a model, beside one that no run made."""
    assert url
    with runtide.init("exp", "calm-reef", home=home) as run:
        run.upload_file("outputs/ridge.pkl", __file__)
        run.upload_file("outputs/net/weights.bin", __file__)
        run.register_model("ridge", "outputs/ridge.pkl", tags={"area": "diabetes"})
        run.register_model("ridge", "outputs/ridge.pkl", properties={"mse": 3295.7})
    Model.register(Workspace(home=home), __file__, "other", description="from a disk")
    Model(Workspace(home=home), "ridge", version=1).set_stage("staging")
    run.flush()
    return run


def test_models_are_found_by_name_and_by_the_run_they_come_from(
    page: Page, url: str, run: runtide.Run
) -> None:
    page.goto(f"{url}/models")
    names = page.locator(".models tbody td:first-child a")
    expect(names).to_have_text(["other", "ridge"])
    expect(page.locator(".models tbody tr").nth(1)).to_contain_text("staging: 1")
    page.get_by_label("Search models").fill("rid")
    expect(names).to_have_text(["ridge"])

    names.click()
    expect(page.locator(".model-version > header h2")).to_have_text("ridge:2")
    page.locator("table.plain").get_by_role("link", name="1", exact=True).click()
    expect(page.locator(".model-version > header h2")).to_have_text("ridge:1")
    page.locator(".facts").get_by_role("link", name=run.id).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("calm-reef")
    page.locator(".run-models").get_by_role("link", name="ridge:2").click()
    expect(page.locator(".model-version > header h2")).to_have_text("ridge:2")


def test_version_is_edited_where_it_stands(
    page: Page, url: str, home: Path, run: runtide.Run
) -> None:
    """Seen at once, and by everybody."""
    page.goto(f"{url}/models/ridge?open=1")
    page.get_by_role("button", name="Edit the stage").click()
    page.get_by_label("Stage", exact=True).fill("production")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Enter")
    expect(page.locator(".model-version .stage")).to_have_text("production")
    page.get_by_role("button", name="+ tag").click()
    page.get_by_label("New tag").fill("checked: yes")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Enter")
    expect(page.locator(".model-version .tags-edit")).to_contain_text("checked: yes")
    expect(page.locator("table.plain .stage")).to_have_text("production")

    model = Model(Workspace(home=home), "ridge", tags={"checked": "yes"})
    assert (model.version, model.stage) == (1, "production")
    model.set_stage("archived")
    expect(page.locator(".model-version .stage")).to_have_text("archived")

    with page.expect_download() as download:
        page.locator(".model-files a").click()
    assert Path(download.value.path()).read_bytes() == Path(__file__).read_bytes()
    page.get_by_role("button", name="Delete", exact=True).click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Delete version").click()
    expect(page.locator(".model-version > header h2")).to_have_text("ridge:2")
    assert [model.version for model in run.experiment.workspace.models.values()] == [1, 2]


def test_no_page_about_models_complains_or_shuts_anybody_out(
    page: Page, url: str, run: runtide.Run, complaints: list[str]
) -> None:
    """In both themes, and on a phone."""
    found = {}

    for path in ["/models", "/models/ridge?open=1", f"/runs/{run.id}"]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(url + path)
        expect(live_state(page)).to_have_text("live")
        expect(page.locator(".skeleton")).to_have_count(0)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found[path, theme] = serious_findings(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.querySelector('#main').scrollWidth") <= 390
        assert page.evaluate("document.querySelector('.top').scrollWidth") <= 390

    assert {place: some for place, some in found.items() if some} == {}
    assert complaints == []
