"""How far the fold is, as the query API sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from runtide.core.ids import Position, parse_position
from runtide.errors import FoldBehind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.log.port import EventLog

FRESH_TIMEOUT_S: Final = 30.0
"""How long a `fresh` request waits for the fold before it says so and gives up."""


class FoldProgress(Protocol):
    """What is folded and queryable, and what stopped it, if anything did."""

    @property
    def failure(self) -> Exception | None:
        """What stopped the fold for good, or None while it goes on."""
        ...

    def next_offset(self, partition: int) -> int:
        """Return the first offset of `partition` that no query shows yet."""
        ...

    def wait_until(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Block until `next_offset` reaches `offset`; False when `timeout_s` passed first."""
        ...


def wait_until_fresh(
    log: EventLog, progress: FoldProgress, *, timeout_s: float = FRESH_TIMEOUT_S
) -> None:
    """Block until everything that is in the log now can be queried.

    Raises:
        FoldBehind: It took longer than `timeout_s`, or the fold has stopped.
        LogUnavailable: The end of the log is not known.
    """
    for partition in range(log.partition_count):
        end = log.end(partition)
        if progress.next_offset(partition) >= end:
            continue
        if progress.failure is not None:
            message = (
                f"the fold has stopped ({progress.failure}): see `runtide doctor`, mend it and "
                f"restart the server"
            )
            raise FoldBehind(message)
        if not progress.wait_until(partition, end, timeout_s=timeout_s):
            behind = end - progress.next_offset(partition)
            message = (
                f"the fold is {behind:,} records behind after {timeout_s:.0f} s: ask again, or "
                f"leave `fresh` out to read what is folded"
            )
            raise FoldBehind(message)


def folded_position(log: EventLog, progress: FoldProgress) -> str:
    """Return the wire form of the first places that no query shows yet."""
    return position_text({p: progress.next_offset(p) for p in range(log.partition_count)})


def lag_count(log: EventLog, progress: FoldProgress) -> int:
    """Return how many records of the log no query shows yet.

    Raises:
        LogUnavailable: The end of the log is not known.
    """
    return sum(max(0, log.end(p) - progress.next_offset(p)) for p in range(log.partition_count))


def position_text(offsets: Mapping[int, int]) -> str:
    """Return places in the log as text: `0:12`, or `0:12,1:7` where there are partitions."""
    return ",".join(str(Position(p, offset)) for p, offset in sorted(offsets.items()))


def parse_positions(text: str) -> dict[int, int]:
    """Return the offset by partition that `text` names; the inverse of `position_text`.

    Raises:
        ValueError: `text` is not positions joined by commas.
    """
    return dict(parse_position(part) for part in text.split(","))
