"""Dead letters: what they are, what they hold, and how they come into the tables after all."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from query_api.answers import DeadLetterPage, Redriven
from query_api.context import CursorQuery, FreshParts
from query_api.core.dead_letters import LetterState
from query_api.progress import position_text
from query_api.reads import dead_letters as reads
from query_api.wire import OrjsonResponse
from runtide.core.acceptance import accepted
from runtide.core.envelope import Envelope
from runtide.core.ids import Position, parse_position
from runtide.errors import NotMissing, RejectedError, StillUnreadable, UsageError
from runtide.http.access import OPERATES
from runtide.http.problems import documented
from runtide.log.port import Item

router = APIRouter(prefix="/dead-letters", tags=["dead letters"])

_NUMBER_MAX = 10**18 - 1
"""Largest partition and offset that a position can name."""

_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The record's bytes, as the log has them.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    **documented(400, 404, 422, 503),
}


PartitionPath = Annotated[int, Path(ge=0, le=_NUMBER_MAX, description="A partition of the log.")]
OffsetPath = Annotated[int, Path(ge=0, le=_NUMBER_MAX, description="The record's place in it.")]


@router.get(
    "", response_model=DeadLetterPage, responses=documented(400, 422, 503), dependencies=[OPERATES]
)
def dead_letters(
    parts: FreshParts,
    at: Annotated[
        str | None,
        Query(max_length=64, description="Only the one at this `partition:offset`."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: CursorQuery = None,
) -> Response:
    """List the records that could not be read, the newest of each partition first."""
    position = parts.position()
    items, next_cursor = reads.list_letters(
        parts.store, limit=limit, at=None if at is None else _parsed(at), cursor=cursor
    )
    return OrjsonResponse({"items": items, "next_cursor": next_cursor, "position": position})


@router.get(
    "/{partition}/{offset}", response_class=Response, responses=_BYTES, dependencies=[OPERATES]
)
def dead_letter(parts: FreshParts, partition: PartitionPath, offset: OffsetPath) -> Response:
    """Return the bytes of one, whatever they are."""
    letter = reads.get_letter(parts.store, Position(partition, offset))
    name = f"dead-letter-{partition}-{offset}"
    return Response(
        letter.value,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-cache",
        },
    )


@router.post(
    "/{partition}/{offset}/redrive",
    response_model=Redriven,
    responses=documented(400, 404, 409, 422, 503),
    dependencies=[OPERATES],
)
def redrive(parts: FreshParts, partition: PartitionPath, offset: OffsetPath) -> Response:
    """Append the bytes of one to the log again, where the fold can read them now.

    However often that is done, the envelope is folded once. It is the newest of its run then: its
    points come after those that were logged behind it. It goes under the id of the run that it is
    of, also where its first record had another key.
    """
    letter = reads.get_letter(parts.store, Position(partition, offset))
    envelope = _accepted(letter)
    _check_missing(reads.state_of(parts.store, envelope), envelope)
    ends = parts.log.append([Item(envelope.run, letter.value)])
    parts.audit("dead-letter.redrive", str(letter.place), workspace=None)
    return OrjsonResponse(
        {
            "run_id": envelope.run,
            "writer": envelope.writer,
            "seq": envelope.seq,
            "position": position_text(ends),
        }
    )


def _parsed(text: str) -> Position:
    try:
        return parse_position(text)
    except ValueError as exc:
        raise UsageError(f"at: {exc}") from exc


def _accepted(letter: reads.DeadLetter) -> Envelope:
    try:
        return accepted(letter.value)
    except RejectedError as exc:
        message = (
            f"dead letter {letter.place} still cannot be read ({exc.code}: {exc}): update Runtide "
            f"if a newer version wrote it, or mend what wrote it"
        )
        raise StillUnreadable(message) from exc


def _check_missing(state: LetterState, envelope: Envelope) -> None:
    named = f"envelope {envelope.seq} of writer {envelope.writer!r} of run {envelope.run}"
    if state == "folded":
        raise NotMissing(f"{named} is folded: nothing is missing, leave it")
    if state == "forgotten":
        message = (
            f"{named} is in none of the gaps that the fold remembers, because its writer has too "
            f"many: fold the log anew to have it"
        )
        raise NotMissing(message)
