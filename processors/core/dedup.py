"""High-water marks: which envelopes of a writer have been folded."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int]
"""The first and the last of consecutive envelope numbers."""

MISSING_SPANS_MAX: Final = 64
"""Gaps of one writer that can still be filled; of more, the oldest ones are only counted."""


class Mark(NamedTuple):
    """What has been folded of one writer of one run.

    Attributes:
        seq: The highest envelope number that was folded.
        gap_count: How many envelopes below it never came.
        missing: Where those are, as far as they are remembered: ordered spans.
    """

    seq: int = 0
    gap_count: int = 0
    missing: tuple[Span, ...] = ()


def after_envelope(mark: Mark, seq: int) -> Mark | None:
    """Return the mark after envelope `seq`, or None when it was folded before.

    A writer's envelopes arrive in order, so a number that was skipped is a loss: it is counted
    and does not hold up what follows. Where it comes after all, because a dead letter was mended
    and sent again, it fills its gap.
    """
    if seq > mark.seq:
        skipped = seq - mark.seq - 1
        gap = ((mark.seq + 1, seq - 1),) if skipped else ()
        missing = (*mark.missing, *gap)[-MISSING_SPANS_MAX:]
        return Mark(seq, mark.gap_count + skipped, missing)
    for i, (first, last) in enumerate(mark.missing):
        if first <= seq <= last:
            rest = tuple(span for span in ((first, seq - 1), (seq + 1, last)) if span[0] <= span[1])
            missing = (*mark.missing[:i], *rest, *mark.missing[i + 1 :])[-MISSING_SPANS_MAX:]
            return Mark(mark.seq, mark.gap_count - 1, missing)
    return None
