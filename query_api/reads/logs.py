"""Text streams of a run: which there are, windows of characters and of lines, and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from query_api.core.log_lines import LineIndex, shown_lines
from query_api.reads.grouping import numpy_column
from query_api.wire import rows_of
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from query_api.core.log_lines import Integers, PieceRange
    from runtide.store.port import MetricStore

_BAND_BYTES: Final = 8 << 20
"""How much of a stream is in memory at once while all of it is read."""

_ANSI: Final = "\x1b\\[[0-9;:?]*[ -/]*[@-~]"
"""Sequences that colour a terminal: nobody who searches for a text thinks of them."""

_CHARACTERS: Final = """
SELECT text, toInt64(start) AS start FROM (
    SELECT text, lengthUTF8(text) AS size, pos, idx,
           sum(lengthUTF8(text)) OVER (ORDER BY pos, idx ROWS UNBOUNDED PRECEDING) - size AS start
    FROM logs FINAL WHERE run_id = {run:String} AND file = {file:String}
) WHERE start < {end:Int64} AND start + size > {offset:Int64} ORDER BY pos, idx
"""
_PIECES: Final = """
SELECT pos, idx, toInt64(countSubstrings(text, '\\n')) AS newlines, toInt64(length(text)) AS size,
       endsWith(text, '\\n') AS ends
FROM logs FINAL WHERE run_id = {run:String} AND file = {file:String} AND text != ''
ORDER BY pos, idx
"""
# The order of logging is no key of the table: PREWHERE reads it before it reads any text.
_TEXTS: Final = """
SELECT text FROM logs FINAL
PREWHERE run_id = {run:String} AND file = {file:String}
    AND (pos, idx) >= ({first_pos:UInt64}, {first_idx:UInt32})
    AND (pos, idx) <= ({last_pos:UInt64}, {last_idx:UInt32})
ORDER BY pos, idx
"""


class Search(NamedTuple):
    """What to look for in each line."""

    pattern: str
    is_regex: bool
    is_case_sensitive: bool


class _Stream(NamedTuple):
    run_id: str
    file: str
    pos: Integers
    idx: Integers
    lines: LineIndex


def list_logs(store: MetricStore, run_id: str) -> list[dict[str, Any]]:
    """Return the text streams of a run and how many characters each has, by name."""
    return rows_of(
        store.query(
            "SELECT toString(logs.file) AS file, toInt64(sum(lengthUTF8(text))) AS size_chars "
            "FROM logs FINAL WHERE run_id = {run:String} GROUP BY logs.file ORDER BY file",
            {"run": run_id},
        )
    )


def read_log(
    store: MetricStore, run_id: str, file: str, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return the characters [offset, offset + limit) of a text stream.

    Raises:
        NotFound: The run has no such stream.
    """
    parameters = {"run": run_id, "file": file, "offset": offset, "end": offset + limit}
    rows = store.query(_CHARACTERS, parameters).to_pylist()
    if not rows:
        _check_stream(store, run_id, file)
        return {"file": file, "text": "", "offset": offset, "next_offset": offset}
    first = rows[0]["start"]
    text = "".join(row["text"] for row in rows)[offset - first : offset - first + limit]
    return {"file": file, "text": text, "offset": offset, "next_offset": offset + len(text)}


def read_lines(
    store: MetricStore, run_id: str, file: str, *, line: int, limit: int
) -> dict[str, Any]:
    """Return `limit` lines of a text stream from `line` on; a negative one counts from the end.

    Raises:
        NotFound: The run has no such stream.
    """
    stream = _stream(store, run_id, file)
    wanted = stream.lines.range_of(line, limit)
    lines: list[str] = []
    cut: list[int] = []
    if wanted.start < wanted.end:
        pieces = stream.lines.pieces_of(wanted)
        text = "".join(_texts(store, stream, pieces).to_pylist())
        lines, cut = shown_lines(text, wanted, first=pieces.line)
    return {
        "file": file,
        "line_count": stream.lines.line_count,
        "line": wanted.start,
        "lines": lines,
        "cut": cut,
    }


def find_lines(
    store: MetricStore, run_id: str, file: str, search: Search, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return the lines of a text stream that match, without looking at colours.

    Regular expressions are RE2's: their time grows with the text alone, whatever they say.

    Raises:
        NotFound: The run has no such stream.
        UsageError: The pattern is no regular expression.
    """
    _matches(search, pa.array([""]))
    stream = _stream(store, run_id, file)
    found: list[Integers] = [np.zeros(0, np.int64)]
    for line, lines in _line_bands(store, stream):
        hits = pc.indices_nonzero(_matches(search, _plain(lines)))
        found.append(np.asarray(hits, np.int64) + line)
    matches = np.concatenate(found)
    return {
        "file": file,
        "line_count": stream.lines.line_count,
        "count": len(matches),
        "offset": offset,
        "lines": matches[offset : offset + limit].tolist(),
    }


def stream_log(store: MetricStore, run_id: str, file: str) -> Iterator[bytes]:
    """Yield all of a text stream as UTF-8, as it was logged, never much of it at once.

    Raises:
        NotFound: The run has no such stream; raised before anything is yielded.
    """
    stream = _stream(store, run_id, file)
    return (
        text.encode()
        for band in stream.lines.bands(_BAND_BYTES)
        for text in _texts(store, stream, band).to_pylist()
    )


def _stream(store: MetricStore, run_id: str, file: str) -> _Stream:
    pieces = store.query(_PIECES, {"run": run_id, "file": file})
    if not pieces.num_rows:
        _check_stream(store, run_id, file)
        none = np.zeros(0, np.int64)
        return _Stream(run_id, file, none, none, LineIndex(none, none, ends_in_newline=True))
    index = LineIndex(
        numpy_column(pieces, "newlines"),
        numpy_column(pieces, "size"),
        ends_in_newline=bool(pieces.column("ends")[-1].as_py()),
    )
    return _Stream(run_id, file, numpy_column(pieces, "pos"), numpy_column(pieces, "idx"), index)


def _check_stream(store: MetricStore, run_id: str, file: str) -> None:
    sql = "SELECT 1 FROM logs WHERE run_id = {run:String} AND file = {file:String} LIMIT 1"
    if not store.query(sql, {"run": run_id, "file": file}).num_rows:
        message = f"run {run_id!r} has no log {file!r}: GET …/logs lists what there is"
        raise NotFound(message)


def _texts(store: MetricStore, stream: _Stream, pieces: PieceRange) -> pa.ChunkedArray:
    first, last = pieces.start, pieces.end - 1
    parameters = {
        "run": stream.run_id,
        "file": stream.file,
        "first_pos": int(stream.pos[first]),
        "first_idx": int(stream.idx[first]),
        "last_pos": int(stream.pos[last]),
        "last_idx": int(stream.idx[last]),
    }
    return store.query(_TEXTS, parameters).column("text")


def _line_bands(store: MetricStore, stream: _Stream) -> Iterator[tuple[int, pa.Array]]:
    """Yield all lines in order, each whole, and the number of the first of each band."""
    rest = ""
    for band in stream.lines.bands(_BAND_BYTES):
        text = rest + "".join(_texts(store, stream, band).to_pylist())
        whole, newline, rest = text.rpartition("\n")
        if newline:
            yield band.line, _split(whole)
    if rest:
        yield stream.lines.line_count - 1, _split(rest)


def _split(text: str) -> pa.Array:
    return pc.split_pattern(pa.array([text], pa.large_string()), "\n").flatten()


def _plain(lines: pa.Array) -> pa.Array:
    """Return the lines as they are shown, without their colours."""
    for mark, pattern in (("\r", "\r+$"), ("\r", "^.*\r"), ("\x1b", _ANSI)):
        if pc.any(pc.match_substring(lines, mark)).as_py():
            lines = pc.replace_substring_regex(lines, pattern=f"(?s){pattern}", replacement="")
    return lines


def _matches(search: Search, lines: pa.Array) -> pa.Array:
    match = pc.match_substring_regex if search.is_regex else pc.match_substring
    try:
        return match(lines, search.pattern, ignore_case=not search.is_case_sensitive)
    except pa.ArrowInvalid as exc:
        message = (
            f"pattern is {search.pattern[:80]!r}, which is no regular expression ({exc}): "
            f"correct it, or search for it as plain text"
        )
        raise UsageError(message) from exc
