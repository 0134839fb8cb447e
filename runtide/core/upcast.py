"""Events of earlier versions, brought to the newest one step at a time.

An upcaster is a pure function from the document of version N to that of version N + 1, so that
whatever reads the log meets newest versions alone. Every version ever shipped has a golden file
under `tests/data/golden`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runtide.core.events import EVENT_CLASS_BY_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

UPCASTERS: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""By type and the version they read; empty while every type is at its first version."""


def upcast(document: dict[str, Any], *, version: int) -> dict[str, Any]:
    """Return `document` in the newest version of its type."""
    for old in range(version, EVENT_CLASS_BY_TYPE[document["type"]].version):
        document = UPCASTERS[document["type"], old](document)
    return document
