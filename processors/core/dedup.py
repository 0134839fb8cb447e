"""High-water marks: which envelopes of a writer have been folded."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """The last envelope folded of one writer of one run, and how many never came."""

    seq: int = 0
    gap_count: int = 0


def after_envelope(mark: Mark, seq: int) -> Mark | None:
    """Return the mark after envelope `seq`, or None when it was folded before.

    A writer's envelopes arrive in order, so a number that was skipped is a loss: it is counted
    and does not hold up what follows.
    """
    if seq <= mark.seq:
        return None
    return Mark(seq, mark.gap_count + seq - mark.seq - 1)
