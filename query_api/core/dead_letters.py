"""What can be done with a dead letter, from what it holds and what is known of its writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

LetterState: TypeAlias = Literal["unreadable", "readable", "folded", "forgotten"]
"""What a dead letter is to this version:

unreadable  it still cannot be folded
readable    it can be, and is missing: sent again, it is folded
folded      its envelope is in the tables, so nothing is missing any more
forgotten   it can be read, but its writer has so many gaps that the fold no longer knows of this
            one, and would take the envelope for a repetition: only a replay folds it
"""


class Mark(NamedTuple):
    """What is known of one writer of one run: a row of `ingest_writers`.

    Attributes:
        seq: The highest envelope number that was folded.
        gap_count: How many envelopes below it never came.
        missing: The first and last numbers of those gaps that are remembered, in order.
    """

    seq: int
    gap_count: int
    missing: Sequence[tuple[int, int]]


def letter_state(seq: int | None, mark: Mark | None) -> LetterState:
    """Return the state of a dead letter.

    Args:
        seq: The number of its envelope, or None if that cannot be folded.
        mark: What is known of its writer, or None if no envelope of it was folded.
    """
    if seq is None:
        return "unreadable"
    if mark is None or seq > mark.seq:
        return "readable"
    if any(first <= seq <= last for first, last in mark.missing):
        return "readable"
    # What is forgotten are always the oldest gaps.
    oldest = mark.missing[0][0] if mark.missing else mark.seq
    remembered = sum(last - first + 1 for first, last in mark.missing)
    return "forgotten" if mark.gap_count > remembered and seq < oldest else "folded"
