"""A browser, a server with an empty data folder, and pages that report what goes wrong on them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.faults.processes import served

_NAMES = ("chromium", "chromium-browser", "google-chrome")
DEADLINE_MS = 20_000

expect.set_options(timeout=DEADLINE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, without a window."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    assert path is not None, f"none of {_NAMES} is installed: run `make browser`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty data folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def url(home: Path) -> Iterator[str]:
    """Return the address of a server of `home`."""
    with served(home) as address:
        yield address


@pytest.fixture
def complaints() -> list[str]:
    """Collect what a page writes to its console as errors and warnings, and what it throws."""
    return []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a window of its own, so that no test sees the storage of another."""
    window = browser.new_context(viewport={"width": 1440, "height": 900})
    window.set_default_timeout(DEADLINE_MS)
    yield window
    window.close()


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    """Open a tab whose complaints are collected."""
    tab = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    tab.on("console", note)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    return tab


@pytest.fixture
def silent(url: str, page: Page, complaints: list[str]) -> Iterator[None]:  # ends before they do
    """Demand that the page has nothing to complain of while its server is there."""
    yield
    assert complaints == []
