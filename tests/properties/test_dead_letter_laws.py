"""Laws of dead letters: what the query API says of one is what the fold would do with it."""

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from processors.core import dedup
from query_api.core.dead_letters import LetterState, letter_state
from query_api.core.dead_letters import Mark as ReadMark


@st.composite
def histories(draw: st.DrawFn) -> tuple[dedup.Mark, set[int]]:
    """Draw the mark of a writer that remembers two gaps at most, and what was folded of it."""
    mark = dedup.Mark()
    folded = set()
    for seq in draw(st.lists(st.integers(1, 20), min_size=1)):
        with mock.patch.object(dedup, "MISSING_SPANS_MAX", 2):
            after = dedup.after_envelope(mark, seq)
        if after is not None:
            mark = after
            folded.add(seq)
    return mark, folded


def state(seq: int, mark: dedup.Mark) -> LetterState:
    return letter_state(seq, ReadMark(*mark))


@given(histories(), st.integers(1, 21))
def test_letter_is_readable_exactly_when_the_fold_would_take_it(
    history: tuple[dedup.Mark, set[int]], seq: int
) -> None:
    """Whoever sends one again must not be told afterwards that it was in vain."""
    mark, _ = history

    assert (state(seq, mark) == "readable") == (dedup.after_envelope(mark, seq) is not None)


@given(histories(), st.integers(1, 21))
def test_no_lost_envelope_is_called_folded(history: tuple[dedup.Mark, set[int]], seq: int) -> None:
    """A gap that nobody remembers is a loss all the same."""
    mark, folded = history

    assert state(seq, mark) != "folded" or seq in folded
