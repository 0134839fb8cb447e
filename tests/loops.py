"""Coroutines in tests that are not asynchronous."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")


def completed(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Return what a coroutine returns, run in a thread of its own.

    The main thread has a running loop, in which no other may run, from the first test in a
    browser on: the browser's driver leaves its own there.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
