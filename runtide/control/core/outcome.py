"""How a parent ends, from how its children did. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

EndStatus: TypeAlias = Literal["Completed", "Failed", "Canceled"]

_ENDS: Final = ("Completed", "Failed", "Canceled")


class Outcome(NamedTuple):
    """The last state of a parent."""

    status: EndStatus
    reason: str


def tally(statuses: Iterable[str], *, one: str, many: str) -> str:
    """Return in words how many children there are, and how many ended in which way."""
    counts = Counter(statuses)
    total = counts.total()
    ends = [f"{counts[end]} {end.lower()}" for end in _ENDS if counts[end]]
    return f"{total} {one if total == 1 else many}" + (f": {', '.join(ends)}" if ends else "")
