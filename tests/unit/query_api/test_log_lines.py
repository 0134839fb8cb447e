import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.log_lines import (
    LINE_CHARS_MAX,
    LineIndex,
    LineRange,
    PieceRange,
    shown_line,
    shown_lines,
)

streams = st.lists(st.text("ab\n", min_size=1, max_size=6), max_size=8)


def index_of(pieces: list[str]) -> LineIndex:
    return LineIndex(
        np.array([piece.count("\n") for piece in pieces], np.int64),
        np.array([len(piece) for piece in pieces], np.int64),
        ends_in_newline="".join(pieces).endswith("\n"),
    )


def lines_of(pieces: list[str]) -> list[str]:
    return "".join(pieces).removesuffix("\n").split("\n") if pieces else []


@given(streams, st.integers(-12, 12), st.integers(1, 12))
def test_a_window_of_lines_is_what_lies_in_it(pieces: list[str], line: int, limit: int) -> None:
    """However the stream was cut, and wherever the window begins."""
    index, lines = index_of(pieces), lines_of(pieces)
    wanted = index.range_of(line, limit)
    start = max(0, len(lines) + line) if line < 0 else min(line, len(lines))

    assert index.line_count == len(lines)
    assert wanted == (start, min(start + limit, len(lines)))
    if wanted.start < wanted.end:
        part = index.pieces_of(wanted)
        text = "".join(pieces[part.start : part.end])
        shown = shown_lines(text, wanted, first=part.line)
        assert shown == (lines[wanted.start : wanted.end], [])


@given(streams)
def test_no_piece_is_read_that_holds_nothing_of_the_window(pieces: list[str]) -> None:
    """A window of a long stream costs what it shows: at most one piece more at its start."""
    index = index_of(pieces)
    for line in range(index.line_count):
        part = index.pieces_of(LineRange(line, line + 1))
        kept = pieces[part.start : part.end]
        assert all("\n" not in piece for piece in kept[1:-1])


@given(streams, st.integers(1, 10))
def test_bands_are_all_pieces_once_and_none_is_too_large(pieces: list[str], size: int) -> None:
    bands = list(index_of(pieces).bands(size))

    assert [at for band in bands for at in range(band.start, band.end)] == list(range(len(pieces)))
    for band in bands:
        kept = pieces[band.start : band.end]
        assert len(kept) == 1 or sum(map(len, kept)) <= size
        assert band.line == "".join(pieces[: band.start]).count("\n")
        assert isinstance(band, PieceRange)


def test_a_progress_bar_is_its_last_state() -> None:
    raw = ["\r10 %\r55 %\r100 %", "plain", "from windows\r", "\r", ""]

    assert [shown_line(line) for line in raw] == ["100 %", "plain", "from windows", "", ""]


def test_a_line_that_is_too_long_is_cut_and_named() -> None:
    lines, cut = shown_lines(f"a\n{'x' * (LINE_CHARS_MAX + 1)}\nb", LineRange(4, 7), first=4)

    assert [len(line) for line in lines] == [1, LINE_CHARS_MAX, 1]
    assert cut == [5]
