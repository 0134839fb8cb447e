"""What the main thread of a page did, from the browser's own trace.

A task's length by the clock counts what other processes took of the processors meanwhile; its
processor time does not.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

LONG_MS: Final = 50.0
"""A task that takes longer is felt; browsers report those as long tasks."""

_TASK: Final = "ThreadControllerImpl::RunTask"
_MAIN: Final = "CrRendererMain"
_US_PER_MS: Final = 1_000


@dataclass
class Trace:
    """The lengths of a main thread's tasks by processor time; they are known at the end."""

    processor_ms: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return how many tasks took the processor for longer than `LONG_MS`, and the longest."""
        return {
            "tasks_over_50_ms_of_processor": sum(ms > LONG_MS for ms in self.processor_ms),
            "longest_task_processor_ms": round(max(self.processor_ms)),
        }


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[Trace]:
    """Yield a trace of what the page does within the block."""
    browser.start_tracing(page=page, categories=["toplevel"])
    trace = Trace()
    yield trace
    events = json.loads(browser.stop_tracing())["traceEvents"]
    trace.processor_ms += [event["tdur"] / _US_PER_MS for event in _busiest_main_thread(events)]


def _busiest_main_thread(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tasks of the page's main thread; those of idle pages have few."""
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == _MAIN
    }
    tasks = [event for event in events if event["name"] == _TASK and "tdur" in event]
    counts = Counter(place for event in tasks if (place := (event["pid"], event["tid"])) in mains)
    ((page, _),) = counts.most_common(1)
    return [event for event in tasks if (event["pid"], event["tid"]) == page]
