"""A real browser without a window, and what can be read off a page about its own speed."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psutil
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Request

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

REST_MS: Final = 500
"""A page that asks for nothing for so long is at rest."""

_LOOK_MS: Final = 50

WATCH: Final = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });

// Resolves with the time that passed until `claim` held and the frame with it was painted.
window.until = (claim, started) => new Promise((resolve) => {
  const look = () => {
    if (!claim()) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
  };
  look();
});
"""
"""Runs in every page before its own scripts: long tasks are collected, and `until` waits."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the machine's own Chromium.

    Raises:
        FileNotFoundError: There is none.
    """
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        message = f"none of {', '.join(_NAMES)} is installed: run `make browser`"
        raise FileNotFoundError(message)
    with sync_playwright() as playwright:
        # Without it, a browser without a window would keep the figures of memory coarse.
        arguments = ["--no-sandbox", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@contextmanager
def tab(browser: Browser) -> Iterator[Page]:
    """Yield a page of a window of its own, with an empty cache, that watches itself."""
    window = browser.new_context(viewport={"width": 1440, "height": 900})
    window.add_init_script(WATCH)
    page = window.new_page()
    page.set_default_timeout(120_000)
    yield page
    window.close()


class Requests:
    """The requests of a page that are still to be answered; streams that never end do not count."""

    def __init__(self, page: Page, *, streams: str) -> None:
        self._open: set[Request] = set()
        self._page = page
        self._streams = streams
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def wait_for_rest(self) -> None:
        """Return when nothing was asked for a while: the page has all that it wants."""
        quiet_ms = 0
        while quiet_ms < REST_MS:
            self._page.wait_for_timeout(_LOOK_MS)
            quiet_ms = 0 if self._open else quiet_ms + _LOOK_MS

    def _begun(self, request: Request) -> None:
        if self._streams not in request.url:
            self._open.add(request)

    def _ended(self, request: Request) -> None:
        self._open.discard(request)


def long_tasks_ms(page: Page) -> list[float]:
    """Return the lengths of the tasks over 50 ms since the last call."""
    tasks: list[float] = page.evaluate("window.tasks.splice(0)")
    return tasks


def memory_mib(page: Page) -> dict[str, float]:
    """Return the tab's JavaScript heap after a collection, and the memory of its process."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap: dict[str, Any] = session.send("Runtime.getHeapUsage")
    session.detach()
    return {
        "heap_mib": round(heap["usedSize"] / 2**20, 1),
        "process_mib": round(_renderer_bytes() / 2**20, 1),
    }


def _renderer_bytes() -> int:
    """Return the private memory of the largest renderer that this process started: the tab's."""
    children = psutil.Process().children(recursive=True)
    renderers = [one for one in children if "--type=renderer" in " ".join(one.cmdline())]
    return max(int(one.memory_full_info().uss) for one in renderers)
