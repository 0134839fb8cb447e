"""Submitted runs on the pages: compute targets, jobs, code, pipelines and sweeps."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

import runtide
from runtide.core.events import (
    ConfigSet,
    Event,
    JobSubmitted,
    PropertiesAdded,
    RunCreated,
    Scalars,
    StateChanged,
    Status,
)
from tests.browser.looking import live_state, serious_findings, wait_until_folded
from tests.faults.processes import served
from tools.recording import now_us, record

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("silent")]

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of all tests here; each has runs of its own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with served(home) as address:
        yield address


def submit(home: Path, run: str, *events: Event, parent: str | None = None, **job: Any) -> None:
    """Record what a submitter does, for a target that nobody serves."""
    at_us = now_us()
    record(
        home,
        run,
        RunCreated(
            experiment="exp",
            name=run,
            created_us=at_us,
            run_type="script",
            user="ada",
            parent=parent,
        ),
        JobSubmitted(**{"command": ["python", "train.py"], "target": "box", "ts_us": at_us, **job}),
        StateChanged(status="Queued", ts_us=at_us, by="ada"),
        *events,
    )


def state(status: Status, **more: Any) -> StateChanged:
    return StateChanged(status=status, ts_us=now_us(), by="launcher", **more)


def logged(metric: str, values: list[float]) -> Scalars:
    """Return one point a step."""
    steps = list(range(len(values)))
    at_us = [now_us()] * len(values)
    return Scalars(name=metric, n=len(values), value=values, step=steps, ts_us=at_us)


def load(page: Page) -> Locator:
    return page.get_by_role("region", name="box").locator("tbody tr")


def test_compute_page_follows_the_queue(page: Page, url: str, home: Path) -> None:
    """Who is next is seen before it begins, and what is canceled is seen to be."""
    page.goto(f"{url}/compute")
    expect(page.get_by_text("No run has been submitted")).to_be_visible()
    expect(live_state(page)).to_have_text("live")
    submit(home, "first")
    submit(home, "second")
    submit(home, "urgent", priority=5)

    expect(load(page)).to_have_text(
        [re.compile(r"queued1urgent.*5"), re.compile("queued2first"), re.compile("queued3second")]
    )
    record(home, "urgent", state("Preparing"), state("Starting"), state("Running"))
    expect(load(page)).to_have_text(
        [re.compile("runningurgent"), re.compile("queued1first"), re.compile("queued2second")]
    )
    load(page).nth(0).get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its script is asked to end")
    dialog.get_by_role("button", name="Cancel run").click()
    expect(load(page).nth(0)).to_contain_text("canceling")
    expect(load(page).nth(0).get_by_role("button", name="Canceling …")).to_be_disabled()
    record(home, "urgent", state("Canceled"))
    expect(load(page)).to_have_count(2)
    assert serious_findings(page) == []
    page.set_viewport_size(PHONE)
    expect(load(page).nth(0)).to_contain_text("queued")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="first").click()
    expect(page).to_have_url(f"{url}/runs/first")


def test_overview_says_what_was_submitted_and_how_it_ended(
    page: Page, url: str, home: Path
) -> None:
    """The command as one would type it, and the exit code, without a look at the log."""
    reason = "the script ended with exit code 3"
    error = {"code": "UserError", "message": reason, "exit_code": 3, "output": "ValueError: no"}
    submit(
        home,
        "failing",
        state("Preparing"),
        state("Running"),
        state("Failed", reason=reason, error=error),
        target="cluster",
        command=["python", "train.py", "--note", "too hot"],
        environment={"kind": "venv", "requirements": ["numpy==2.3.5"], "python": "3.12"},
        variables={"OMP_NUM_THREADS": "2"},
        duration_s_max=90.0,
    )
    wait_until_folded(page, url, "failing")

    page.goto(f"{url}/runs/failing")

    job = page.locator(".section").filter(has=page.get_by_role("heading", name="Job", exact=True))
    expect(job.locator(".job-command")).to_contain_text("python train.py --note 'too hot'")
    for fact in ("Exit code3", "Targetcluster", "Time limit1 min 30 s", "Python 3.12", "1 package"):
        expect(job).to_contain_text(fact)
    expect(job).to_contain_text("OMP_NUM_THREADS=2")
    expect(page.locator(".problem")).to_contain_text("ValueError: no")
    assert serious_findings(page) == []


def kept(home: Path, folder: Path, name: str, files: dict[str, bytes]) -> str:
    """Log a run whose code is these files."""
    for path, data in files.items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_bytes(data)
    experiment = runtide.Experiment(runtide.Workspace(home=home), "code")
    run = experiment.start_logging(name, outputs=False, snapshot_directory=folder / name)
    run.complete()
    return run.id


def test_code_is_read_taken_away_and_compared(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """Whichever file made the difference is named, and what differs in it."""
    same = {"lib/same.py": b"x = 1\n", "empty.py": b""}
    old = kept(home, tmp_path, "old", same | {"train.py": b"rate = 1\nrun()\n", "gone.py": b"1\n"})
    new = kept(home, tmp_path, "new", same | {"train.py": b"rate = 2\nrun()\n", "w.bin": b"\0\1"})
    wait_until_folded(page, url, new)
    page.goto(f"{url}/runs/{old}/code")

    page.get_by_role("button", name=re.compile("^train.py")).click()
    preview = page.locator(".preview")
    expect(preview.locator(".numbered")).to_contain_text("rate = 1")
    expect(preview.get_by_role("link", name="Download")).to_have_attribute(
        "href", f"/api/v1/runs/{old}/snapshot/files/train.py"
    )
    page.get_by_role("button", name=re.compile("^empty.py")).click()
    expect(preview.get_by_role("heading")).to_have_text("empty.py")
    expect(preview.locator(".numbered")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes()))
    assert sorted(archive.namelist()) == ["empty.py", "gone.py", "lib/same.py", "train.py"]
    assert serious_findings(page) == []

    page.goto(f"{url}/compare/code?runs={old}%2C{new}&open=train.py")
    expect(page.get_by_text("1 changed, 1 added, 1 removed, 2 equal")).to_be_visible()
    expect(page.locator(".diff td.removed.line")).to_have_text("−rate = 1")
    expect(page.locator(".diff td.added.line")).to_have_text("+rate = 2")
    page.get_by_role("button", name=re.compile("^w.bin")).click()
    expect(preview).to_contain_text("No text: nothing on the left, 2 B on the right.")
    page.get_by_role("button", name=re.compile("^gone.py")).click()
    expect(page.locator(".diff td.removed.line")).to_have_text("−1")
    assert serious_findings(page) == []


def test_code_has_the_colours_of_its_language_and_is_copied_as_it_is(
    page: Page, url: str, home: Path, tmp_path: Path
) -> None:
    """Colours are looks: what is selected, and compared, are the lines of the file."""
    lines = [f"rate = {i}  # {i}" for i in range(120)]
    code = {"train.py": "\n".join(lines).encode()}
    old = kept(home, tmp_path, "plain", code)
    new = kept(home, tmp_path, "other", {"train.py": code["train.py"] + b"\r\nif rate:\n"})
    wait_until_folded(page, url, new)

    page.goto(f"{url}/runs/{old}/code?open=train.py")
    text = page.locator(".numbered pre").last
    expect(text.locator(".syntax-number").first).to_have_text("0")
    expect(text.locator(".syntax-comment").nth(1)).to_have_text("# 1")
    text.evaluate("(box) => getSelection().selectAllChildren(box)")
    assert page.evaluate("getSelection().toString()").splitlines() == lines
    assert serious_findings(page) == []

    page.goto(f"{url}/compare/code?runs={old}%2C{new}&open=train.py")
    expect(page.locator(".diff td.added .syntax-keyword")).to_have_text("if")
    expect(page.locator(".diff td.added.line")).to_have_text("+if rate:")
    assert serious_findings(page) == []


def test_run_without_a_snapshot_says_how_one_is_taken(page: Page, url: str, home: Path) -> None:
    """And nothing is asked for that is not there."""
    submit(home, "bare", state("Canceled"))
    wait_until_folded(page, url, "bare")

    page.goto(f"{url}/runs/bare/code")

    expect(page.get_by_text("No snapshot was taken of this run's code")).to_be_visible()
    expect(page.locator(".code pre")).to_contain_text("snapshot_directory")


def test_pipeline_is_a_graph_of_its_steps(page: Page, url: str, home: Path) -> None:
    """A step's state is seen in the graph as it changes, and its charts beside it."""
    plan = '[{"name": "prepare", "after": []}, {"name": "train", "after": ["prepare"]}]'
    record(
        home,
        "pipeline",
        RunCreated(experiment="exp", name="pipeline", created_us=now_us(), run_type="pipeline"),
        PropertiesAdded(ts_us=now_us(), set={"runtide.pipeline.steps": plan}),
        state("Running"),
    )
    step = PropertiesAdded(ts_us=now_us(), set={"runtide.step": "prepare"})
    loss = logged("rows read", [1.0, 2.0, 4.0])
    submit(home, "prepare-1", step, loss, state("Completed"), parent="pipeline")
    wait_until_folded(page, url, "prepare-1")
    page.goto(f"{url}/runs/pipeline/children")
    graph = page.get_by_role("region", name="Steps")
    boxes = graph.get_by_role("button")
    expect(boxes).to_have_text([re.compile("prepare.*completed"), re.compile("train.*not submi")])
    expect(live_state(page)).to_have_text("live")

    panel = page.get_by_role("region", name="Step prepare")
    expect(panel.get_by_role("heading", name="rows read")).to_be_visible()
    boxes.nth(1).press("Enter")
    expect(page.get_by_role("region", name="Step train")).to_contain_text("has no run yet")
    second = {"runtide.step": "train", "runtide.step.after": "prepare"}
    begun = PropertiesAdded(ts_us=now_us(), set=second)
    submit(home, "train-1", begun, state("Preparing"), state("Running"), parent="pipeline")
    expect(boxes.nth(1)).to_contain_text("running")
    record(home, "train-1", state("Failed", reason="no luck"))
    expect(boxes.nth(1)).to_contain_text("failed")
    expect(page.get_by_role("region", name="Step train")).to_contain_text("no luck")
    assert serious_findings(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_sweep_names_its_best_child_and_plots_them_all(page: Page, url: str, home: Path) -> None:
    """By the best value that each has logged, whatever its last one is."""
    sought = {"runtide.sweep.metric": "loss", "runtide.sweep.goal": "minimize"}
    record(
        home,
        "sweep",
        RunCreated(experiment="exp", name="sweep", created_us=now_us(), run_type="sweep"),
        PropertiesAdded(ts_us=now_us(), set=sought),
        state("Running"),
    )
    for i, losses in enumerate(([0.5, 0.4], [0.1, 0.9], [])):
        drawn = {"runtide.sweep.parameters": {"lr": 0.1 * (i + 1)}}
        points = [logged("loss", losses)] if losses else []
        config = ConfigSet(ts_us=now_us(), set=drawn)
        submit(home, f"child-{i}", config, *points, state("Completed"), parent="sweep")
        wait_until_folded(page, url, f"child-{i}")
    page.goto(f"{url}/runs/sweep/children")

    rows = page.locator(".ranking tbody tr")
    expect(rows).to_have_text(
        [re.compile(r"1child-1★0\.10\.2"), re.compile(r"2child-00\.40\.1"), re.compile("–child-2")]
    )
    assert serious_findings(page) == []
    page.get_by_role("link", name="Parallel coordinates of 3 children").click()
    expect(page.locator(".compare-head .count")).to_have_text("3 runs")
    expect(page.get_by_role("img", name="3 runs as lines over 2 axes")).to_be_visible()
