"""Pictures of the dashboard over real training: those of the docs, or every page as anybody sees it.

    python -m tools.take_screenshots                # docs/images, anew
    python -m tools.take_screenshots --gallery DIR  # every page, light and dark, wide and narrow

Needs `make browser dashboard`.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import httpx
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import runtide
from benchmarks.browsing import chromium
from benchmarks.serving import serving
from runtide.demo import job
from runtide.demo.mlp import Perceptron
from tools import job_scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
SWEEP: Final = "digits-sweep"
WIDE: Final = (1440, 900)
NARROW: Final = (390, 844)

_RATES: Final = (0.02, 0.05, 0.15)
_BATCH_SIZES: Final = (32, 128)
_SEEDS: Final = (0, 1, 2)
_EPOCHS: Final = 8
_ASKED: Final = {
    "sql": """\
-- How a network learns at each rate: the mean over seeds and batch sizes
SELECT toString(config.number) AS rate, step, round(avg(value), 4) AS accuracy
FROM scalars JOIN config USING run_id
WHERE scalars.name = {metric:String} AND config.name = 'lr' AND config.number < 1
GROUP BY ALL
ORDER BY step, rate
""",
    "p.metric": "val/accuracy",
}
_WORDS: Final = (
    ("calm", "swift", "bold", "quiet", "deep"),
    ("reef", "kelp", "tern", "tide"),
)


def main() -> None:
    """Train, serve, and take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gallery", type=Path, metavar="DIR")
    folder: Path | None = parser.parse_args().gallery
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        train(home)
        code = job_scene.log_jobs(home)
        with serving(home) as (host, port), chromium() as browser:
            pages = addresses(f"http://{host}:{port}", code)
            if folder is None:
                take_pictures(browser, pages)
            else:
                take_gallery(browser, pages, folder, home)


def train(home: Path) -> None:
    """Log what `runtide demo` trains, a sweep of networks over digits, and a run that failed."""
    job.sweep(home, on_child=lambda _done, _count: None)
    job.train(home, duration_s=8, on_start=lambda _: None, on_progress=lambda _: None)
    images, labels = load_digits(return_X_y=True)
    split = train_test_split(images / 16, labels, test_size=0.2, random_state=0)
    names = (f"{first}-{second}" for first, second in product(*_WORDS))
    for rate, batch_size, seed in product(_RATES, _BATCH_SIZES, _SEEDS):
        config = {"lr": rate, "batch_size": batch_size, "seed": seed}
        tags = {"team": "vision"}
        with runtide.init(SWEEP, next(names), config=config, tags=tags, home=home) as run:
            fit(run, split, rate=rate, batch_size=batch_size, seed=seed)
    hot = {"lr": 5.0, "batch_size": 32, "seed": 0}
    failed = runtide.init(SWEEP, next(names), config=hot, home=home)
    failed.log_batch("train/loss", [2.3, 40.0, 9e5, float("nan")])
    failed.fail("loss is not finite at step 3", error_code="NotFinite")


def fit(run: runtide.Run, split: list[Any], *, rate: float, batch_size: int, seed: int) -> None:
    """Train one network, and log its loss at every step and its accuracy after every epoch."""
    train_images, test_images, train_labels, test_labels = split
    rng = np.random.default_rng(seed)
    network = Perceptron.random((train_images.shape[1], 64, 10), rng)
    step = 0
    for _ in range(_EPOCHS):
        order = rng.permutation(len(train_labels))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            seen, _norm = network.learn(
                train_images[chosen], train_labels[chosen], learning_rate=rate, momentum=0.9
            )
            run.log("train/loss", seen.loss, step=step)
            step += 1
        tested = network.evaluate(test_images, test_labels)
        run.log({"val/loss": tested.loss, "val/accuracy": tested.accuracy_ratio}, step=step)


def addresses(url: str, code: list[str]) -> dict[str, str]:
    """Return the address of every page by the name of its picture.

    Args:
        url: Where the server is.
        code: Two runs whose code is kept.
    """
    swept = _runs(url, experiment=SWEEP)
    ids = "%2C".join(run["run_id"] for run in swept if run["status"] == "Completed")
    failed = next(run["run_id"] for run in swept if run["status"] == "Failed")
    (network,) = (run["run_id"] for run in _runs(url, experiment=job.NETWORK_EXPERIMENT))
    (sweep,) = (run["run_id"] for run in _runs(url, experiment=job.RIDGE_EXPERIMENT))
    paths = {
        "experiments": "/",
        "runs": f"/experiments/{SWEEP}?filter=config.lr%20%3C%201&y=log&smooth=0.8&q=loss",
        "run": f"/runs/{network}",
        **{
            f"run-{tab}": f"/runs/{network}/{tab}"
            for tab in ("charts", "tables", "images", "files", "logs")
        },
        "run-failed": f"/runs/{failed}",
        "run-children": f"/runs/{sweep}/children",
        "compare": f"/compare?runs={ids}&bands=config.lr",
        **{
            f"compare-{tab}": f"/compare/{tab}?runs={ids}"
            for tab in ("parameters", "tables", "images", "text")
        },
        "compute": "/compute",
        "sql": f"/sql?{urlencode(_ASKED, quote_via=quote)}",
        "run-submitted": f"/runs/{job_scene.FAILED}",
        "run-code": f"/runs/{code[0]}/code?open=train.py",
        "run-code-none": f"/runs/{failed}/code",
        "compare-code": f"/compare/code?runs={'%2C'.join(code)}&open=train.py",
        "pipeline": f"/runs/{job_scene.PIPELINE}/children",
        "sweep": f"/runs/{job_scene.SWEEP}/children",
        "nothing": "/runs/no-such-run",
    }
    return {name: url + path for name, path in paths.items()}


def take_pictures(browser: Browser, pages: Mapping[str, str]) -> None:
    """Write the pictures of the docs."""
    IMAGES.mkdir(exist_ok=True)
    for name in (
        "runs", "run", "compare", "compare-parameters", "compare-code", "compute", "pipeline", "sql",
    ):  # fmt: skip
        page = opened(browser, pages[name], size=WIDE, theme="light")
        if name == "sql":
            run_statement(page)
        if name == "runs":
            # Where lines part, so that the picture shows what the pointer is told.
            page.locator("article.chart .u-over").nth(1).hover(position={"x": 250, "y": 60})
            page.wait_for_timeout(300)
        page.screenshot(path=IMAGES / f"{name}.png")
        page.context.close()


def run_statement(page: Page) -> None:
    """Run what is in the editor of the SQL page, and show its answer as a chart."""
    page.get_by_role("button", name="Run Ctrl").click()
    page.get_by_role("button", name="Chart", exact=True).click()
    page.locator(".sql-answer canvas").wait_for()
    page.wait_for_timeout(300)


def take_gallery(browser: Browser, pages: Mapping[str, str], folder: Path, home: Path) -> None:
    """Write every page in each theme and size."""
    folder.mkdir(parents=True, exist_ok=True)
    for theme, size in product(("light", "dark"), (WIDE, NARROW)):
        job_scene.keep_alive(home)
        for name, address in pages.items():
            page = opened(browser, address, size=size, theme=theme)
            if name == "sql":
                run_statement(page)
            page.screenshot(path=folder / f"{name}-{theme}-{size[0]}.png")
            page.context.close()


def opened(browser: Browser, address: str, *, size: tuple[int, int], theme: str) -> Page:
    """Return a page that has drawn what it has to show."""
    window = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = window.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    # What is fetched once the page is at rest, such as sparklines, comes after that.
    page.wait_for_timeout(1_000)
    return page


def _runs(url: str, *, experiment: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{url}/api/v1/runs", params={"experiment": experiment, "limit": 100})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


if __name__ == "__main__":
    main()
