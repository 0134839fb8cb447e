import pytest

from query_api.core.dead_letters import Mark, letter_state


@pytest.mark.parametrize(
    ("seq", "mark", "state"),
    [
        (None, None, "unreadable"),
        (1, None, "readable"),
        (6, Mark(5, 0, []), "readable"),
        (3, Mark(5, 3, [(2, 3), (4, 4)]), "readable"),
        (5, Mark(5, 0, []), "folded"),
        (1, Mark(5, 3, [(2, 4)]), "folded"),
        (1, Mark(9, 4, [(6, 7)]), "forgotten"),
        (8, Mark(9, 4, [(6, 7)]), "folded"),
        (4, Mark(9, 4, []), "forgotten"),
        (9, Mark(9, 4, []), "folded"),
    ],
    ids=[
        "unreadable",
        "of a writer that is not known",
        "beyond the mark",
        "in a gap",
        "at the mark",
        "before every gap, and none is forgotten",
        "before every gap that is remembered",
        "after the forgotten ones",
        "every gap is forgotten",
        "at the mark, and every gap is forgotten",
    ],
)
def test_state_is_what_sending_it_again_would_do(
    seq: int | None, mark: Mark | None, state: str
) -> None:
    """An operator decides by it, so it must neither promise nor hide a loss."""
    assert letter_state(seq, mark) == state
