r"""Where the lines of a text stream are, which was logged in pieces that end anywhere. Pure.

    pieces   "a\nb"   "c"   "d\ne\n"   "f"
    newlines    1      0        2        0        five lines: a, bcd, e and f are four,
    before      0      1        1        3        and a stream that ends in a newline has
                                                  no empty line after it

A line is shown as a terminal would: a carriage return starts it over, so of a progress bar that
redraws itself the last state is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_CHARS_MAX: Final = 20_000
"""Characters of one line that a window shows; the stream itself has all of them."""

Integers: TypeAlias = npt.NDArray[np.int64]


class LineRange(NamedTuple):
    """The half-open range [start, end) of lines."""

    start: int
    end: int


class PieceRange(NamedTuple):
    """The half-open range [start, end) of pieces, and the line that the first is within."""

    start: int
    end: int
    line: int


class LineIndex:
    """How many newlines lie before each piece, so that a line is found without its neighbours.

    Args:
        newlines: The newlines in each piece, in order of logging.
        sizes: The bytes of each piece; none is empty.
        ends_in_newline: Whether the last piece does.
    """

    def __init__(self, newlines: Integers, sizes: Integers, *, ends_in_newline: bool) -> None:
        self._after = np.cumsum(newlines)
        self._before = self._after - newlines
        self._sizes = sizes
        total = int(self._after[-1]) if len(newlines) else 0
        self.line_count = total + (1 if len(newlines) and not ends_in_newline else 0)

    def range_of(self, line: int, limit: int) -> LineRange:
        """Return the lines from `line` on, `limit` at most; a negative one counts from the end."""
        start = max(0, self.line_count + line) if line < 0 else min(line, self.line_count)
        return LineRange(start, min(start + limit, self.line_count))

    def pieces_of(self, lines: LineRange) -> PieceRange:
        """Return the pieces that hold all of `lines`, which are some."""
        # Line k begins after the k-th newline, which is in the first piece that reaches k; it
        # ends with newline k + 1, in the last piece that has fewer before it.
        start = int(np.searchsorted(self._after, lines.start, side="left"))
        end = int(np.searchsorted(self._before, lines.end, side="left"))
        return PieceRange(start, end, int(self._before[start]))

    def bands(self, bytes_max: int) -> Iterator[PieceRange]:
        """Yield all pieces in order, in bands of `bytes_max` bytes; a longer piece is one."""
        start = size = 0
        for at, piece_bytes in enumerate(self._sizes.tolist()):
            if at > start and size + piece_bytes > bytes_max:
                yield PieceRange(start, at, int(self._before[start]))
                start, size = at, 0
            size += piece_bytes
        if len(self._sizes):
            yield PieceRange(start, len(self._sizes), int(self._before[start]))


def shown_lines(text: str, lines: LineRange, *, first: int) -> tuple[list[str], list[int]]:
    """Return `lines` as a terminal shows them, and the numbers of those that were cut.

    Args:
        text: The stream from somewhere within line `first` on.
        lines: The lines to return.
        first: At most the start of `lines`.
    """
    raw = text.split("\n")[lines.start - first : lines.end - first]
    whole = [shown_line(line) for line in raw]
    cut = [lines.start + at for at, line in enumerate(whole) if len(line) > LINE_CHARS_MAX]
    return [line[:LINE_CHARS_MAX] for line in whole], cut


def shown_line(raw: str) -> str:
    """Return what is left of a line after its carriage returns."""
    return raw.rstrip("\r").rpartition("\r")[2]
