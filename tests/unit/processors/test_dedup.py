from processors.core.dedup import MISSING_SPANS_MAX, Mark, after_envelope


def test_middle_of_a_gap_leaves_two_gaps() -> None:
    assert after_envelope(Mark(5, 3, ((2, 4),)), 3) == Mark(5, 2, ((2, 2), (4, 4)))


def test_envelope_that_was_folded_is_none_of_the_missing() -> None:
    assert after_envelope(Mark(5, 1, ((3, 3),)), 2) is None


def test_gaps_beyond_the_limit_are_counted_and_not_remembered() -> None:
    """A writer that loses every second envelope must not make its mark grow without end."""
    mark = Mark()
    for seq in range(2, 2 * MISSING_SPANS_MAX + 6, 2):
        mark = after_envelope(mark, seq) or mark

    assert mark.gap_count == MISSING_SPANS_MAX + 2
    assert len(mark.missing) == MISSING_SPANS_MAX
    assert after_envelope(mark, 1) is None
