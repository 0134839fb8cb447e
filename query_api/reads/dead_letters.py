"""Dead letters: records that the fold could not read, and what became of them."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.core.dead_letters import Mark, letter_state
from query_api.wire import rows_of
from runtide.core import limits
from runtide.core.acceptance import accepted
from runtide.core.ids import Position
from runtide.errors import NotFound, RejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from query_api.core.dead_letters import LetterState
    from runtide.core.envelope import Envelope
    from runtide.store.port import MetricStore

_ORDER: Final = "-offset"

_READ_AT_ONCE: Final = 8
"""Letters whose bytes are in memory at once: some 10 MB in the encoding that they come in."""

_LETTERS: Final = """
SELECT partition, pos, run_id, code, reason, toInt64(length(value)) AS size_bytes,
       if(length(value) > {bytes_max:UInt64}, '', base64Encode(value)) AS encoded
FROM dead_letters FINAL WHERE (partition, pos) IN
    (SELECT arrayJoin(arrayZip({partitions:Array(UInt64)}, {offsets:Array(UInt64)})))
"""
_MARKS: Final = """
SELECT run_id, writer, seq, gap_count, missing.first AS firsts, missing.last AS lasts
FROM ingest_writers FINAL
WHERE run_id IN {runs:Array(String)} AND writer IN {writers:Array(String)}
"""


class _Identity(NamedTuple):
    run: str
    writer: str
    seq: int


class DeadLetter(NamedTuple):
    """One record that the fold could not read."""

    place: Position
    value: bytes


def list_letters(
    store: MetricStore, *, limit: int, at: Position | None = None, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of dead letters, the highest offset first, and the next cursor.

    Raises:
        UsageError: The cursor is not one.
    """
    places = _places(store, limit=limit + 1, at=at, cursor=cursor)
    page = places[:limit]
    letters: list[dict[str, Any]] = []
    identities: list[_Identity | None] = []
    for i in range(0, len(page), _READ_AT_ONCE):
        for row in _rows(store, page[i : i + _READ_AT_ONCE]):
            identities.append(_identity(b64decode(row.pop("encoded"))))
            letters.append(row)
    marks = _marks(store, [identity for identity in identities if identity is not None])
    items = [
        {
            "partition": letter.pop("partition"),
            "offset": letter.pop("pos"),
            **letter,
            "state": _state(identity, marks),
        }
        for letter, identity in zip(letters, identities, strict=True)
    ]
    if len(places) <= limit:
        return items, None
    last = page[-1]
    return items, encode_cursor(Cursor(last.offset, str(last.partition)), sort=_ORDER)


def get_letter(store: MetricStore, place: Position) -> DeadLetter:
    """Return a dead letter with its bytes.

    Raises:
        NotFound: The record at `place` is none, or has not been folded.
    """
    rows = store.query(
        "SELECT base64Encode(value) AS encoded FROM dead_letters "
        "WHERE partition = {partition:UInt64} AND pos = {offset:UInt64} LIMIT 1",
        place._asdict(),
    ).to_pylist()
    if not rows:
        message = f"no dead letter is at {place}: GET /api/v1/dead-letters lists what there is"
        raise NotFound(message)
    return DeadLetter(place, b64decode(rows[0]["encoded"]))


def state_of(store: MetricStore, envelope: Envelope) -> LetterState:
    """Return the state of a dead letter that holds `envelope`."""
    identity = _Identity(envelope.run, envelope.writer, envelope.seq)
    return _state(identity, _marks(store, [identity]))


def _places(
    store: MetricStore, *, limit: int, at: Position | None, cursor: str | None
) -> list[Position]:
    conditions = ["true"]
    parameters: dict[str, Any] = {}
    if at is not None:
        conditions.append("partition = {at_partition:UInt64} AND pos = {at_offset:UInt64}")
        parameters |= {"at_partition": at.partition, "at_offset": at.offset}
    if cursor:
        after = decode_cursor(cursor, sort=_ORDER, of=(int,))
        partition = after.item_id[:10]
        if after.value is None or int(after.value) < 0 or not partition.isdecimal():
            message = f"cursor is {cursor[:80]!r}: want the `next_cursor` of the page before"
            raise UsageError(message)
        conditions.append("(pos, partition) < ({after_pos:UInt64}, {after_partition:UInt64})")
        parameters |= {"after_pos": after.value, "after_partition": int(partition)}
    # The places first, and alone: a letter's bytes may be megabytes.
    rows = store.query(
        f"SELECT DISTINCT partition, pos FROM dead_letters WHERE {' AND '.join(conditions)} "  # noqa: S608  # our own words
        f"ORDER BY pos DESC, partition DESC LIMIT {limit:d}",
        parameters,
    ).to_pydict()
    return [Position(*place) for place in zip(rows["partition"], rows["pos"], strict=True)]


def _rows(store: MetricStore, places: Sequence[Position]) -> list[dict[str, Any]]:
    """Return the letters at `places`, in that order; bytes that no envelope has are left out."""
    found = store.query(
        _LETTERS,
        {
            "bytes_max": limits.ENVELOPE_BYTES_MAX,
            "partitions": [place.partition for place in places],
            "offsets": [place.offset for place in places],
        },
    )
    row_by_place = {(row["partition"], row["pos"]): row for row in rows_of(found)}
    return [row_by_place[place] for place in places]


def _identity(value: bytes) -> _Identity | None:
    try:
        envelope = accepted(value)
    except RejectedError:
        return None
    return _Identity(envelope.run, envelope.writer, envelope.seq)


def _marks(store: MetricStore, identities: Iterable[_Identity]) -> dict[tuple[str, str], Mark]:
    writers = {(identity.run, identity.writer) for identity in identities}
    if not writers:
        return {}
    runs, names = map(sorted, map(set, zip(*writers, strict=True)))
    return {
        (row["run_id"], row["writer"]): Mark(
            row["seq"],
            row["gap_count"],
            list(zip(row["firsts"], row["lasts"], strict=True)),
        )
        for row in rows_of(store.query(_MARKS, {"runs": runs, "writers": names}))
    }


def _state(identity: _Identity | None, marks: dict[tuple[str, str], Mark]) -> LetterState:
    if identity is None:
        return letter_state(None, None)
    return letter_state(identity.seq, marks.get((identity.run, identity.writer)))
